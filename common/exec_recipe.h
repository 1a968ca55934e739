/*
 * What svinit tells svexec: a whole start, packed into a memfd that svexec inherits, and on the way back what came of
 * it. Same program version on both sides; svexec refuses others.
 *
 * Descriptors of svexec: 0, 1, 2 and the `granted_fds` from 3 on are the service's; behind them stand the recipe, the
 * line for reports (SOCK_SEQPACKET), then as many as `has_…` says, in the order of the fields.
 */
#ifndef SVINIT_COMMON_EXEC_RECIPE_H
#define SVINIT_COMMON_EXEC_RECIPE_H

#include <sys/resource.h>
#include <sys/types.h>

#include "common/sandbox.h"

enum { EXEC_RECIPE_VERSION = 1, EXEC_RECIPE_MAX = 8 << 20, EXEC_RECIPE_GROUPS_MAX = 1024, EXEC_RECIPE_LIMITS_MAX = 32 };

struct exec_recipe_limit {
	int resource;
	struct rlimit value;
};

struct exec_recipe {
	uint32_t granted_fds;
	bool has_cgroup;         /* the directory of the unit's cgroup */
	bool has_shared_network; /* two: a socket pair that keeps a network namespace; see exec/shared_namespace.h */
	bool has_shared_ipc;     /* two, likewise */
	bool user_mode;          /* svinit is an ordinary user's */
	char *path, *search_path;
	char **argv, **environment;
	char **pid_variables; /* those of `environment` that are to hold the own pid */
	char *unit;
	/* The following four apply. */
	bool set_ids;
	uint32_t uid, gid;
	gid_t *groups;
	size_t group_count;
	/* Names that /etc/passwd and /etc/group do not have: svexec asks the name services. NULL: nothing to look up.
	 */
	char *user_name, *group_name;
	char *root_directory, *working_directory;
	bool working_directory_missing_ok, working_directory_is_home;
	struct exec_recipe_limit limits[EXEC_RECIPE_LIMITS_MAX];
	size_t limit_count;
	bool bounding_set_given;
	uint64_t bounding_set, ambient_set;
	int secure_bits; /* -1: unset */
	bool no_new_privileges;
	bool dynamic_user;
	char **owned_directories;    /* absolute; given to the user, with what is in them if they are not his */
	char **writable_directories; /* RuntimeDirectory= and sisters: stay writable, whatever ProtectSystem= says */
	char *notify_socket;         /* stays reachable; NULL: none, or an abstract one */
	char *private_tmp;           /* directory that holds what the service sees as /tmp; NULL: none */
	char *private_var_tmp;
	char *credentials_directory; /* CREDENTIALS_DIRECTORY of the service; NULL: none */
	struct sandbox sandbox;
};

/* Packs into `data`, which the caller frees. 0, -E2BIG or -ENOMEM. */
int exec_recipe_pack(const struct exec_recipe *recipe, char **data, size_t *length);
/* `recipe` borrows from `data`. 0, -EBADMSG, -EPROTO for another version, -ENOMEM. */
int exec_recipe_unpack(struct exec_recipe *recipe, char *data, size_t length);

enum exec_report_kind {
	EXEC_REPORT_NOT_ENFORCED, /* text: "KEY", then why; the start goes on */
	EXEC_REPORT_FAILED,       /* step, errno, text; svexec exits */
	EXEC_REPORT_READY,        /* all is set up; execve(2) is next, and closes the line */
	EXEC_REPORT_KIND_COUNT,
};

enum { EXEC_REPORT_MAX = 512 };

/* One message of the line back. */
struct exec_report {
	enum exec_report_kind kind;
	uint32_t step; /* enum spawn_step */
	int error;     /* errno */
	char key[64];
	char text[384];
};

/* Into `message`, at most EXEC_REPORT_MAX bytes; returns the length. */
size_t exec_report_pack(const struct exec_report *report, char message[EXEC_REPORT_MAX]);
/* 0 or -EBADMSG. */
int exec_report_unpack(struct exec_report *report, char *message, size_t length);

#endif
