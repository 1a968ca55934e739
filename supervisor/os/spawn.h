/*
 * Starting a program near the machine's limit: one clone3(2) that shares memory until exec, with a pidfd,
 * born in its cgroup. Everything that can block, allocate or fail for a reason worth words happens before, when the
 * recipe is made; the child only makes system calls, and reports the step and errno of the first that fails.
 */
#ifndef SVINIT_OS_SPAWN_H
#define SVINIT_OS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "supervisor/os/process.h"

/* The steps of the child in the order in which they happen (systemd's order), each with its exit status. */
enum spawn_step {
	SPAWN_STEP_NONE,
	SPAWN_STEP_FORK,
	SPAWN_STEP_CGROUP,
	SPAWN_STEP_SIGNAL_MASK,
	SPAWN_STEP_SETSID,
	SPAWN_STEP_STDIN,
	SPAWN_STEP_STDOUT,
	SPAWN_STEP_STDERR,
	SPAWN_STEP_OOM_ADJUST,
	SPAWN_STEP_NICE,
	SPAWN_STEP_SCHEDULER,
	SPAWN_STEP_COREDUMP_FILTER,
	SPAWN_STEP_AFFINITY,
	SPAWN_STEP_NUMA_POLICY,
	SPAWN_STEP_PERSONALITY,
	SPAWN_STEP_IO_PRIORITY,
	SPAWN_STEP_TIMER_SLACK,
	SPAWN_STEP_DIRECTORY, /* RuntimeDirectory= and sisters; by the caller, before spawn() */
	SPAWN_STEP_FDS,
	SPAWN_STEP_CREDENTIALS,
	SPAWN_STEP_LIMITS,
	SPAWN_STEP_KEYRING,
	SPAWN_STEP_NETWORK,
	SPAWN_STEP_CGROUP_FILTER,
	SPAWN_STEP_NAMESPACE,
	SPAWN_STEP_CHROOT,
	SPAWN_STEP_GROUP,
	SPAWN_STEP_CAPABILITIES,
	SPAWN_STEP_SECUREBITS,
	SPAWN_STEP_USER,
	SPAWN_STEP_CHDIR,
	SPAWN_STEP_SECURITY_LABEL,
	SPAWN_STEP_NO_NEW_PRIVILEGES,
	SPAWN_STEP_SYSTEM_CALLS,
	SPAWN_STEP_SANDBOX, /* svexec could not be talked to */
	SPAWN_STEP_EXEC,
	SPAWN_STEP_COUNT,
};

/* How the child gets one of its standard descriptors. SAME: a copy of the one before. */
enum spawn_stream_kind {
	SPAWN_STREAM_FD,
	SPAWN_STREAM_NULL,
	SPAWN_STREAM_TTY,
	SPAWN_STREAM_OPEN,
	SPAWN_STREAM_KEEP,
	SPAWN_STREAM_SAME
};

struct spawn_stream {
	enum spawn_stream_kind kind;
	int fd;           /* FD */
	const char *path; /* OPEN and TTY */
	int open_flags;   /* OPEN */
};

struct spawn_limit {
	int resource;
	struct rlimit value;
};

/* How a child gets a keeper for its parent (keeper/keeper.c). */
struct spawn_keeper {
	int program_fd; /* svkeeper */
	int report_fd;  /* where it writes to */
	const char *name;
};

/* Where the child may run, and what it is to the kernel. */
struct spawn_placement {
	const void *cpus; /* the bit mask of sched_setaffinity(2); NULL: all */
	size_t cpus_size; /* bytes */
	int numa_policy;  /* MPOL_*; -1: unset */
	const unsigned long *nodes;
	size_t node_count; /* bits, as set_mempolicy(2) counts them */
	bool personality_set, coredump_filter_set;
	unsigned personality; /* PER_* */
	uint64_t coredump_filter;
};

/* What is done to the terminal before the child gets it. */
struct spawn_terminal {
	const char *path;
	bool hang_up, reset, disallocate;
	unsigned short rows, columns; /* 0: as they are */
};

/* A finished recipe. All pointers are borrowed until spawn() returns. */
struct spawn_recipe {
	const char *path;        /* absolute: as is; without '/': looked up in `search_path` */
	const char *search_path; /* like PATH, or NULL: the fixed default */
	char *const *argv;
	char *const *envp; /* a string "LISTEN_PID=…", "MAINPID=…" or "WATCHDOG_PID=…" that must hold the child's
			      own pid: see pid_variables */
	char **pid_variables; /* writable "NAME=0000000000" buffers in envp, filled in by the child; or NULL */
	struct spawn_stream streams[3];
	const int *extra_fds; /* become 3, 4, …; at most 1024 */
	size_t extra_fd_count;
	int cgroup_fd;                     /* directory of the cgroup to be born in; -1: none */
	const struct spawn_keeper *keeper; /* NULL: the child is a child of ours */
	bool new_session;                  /* setsid(2); otherwise a new process group if new_group */
	bool new_group;
	bool controlling_terminal; /* TIOCSCTTY on stdin after setsid; foreground group with new_group */
	bool ignore_sigpipe;
	mode_t umask;
	bool set_ids; /* the following four apply */
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t group_count;
	const char *root_directory;    /* NULL: none */
	const char *working_directory; /* NULL: not changed */
	bool working_directory_missing_ok;
	bool nice_set, oom_score_adjust_set, cpu_scheduling_set, cpu_scheduling_reset_on_fork, io_priority_set,
		timer_slack_set;
	int nice, oom_score_adjust, cpu_scheduling_policy, cpu_scheduling_priority, io_priority;
	uint64_t timer_slack;                    /* ns */
	const struct spawn_placement *placement; /* NULL: nothing of it */
	const struct spawn_terminal *terminal;   /* likewise */
	const struct spawn_limit *limits;
	size_t limit_count;
	bool bounding_set_given;
	uint64_t bounding_set; /* bit n: capability n is kept */
	uint64_t ambient_set;
	int secure_bits; /* -1: unset */
	bool no_new_privileges;
	bool new_pid_namespace;
};

struct spawn_error {
	enum spawn_step step;
	int error;       /* errno */
	int exit_status; /* systemd.exec(5): 200 CHDIR … 243 */
};

/* Reserves what spawn() needs, while low descriptors are still free (see staging.h). 0 or -errno; spawn() also works
 * without. */
int spawn_prepare(void);

/*
 * Starts the recipe. 0: `process` is the running child (pidfd open unless descriptors ran out: then -1), and its
 * program was executed. Otherwise -errno with `error` filled; nothing is left to reap.
 */
int spawn(const struct spawn_recipe *recipe, struct process *process, struct spawn_error *error);
/*
 * The same for a recipe with a keeper: `keeper` is its pid, a child of ours while `process` is its. 0 where it could
 * not be executed: `process` is our child then.
 */
int spawn_kept(const struct spawn_recipe *recipe, struct process *process, pid_t *keeper, struct spawn_error *error);

const char *spawn_step_name(enum spawn_step step); /* "chdir", "user", "exec", … */
int spawn_step_exit_status(enum spawn_step step);  /* 200 CHDIR, 203 EXEC, 216 GROUP, 217 USER, … */

#endif
