/*
 * Which processes are a unit's, and how to reach them all: a cgroup v2 directory a unit where one can be made,
 * otherwise a keeper (keeper/keeper.c) for each process that svinit starts, below which all that comes of it stays.
 *
 * Where there is neither (Keeper=no, a keeper that was killed), a process belongs to a unit when the unit's
 * INVOCATION_ID stands in its environment, or its session, process group or an ancestor is one of the unit's; found by
 * one pass over /proc, only when asked (stop, tree). An orphan that shows nothing of this is a unit's whose keeper was
 * killed.
 */
#ifndef SVINIT_OS_CONTAINMENT_H
#define SVINIT_OS_CONTAINMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cause.h"
#include "common/keeper_protocol.h"
#include "supervisor/os/event_loop.h"
#include "supervisor/os/spawn.h"

struct containment_root; /* the subtree under which the units' cgroups are made, or none */

struct keeper {
	pid_t pid;  /* a child of ours */
	pid_t main; /* whose end it reports */
	bool empty; /* nothing is left below it; it is about to end */
};

struct cgroup_slice;

struct containment {
	struct containment_root *root;
	struct cgroup_slice *slice; /* NULL: right below the root */
	char *name;                 /* the unit's, escaped for a directory */
	int cgroup_fd;              /* the directory; -1: none yet or no cgroups */
	int watch;                  /* inotify watch on cgroup.events; -1: none */
	int oom_watch;              /* on memory.events, likewise */
	pid_t leader[2];            /* without cgroups: pid, group and session of the main and of the control process */
	pid_t child[2];             /* of the two, those that are children of ours and not reaped */
	char invocation_id[33];     /* without cgroups: 32 hex digits */
	struct keeper *keepers;     /* without cgroups: one for each child, until nothing is left below it */
	unsigned keeper_count, keeper_capacity;
	bool populated; /* as far as is known */
	bool loose;     /* without cgroups: processes of it may live outside of its keepers' trees */
	bool orphaned;  /* one of its keepers was killed */
	bool killed;    /* by cgroup.kill: the cgroup has to be made anew before anybody is born into it */
	uint64_t born;  /* without cgroups: the root's count of births when one was last born into it */
	unsigned alive; /* without cgroups: by the root's last look at /proc */
	struct containment *next_by_name, *next_by_watch, *next, *previous; /* the root's lists */
};

/*
 * Finds a writable cgroup v2 tree (a pure mount, the `unified` mount of a hybrid system, the own cgroup when
 * delegated) and makes svinit's subtree in it. `on_empty` is called from the loop when a unit's last process is
 * gone and none of its children is unreaped, with the containment it happened to. Never fails for want of cgroups: the
 * root then has none, and `why` says so.
 */
int containment_root_open(struct containment_root **root, struct event_loop *loop, const char *subtree_name,
			  void (*on_empty)(struct containment *containment, void *context), void *context,
			  struct cause *why);
/* Called when the kernel has killed a process for want of memory, where the memory controller is. */
void containment_root_on_oom(struct containment_root *root,
			     void (*on_oom)(struct containment *containment, void *context));
void containment_root_close(struct containment_root *root); /* removes the empty cgroups */
bool containment_root_has_cgroups(const struct containment_root *root);
const char *containment_root_path(const struct containment_root *root); /* NULL without */

/*
 * Without cgroups: opens svkeeper at `program` and the pipe of the keepers. `on_report` is called from the loop when
 * there are reports; `is_other` tells of children of ours that are no unit's. -errno with a cause: units are then held
 * by what their processes show.
 */
int containment_root_open_keepers(struct containment_root *root, const char *program, void (*on_report)(void *context),
				  bool (*is_other)(pid_t child, void *context), struct cause *cause);
/* Before that: the pipe that an earlier svinit had for its keepers, its reading end first; taken over. */
void containment_root_leave_pipe(struct containment_root *root, const int ends[2]);
/* The pipe, for whoever comes next; -1: there are no keepers. */
void containment_root_keeper_pipe(const struct containment_root *root, int ends[2]);
bool containment_root_has_keepers(const struct containment_root *root);
/* The next report of a keeper; false: there is none at present. */
bool containment_next_report(struct containment_root *root, struct keeper_report *report);
/* Whose keeper it is; NULL: it is none. */
struct containment *containment_of_keeper(struct containment_root *root, pid_t keeper);
/* Signals all that is below keepers (0: nobody); returns how many keepers have something below them. */
size_t containment_signal_kept(struct containment_root *root, int signal);

void containment_init(struct containment *containment, struct containment_root *root);
/*
 * Controllers, bits of enum cgroup_controller, that the units' cgroups are to have. Those that cannot be given are not
 * tried again; returns those that they have. svinit may move to a cgroup of its own below the one it is in
 * ("init.scope"), for no cgroup but a hierarchy's root may have both.
 */
unsigned containment_root_enable(struct containment_root *root, unsigned controllers);
/* Where it is to be made: "system.slice", "a-b.slice"; made on the way. 0 or -errno. */
int containment_set_slice(struct containment *containment, const char *slice);
/* The directory of a slice, borrowed; -ENOENT while nothing was made in it. */
int containment_slice_fd(struct containment_root *root, const char *slice);
/* Its path in the hierarchy; false without cgroups. */
bool containment_path(const struct containment *containment, char *to, size_t size);
/* Its directory in the file system; likewise. */
bool containment_directory(const struct containment *containment, char *to, size_t size);
/* Makes the cgroup if it is not there. Returns its directory for spawn_recipe.cgroup_fd, -1 without cgroups, or -errno
 * < -1. */
int containment_prepare(struct containment *containment, const char *unit_name, struct cause *cause);
/*
 * Without cgroups, for spawn_recipe.keeper: the keeper of the next birth, `name` being borrowed. 1, and room for it is
 * made; 0: there are no keepers here; or -ENOMEM.
 */
int containment_plan_keeper(struct containment *containment, const char *name, struct spawn_keeper *keeper);
/* Tells that the process was born with that keeper. */
void containment_kept(struct containment *containment, pid_t keeper, pid_t process);
/* The keeper has ended. The main process whose end it should have reported and did not, or 0. */
pid_t containment_keeper_ended(struct containment *containment, pid_t keeper, bool killed);
/* Asks the keeper that the process is below to report its end from now on. false: it is below none. */
bool containment_watch(struct containment *containment, pid_t pid);
/* Whether a process of that parent is reaped by us or by one of its keepers. */
bool containment_reaps_for(const struct containment *containment, pid_t parent);
/* Tells that a child of ours was born into it, and that it was reaped: its pid may be anybody's from then on. */
void containment_born(struct containment *containment, int role, pid_t pid);
void containment_reaped(struct containment *containment, int role);
/* Tells that one of its processes was found to be the main or control process. */
void containment_found(struct containment *containment, int role, pid_t pid);
/* 1: no process is left (on_empty is not called for it then); 0: there are; or -errno. Exact with cgroups
 * (cgroup.events). */
int containment_is_empty(struct containment *containment);
/* Signals every process but `spare` (0: none). SIGKILL uses cgroup.kill where spare is 0. Returns how many, or -errno.
 */
int containment_signal(struct containment *containment, int signal, pid_t spare, bool and_continue);
/* The processes, up to max; returns how many there are or -errno. */
int containment_processes(struct containment *containment, pid_t *pids, size_t max);
bool containment_has(struct containment *containment, pid_t pid);
/* The unit is down: removes the cgroup, forgets the leaders. */
void containment_release(struct containment *containment);
/* The containment of `root` that `pid` is in, or NULL. */
struct containment *containment_of(struct containment_root *root, pid_t pid);
/* Times the kernel killed one of its processes for want of memory (memory.events oom_kill); 0 where unknown. */
unsigned long containment_oom_kills(struct containment *containment);

#endif
