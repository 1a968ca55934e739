/* One start by svexec: the recipe, and what is known on the way to execve(2). */
#ifndef SVEXEC_START_H
#define SVEXEC_START_H

#include <stdarg.h>
#include <stdbool.h>
#include <sys/types.h>

#include "common/exec_recipe.h"
#include "supervisor/os/spawn.h"

struct credential;

struct start {
	struct exec_recipe recipe;
	int report_fd;                      /* -1: nobody listens */
	int cgroup_fd;                      /* -1: none */
	int network_store[2], ipc_store[2]; /* -1: none */
	mode_t umask;                       /* the service's */
	bool privileged;                    /* CAP_SYS_ADMIN at the outset */
	bool has_user_namespace;            /* made first of all, for want of privileges */
	bool has_mounts;                    /* a mount namespace of its own */
	char *home;                         /* of a user that the name services knew */
	struct credential *credentials;
	size_t credential_count;
};

/* What a step needs of the kernel, for keys that fall together when that is refused. */
enum need { NEED_MOUNTS = 1 << 0, NEED_SYSTEM_CALL_FILTER = 1 << 1, NEED_USER_NAMESPACE = 1 << 2 };

/* A key that was asked for does not hold; the start goes on, or ends here with SandboxRequired=yes. */
void start_not_enforced(struct start *start, const char *key, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for each key that was asked for and needs what is missing. */
void start_none_enforced(struct start *start, enum need need, int error, const char *why);
/* Tells svinit and exits. */
void start_fail(struct start *start, enum spawn_step step, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5), noreturn));
/* All is set up. */
void start_ready(struct start *start);

#endif
