/* svinit's own resource limits: as many descriptors as may be, without services inheriting that. */
#ifndef SVINIT_OS_LIMITS_H
#define SVINIT_OS_LIMITS_H

#include <sys/resource.h>

/* Raises the soft RLIMIT_NOFILE to the hard one and remembers what it was. 0 or -errno. */
int limits_raise_descriptors(void);
/* The limit services start with: the one svinit was started with. */
struct rlimit limits_original_descriptors(void);
/* What an earlier svinit found and raised. */
void limits_set_original_descriptors(struct rlimit limit);

#endif
