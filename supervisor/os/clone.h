/*
 * A child that shares our memory, on a stack of its own, while we wait until it executes a program or exits: vfork(2)
 * with a pidfd, optionally born in a cgroup. It is clone3(2) where there is one, clone(2) otherwise.
 */
#ifndef SVINIT_OS_CLONE_H
#define SVINIT_OS_CLONE_H

#include <stdbool.h>
#include <sys/types.h>

struct clone_request {
	int (*run)(void *argument); /* in the child; what it returns is the exit status */
	void *argument;
	int cgroup_fd;          /* -1: none */
	bool share_descriptors; /* CLONE_FILES: the child must unshare them first of all */
	bool wants_pidfd;
	bool nested;            /* asked for by a child of this kind, on the second stack */
	bool new_pid_namespace; /* the child is PID 1 of one of its own */
};

/*
 * Returns the pid, or -errno. `pidfd` is -1 when it was not wanted or the kernel knows none. All signals have to be
 * blocked. -ENOTSUP: this kernel cannot give birth in a cgroup, the child has to move there; ask again without.
 * One thread only: there is one stack, and one more for a child of the child.
 */
pid_t clone_child(const struct clone_request *request, int *pidfd);

/* Makes the stack ahead of the first child. 0 or -errno. */
int clone_prepare(void);
/* Likewise the second stack. */
int clone_prepare_nested(void);

#endif
