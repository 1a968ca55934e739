/* What the parts of containment share: the root and its lists of containments. Private to them. */
#ifndef SVINIT_OS_CONTAINMENT_ROOT_H
#define SVINIT_OS_CONTAINMENT_ROOT_H

#include <limits.h>

#include "supervisor/os/containment.h"
#include "supervisor/os/proc.h"

struct leader_entry {
	pid_t pid;
	struct containment *containment;
};

/* One look at /proc: who belongs to which containment. */
struct session_view {
	struct proc_table table;
	struct containment **owners; /* by index of the table; NULL: nobody's */
	signed char *descent;        /* by index: is it a descendant of ours */
	size_t capacity;             /* of the two */
	struct leader_entry *leaders;
	size_t leader_count, leader_capacity;
	uint64_t births; /* the root's count when it was taken */
	bool valid;
};

struct containment_root {
	struct event_source source; /* inotify, or the keepers' pipe; first, so that the source is the root */
	int fd;                     /* the subtree's directory; -1: no cgroups */
	char directory[PATH_MAX];   /* its path in the file system */
	char path[PATH_MAX];        /* and in the hierarchy */
	struct event_loop *loop;
	void (*on_empty)(struct containment *containment, void *context);
	void *context;
	struct containment *first; /* all that have a name */
	struct containment **by_name, **by_watch;
	size_t buckets, count;
	uint64_t births;
	struct cgroup_slice *slices;             /* inner ones in front of outer ones */
	unsigned controllers, controllers_tried; /* of the units' cgroups; enum cgroup_controller */
	void (*on_oom)(struct containment *containment, void *context);
	enum { MEMORY_UNKNOWN, MEMORY_UNCOUNTED, MEMORY_COUNTED } memory; /* of the units' cgroups */
	struct session_view view;
	struct spawn_keeper keeper; /* program_fd -1: there are none */
	int report_pipe;            /* the end that we read */
	void (*on_report)(void *context);
	bool (*is_other)(pid_t child, void *context);
	struct keeper_entry *kept; /* keeper → containment, open addressing; the capacity is a power of two */
	size_t kept_capacity, kept_count;
};

struct keeper_entry {
	pid_t pid; /* 0: free */
	struct containment *containment;
};

struct cgroup_slice {
	char *name;
	int fd;
	struct cgroup_slice *outer; /* NULL: the root */
	struct cgroup_slice *next;
};

/* The lists. Adding can fail with -ENOMEM; removing what is not there does nothing. */
int containment_index_add(struct containment_root *root, struct containment *containment);
void containment_index_remove(struct containment_root *root, struct containment *containment);
void containment_index_set_watch(struct containment_root *root, struct containment *containment, int watch);
struct containment *containment_index_find_watch(const struct containment_root *root, int watch);
struct containment *containment_index_find_name(const struct containment_root *root, const char *name, size_t length);
void containment_index_finish(struct containment_root *root);

/* The way without cgroups; as the functions of containment.h. */
int session_is_empty(struct containment *containment);
int session_processes(struct containment *containment, pid_t *pids, size_t max);
/* Whether the process that the last list named is still the same. */
bool session_still_has(const struct containment *containment, pid_t pid);
struct containment *session_of(struct containment_root *root, pid_t pid);
void session_view_finish(struct session_view *view);

/* The directory that its own is made in. */
int slices_parent_fd(const struct containment *containment);
void slices_close(struct containment_root *root);

/* By keepers; as the functions of containment.h. */
bool keepers_hold_any(const struct containment *containment);
bool keepers_have_main(const struct containment *containment, pid_t pid);
int keepers_signal(struct containment *containment, int signal, pid_t spare, bool and_continue);
int keepers_processes(const struct containment *containment, pid_t *pids, size_t max);
struct containment *keepers_of(struct containment_root *root, pid_t pid);
void keepers_forget(struct containment *containment);
void keepers_close(struct containment_root *root);

#endif
