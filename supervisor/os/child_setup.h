/*
 * From birth to exec(2): what the child of spawn() does, step by step. It shares the memory of svinit and so only makes
 * system calls: no allocation, no lock, and none of the C library's functions that speak to other threads.
 */
#ifndef SVINIT_OS_CHILD_SETUP_H
#define SVINIT_OS_CHILD_SETUP_H

#include <stdbool.h>

#include "supervisor/os/capabilities.h"
#include "supervisor/os/spawn.h"

enum { CHILD_EXTRA_FDS_MAX = 1024 };

struct child_setup {
	const struct spawn_recipe *recipe;
	struct capability_plan capabilities;
	bool shares_descriptors;            /* see staging.h */
	bool join_cgroup;                   /* was not born there */
	int null_fd;                        /* an open /dev/null, or -1 */
	int stream_fds[3];                  /* as the child sees them */
	int extra_fds[CHILD_EXTRA_FDS_MAX]; /* likewise */
	enum spawn_step failed_step;        /* written by the child: NONE until it fails */
	int error;                          /* errno of that step */
	int keeper_fds[2];                  /* svkeeper and its pipe, as the child sees them; see keeper_birth.h */
	pid_t main;                         /* the keeper's child */
	int main_pidfd;                     /* in our table where it is shared; or -1 */
	bool wants_pidfd, keeper_failed;
};

/* Executes the recipe or returns the exit status of the step that failed. */
int child_setup_run(void *setup);

#endif
