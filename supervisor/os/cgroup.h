/* Directories of a cgroup v2 tree, by descriptor: cgroups(7), Documentation/admin-guide/cgroup-v2.rst. */
#ifndef SVINIT_OS_CGROUP_H
#define SVINIT_OS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/cause.h"

enum { CGROUP_DEPTH_MAX = 16 };

/*
 * The directory of our own cgroup in the file system ("/sys/fs/cgroup/unified/a"), and its path in the hierarchy
 * ("/a"), both of `size` bytes. 0 or -errno with a cause: no v2 mount, or our cgroup lies outside of it.
 */
int cgroup_find_own(char *directory, char *path, size_t size, struct cause *cause);
/* A directory name for a unit, which never meets a file of the kernel's (systemd escapes alike, with '_'). false: too
 * long. */
bool cgroup_escape(const char *unit_name, char *to, size_t size);
/* Makes the directory if it is not there and opens it. fd (O_PATH) or -errno. */
int cgroup_open(int parent_fd, const char *name);
/* cgroup.events, populated: 1 a process is left, here or below; 0; or -errno. */
int cgroup_is_populated(int fd);
/* cgroup.kill. 0 or -errno (-ENOENT before Linux 5.14). */
int cgroup_kill(int fd);
/* cgroup.freeze. 0 or -errno. What is frozen can still be killed. */
int cgroup_freeze(int fd, bool frozen);
/* The processes, those of cgroups below too, up to max; returns how many there are or -errno. */
int cgroup_processes(int fd, pid_t *pids, size_t max);
/* Those of this one alone. */
int cgroup_processes_here(int fd, pid_t *pids, size_t max);
/* Removes NAME and the cgroups below it. 0 or -errno (-EBUSY: processes are left). */
int cgroup_remove(int parent_fd, const char *name);
/* Removes the empty ones below. */
void cgroup_remove_empty(int fd);
/* Controllers of cgroups(7), as bits. */
enum cgroup_controller {
	CGROUP_CPU = 1 << 0,
	CGROUP_CPUSET = 1 << 1,
	CGROUP_IO = 1 << 2,
	CGROUP_MEMORY = 1 << 3,
	CGROUP_PIDS = 1 << 4,
	CGROUP_CONTROLLERS_ALL = (1 << 5) - 1,
};

/* Those that the cgroup itself has; those that it gives the cgroups below it. */
unsigned cgroup_controllers(int fd);
unsigned cgroup_controllers_below(int fd);
/* Gives them to the cgroups below. 0, or the -errno of the first that could not be given. */
int cgroup_enable_below(int fd, unsigned controllers);
/* Hands it over: the user may make cgroups below it and move processes between them. 0 or -errno. */
int cgroup_delegate(int fd, uid_t user, gid_t group);
/* Moves the process in. 0 or -errno. */
int cgroup_move(int fd, pid_t pid);
/* Whether the memory controller is there: the same for all cgroups of one parent. */
bool cgroup_counts_memory(int fd);
/* memory.events oom_kill, 0 where there is none. */
unsigned long cgroup_oom_kills(int fd);

#endif
