/* What --help prints. */
#ifndef SVCTL_HELP_H
#define SVCTL_HELP_H

#include "ctl/verb.h"

/* Of one verb; NULL: of svctl. */
void help_print(const struct verb *verb);

#endif
