/* svinit without units: a container's init and nothing else. No manager, no event loop, no logger. */
#ifndef SVINIT_CONTAINER_CONTAINER_INIT_H
#define SVINIT_CONTAINER_CONTAINER_INIT_H

#include "supervisor/container/dialect.h"

/* Runs the command, or prints what was asked for, and returns the exit status. Not for MAIN_PROCESS_NONE. */
int container_init_run(const struct main_process_options *options);

#endif
