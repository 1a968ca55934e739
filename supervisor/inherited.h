/* The descriptors that a svinit which executed itself again finds open: those that nobody claims are closed. */
#ifndef SVINIT_INHERITED_H
#define SVINIT_INHERITED_H

#include <stdbool.h>

/* Notes all that are open now, but for the standard streams. Without memory for the list nothing is closed later. */
void inherited_list(void);
/* Whether it was open then and nobody has claimed it yet; it is the caller's now. */
bool inherited_claim(int fd);
void inherited_close_rest(void);
/* All that were open then are below it. */
int inherited_limit(void);
/* They stay open over the next execve(2). */
void inherited_keep_open(void);

#endif
