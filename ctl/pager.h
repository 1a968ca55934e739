/* Long output into less(1), on a terminal only. */
#ifndef SVCTL_PAGER_H
#define SVCTL_PAGER_H

#include "ctl/verb.h"

/* From now on standard output goes through a pager, if the verb's output is for reading and a person looks at it. */
void pager_begin(const struct context *context);
/* Closes standard output and waits until the reader has seen enough. false: there is no pager. */
bool pager_end(void);

#endif
