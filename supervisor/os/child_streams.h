/* In the child of spawn(): its descriptors 0, 1, 2 and those from 3 on. System calls only; 0 or -errno. */
#ifndef SVINIT_OS_CHILD_STREAMS_H
#define SVINIT_OS_CHILD_STREAMS_H

#include "supervisor/os/child_setup.h"

/* Moves whatever stands where something else is to stand out of the way. */
int child_lift_descriptors(struct child_setup *setup);
/* Puts standard descriptor `number` in its place. */
int child_open_stream(struct child_setup *setup, int number);
/* Puts the granted descriptors at 3, 4, … */
int child_place_extra_descriptors(struct child_setup *setup);

#endif
