/* In the child of spawn(): finds the program and executes it. */
#ifndef SVINIT_OS_CHILD_EXEC_H
#define SVINIT_OS_CHILD_EXEC_H

#include "supervisor/os/spawn.h"

/* Only returns when that fails: -errno. A bare name is looked up as by execvp(3), but nothing is given to a shell. */
int child_exec(const struct spawn_recipe *recipe);

#endif
