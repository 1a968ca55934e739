/* The controlling terminal: who stands in its foreground. */
#ifndef SVINIT_OS_TERMINAL_H
#define SVINIT_OS_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

bool terminal_is(int fd);
/* Whether `fd` is our controlling terminal. */
bool terminal_is_controlling(int fd);
/*
 * Puts a process group of our session in the foreground (tcsetpgrp(3)), also from the background: SIGTTOU is blocked
 * meanwhile. 0, also where there is no such terminal, or -errno.
 */
int terminal_give(int fd, pid_t group);
/*
 * As leader of its session: lets go of the controlling terminal (TIOCNOTTY), so that the session of a child can have
 * it. The SIGHUP and SIGCONT that come of it are taken away; all signals have to be blocked. 0 or -errno.
 */
int terminal_leave(int fd);

#endif
