/* Steps of the child (child_setup.h): where it may run, and what it is to the kernel. All are 0 or -errno. */
#ifndef SVINIT_OS_CHILD_PLACEMENT_H
#define SVINIT_OS_CHILD_PLACEMENT_H

#include "supervisor/os/child_setup.h"

int child_set_coredump_filter(struct child_setup *setup);
int child_set_affinity(struct child_setup *setup);
int child_set_numa_policy(struct child_setup *setup);
int child_set_personality(struct child_setup *setup);
/* TTYVHangup=, TTYReset=, TTYRows= and TTYColumns=, TTYVTDisallocate=; what the terminal does not know is left out. */
int child_prepare_terminal(struct child_setup *setup);

#endif
