/* Collects every child that ended: services, their commands, and orphans that came to us. */
#ifndef SVINIT_OS_REAPER_H
#define SVINIT_OS_REAPER_H

#include <stdint.h>
#include <sys/types.h>

struct exited_child {
	pid_t pid;
	int code;     /* CLD_EXITED, CLD_KILLED, CLD_DUMPED */
	int status;   /* exit status or signal */
	uint64_t cpu; /* ns it used, with the children it has waited for */
};

/* PR_SET_CHILD_SUBREAPER; nothing to do as PID 1. 0 or -errno. */
int reaper_become_subreaper(void);
/* Reaps one ended child without waiting: 1, 0 when there is none at present, or -errno (-ECHILD: no children). */
int reaper_next(struct exited_child *child);

#endif
