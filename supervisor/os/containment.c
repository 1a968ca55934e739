#include "supervisor/os/containment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "supervisor/os/cgroup.h"
#include "supervisor/os/containment_root.h"

enum { INOTIFY_BUFFER = 4096 };

bool containment_root_has_cgroups(const struct containment_root *root)
{
	return root->fd >= 0;
}

const char *containment_root_path(const struct containment_root *root)
{
	return root->fd >= 0 ? root->path : NULL;
}

static void check_empty(struct containment *containment)
{
	struct containment_root *root = containment->root;

	/* Who reaps the child looks then. */
	if (containment->child[0] || containment->child[1])
		return;
	if (containment->populated && containment_is_empty(containment) == 1 && root->on_empty)
		root->on_empty(containment, root->context);
}

/* What may be freed by the callback is not looked at afterwards: the next is found by its place in the list again. */
static void check_all(struct containment_root *root)
{
	for (struct containment *item = root->first, *next; item; item = next) {
		next = item->next;
		check_empty(item);
	}
}

/* Rare enough to look through all of them. */
static void handle_oom_notice(struct containment_root *root, const struct inotify_event *event)
{
	struct containment *item = root->first;

	while (item && item->oom_watch != event->wd)
		item = item->next;
	if (item && !(event->mask & IN_IGNORED))
		root->on_oom(item, root->context);
}

void containment_root_on_oom(struct containment_root *root,
			     void (*on_oom)(struct containment *containment, void *context))
{
	root->on_oom = on_oom;
}

static void handle_notice(struct containment_root *root, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW) {
		check_all(root);
		return;
	}
	struct containment *containment = containment_index_find_watch(root, event->wd);
	if (!containment && event->mask & IN_IGNORED)
		return; /* of a cgroup that is gone */
	if (!containment) {
		handle_oom_notice(root, event);
		return;
	}
	if (event->mask & IN_IGNORED)
		containment_index_set_watch(root, containment, -1);
	else
		check_empty(containment);
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct containment_root *root = (struct containment_root *)source;
	_Alignas(struct inotify_event) char buffer[INOTIFY_BUFFER];

	(void)events;
	ssize_t n = read(source->fd, buffer, sizeof buffer);
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const struct inotify_event *)(const void *)(buffer + at);
		at += (ssize_t)sizeof *event + event->len;
		handle_notice(root, event);
	}
}

/* An earlier svinit of ours moved there to make room for controllers (see containment_slices.c). */
static void leave_leaf(char *own, char *path)
{
	static const char leaf[] = "/init.scope";
	size_t end = strlen(own), path_end = strlen(path), length = sizeof leaf - 1;

	if (end <= length || path_end < length || strcmp(own + end - length, leaf) != 0)
		return;
	own[end - length] = '\0';
	path[path_end - length] = '\0';
	if (!*path) {
		path[0] = '/';
		path[1] = '\0';
	}
}

/* The subtree's directory below our own cgroup. */
static int open_subtree(struct containment_root *root, const char *name, struct cause *why)
{
	char own[PATH_MAX], path[PATH_MAX];

	int r = cgroup_find_own(own, path, sizeof own, why);
	if (r < 0)
		return r;
	leave_leaf(own, path);
	const char *slash = strcmp(path, "/") == 0 ? "" : path;
	if ((size_t)snprintf(root->directory, sizeof root->directory, "%s/%s", own, name) >= sizeof root->directory ||
	    (size_t)snprintf(root->path, sizeof root->path, "%s/%s", slash, name) >= sizeof root->path)
		return cause_set_errno(why, ENAMETOOLONG, "the path of our cgroup, %s", path);
	int fd = open(own, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cause_set_errno(why, errno, "cannot open %s", own);
	r = cgroup_open(fd, name);
	close(fd);
	if (r < 0)
		return cause_set_errno(why, -r, "cannot make the cgroup %s", root->directory);
	if (faccessat(r, "cgroup.procs", W_OK, AT_EACCESS) < 0) {
		int error = errno;
		close(r);
		return cause_set_errno(why, error, "cannot move processes into %s", root->directory);
	}
	root->fd = r;
	return 0;
}

static int open_watch(struct containment_root *root, struct cause *why)
{
	root->source = (struct event_source){ .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .dispatch = dispatch };
	if (root->source.fd < 0)
		return cause_set_errno(why, errno, "cannot watch cgroups");
	int r = event_loop_add(root->loop, &root->source, EPOLLIN);
	if (r < 0) {
		close(root->source.fd);
		root->source.fd = -1;
		return cause_set_errno(why, -r, "cannot watch cgroups");
	}
	return 0;
}

int containment_root_open(struct containment_root **result, struct event_loop *loop, const char *subtree_name,
			  void (*on_empty)(struct containment *containment, void *context), void *context,
			  struct cause *why)
{
	struct containment_root *root = calloc(1, sizeof *root);

	*result = root;
	if (!root)
		return cause_set_errno(why, ENOMEM, "cannot set up containment");
	root->fd = root->source.fd = root->keeper.program_fd = -1;
	root->loop = loop;
	root->on_empty = on_empty;
	root->context = context;
	if (!subtree_name || open_subtree(root, subtree_name, why) < 0)
		return 0;
	if (open_watch(root, why) < 0) {
		close(root->fd);
		root->fd = -1;
	}
	return 0;
}

/* The unit cgroups that are empty, those of an earlier svinit too, then the subtree itself. */
static void remove_subtree(struct containment_root *root)
{
	char *slash = strrchr(root->directory, '/');

	cgroup_remove_empty(root->fd);
	close(root->fd);
	if (slash && slash != root->directory)
		(void)rmdir(root->directory);
}

void containment_root_close(struct containment_root *root)
{
	if (!root)
		return;
	/* Each one takes itself out of the list, which the analyzer does not follow. */
	while (root->first)
		containment_release(root->first); /* NOLINT(clang-analyzer-unix.Malloc) */
	if (root->source.fd >= 0) {
		event_loop_remove(root->loop, &root->source);
		close(root->source.fd);
	}
	if (root->fd >= 0)
		remove_subtree(root);
	slices_close(root);
	keepers_close(root);
	containment_index_finish(root);
	session_view_finish(&root->view);
	free(root);
}

void containment_init(struct containment *containment, struct containment_root *root)
{
	*containment = (struct containment){ .root = root, .cgroup_fd = -1, .watch = -1, .oom_watch = -1 };
}

static int take_name(struct containment *containment, const char *unit_name)
{
	char name[NAME_MAX + 1];

	if (containment->name)
		return 0;
	if (!cgroup_escape(unit_name, name, sizeof name))
		return -ENAMETOOLONG;
	containment->name = strdup(name);
	if (!containment->name)
		return -ENOMEM;
	int r = containment_index_add(containment->root, containment);
	if (r < 0) {
		free(containment->name);
		containment->name = NULL;
	}
	return r;
}

static int add_watch(const struct containment *containment, const char *file)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", containment->cgroup_fd, file);
	return inotify_add_watch(containment->root->source.fd, path, IN_MODIFY);
}

static void watch_events(struct containment *containment)
{
	struct containment_root *root = containment->root;
	int watch = add_watch(containment, "cgroup.events");

	if (watch >= 0)
		containment_index_set_watch(root, containment, watch);
	if (root->on_oom && root->controllers & CGROUP_MEMORY)
		containment->oom_watch = add_watch(containment, "memory.events");
}

/*
 * Since Linux 6.14 a child born by CLONE_INTO_CGROUP is killed at once if cgroup.kill was ever written in that cgroup:
 * fork compares the count of kills of its parent's cgroup with that of its own (cgroup_post_fork() in the kernel). A
 * new directory begins to count afresh.
 */
static int drop_killed(struct containment *containment)
{
	int r = cgroup_remove(slices_parent_fd(containment), containment->name);

	if (r < 0 && r != -ENOENT)
		return r;
	containment_index_set_watch(containment->root, containment, -1);
	close(containment->cgroup_fd);
	containment->cgroup_fd = containment->oom_watch = -1;
	containment->killed = false;
	return 0;
}

int containment_prepare(struct containment *containment, const char *unit_name, struct cause *cause)
{
	struct containment_root *root = containment->root;
	int r = 0;

	if (containment->cgroup_fd >= 0 && !containment->killed)
		return containment->cgroup_fd;
	if (containment->killed)
		r = drop_killed(containment);
	if (r >= 0)
		r = take_name(containment, unit_name);
	if (r >= 0 && root->fd >= 0)
		r = cgroup_open(slices_parent_fd(containment), containment->name);
	if (r < 0) {
		cause_set_errno(cause, -r, "cannot make the cgroup of %s", unit_name);
		/* -1 has a meaning of its own. */
		return r == -1 ? -EACCES : r;
	}
	if (root->fd < 0)
		return -1;
	containment->cgroup_fd = r;
	watch_events(containment);
	return r;
}

void containment_found(struct containment *containment, int role, pid_t pid)
{
	containment->populated = true;
	containment->born = ++containment->root->births;
	if (role >= 0 && role < 2)
		containment->leader[role] = pid;
}

void containment_born(struct containment *containment, int role, pid_t pid)
{
	containment_found(containment, role, pid);
	if (keepers_have_main(containment, pid))
		return;
	containment->loose = containment->root->fd < 0;
	if (role >= 0 && role < 2)
		containment->child[role] = pid;
}

void containment_reaped(struct containment *containment, int role)
{
	if (role >= 0 && role < 2)
		containment->child[role] = 0;
}

static int is_empty_without_cgroup(struct containment *containment)
{
	if (keepers_hold_any(containment))
		return 0;
	int r = containment->loose ? session_is_empty(containment) : 1;
	if (r == 1)
		containment->loose = containment->orphaned = false;
	return r;
}

int containment_is_empty(struct containment *containment)
{
	int populated;

	if (!containment->name)
		return 1;
	if (containment->root->fd < 0) {
		int empty = is_empty_without_cgroup(containment);
		populated = empty < 0 ? empty : !empty;
	} else {
		populated = containment->cgroup_fd < 0 ? 0 : cgroup_is_populated(containment->cgroup_fd);
	}
	if (populated < 0)
		return populated;
	containment->populated = populated;
	return !populated;
}

int containment_processes(struct containment *containment, pid_t *pids, size_t max)
{
	if (!containment->name)
		return 0;
	if (containment->root->fd < 0)
		return containment->loose ? session_processes(containment, pids, max)
					  : keepers_processes(containment, pids, max);
	return containment->cgroup_fd < 0 ? 0 : cgroup_processes(containment->cgroup_fd, pids, max);
}

static bool is_slice(const char *name, size_t length)
{
	return length > 6 && strncmp(name + length - 6, ".slice", 6) == 0;
}

/* "/subtree/a.slice/NAME" or below, seen from the hierarchy's root. */
static const char *name_in_path(const struct containment_root *root, const char *path, size_t *length)
{
	size_t prefix = strlen(root->path);

	if (strncmp(path, root->path, prefix) != 0 || path[prefix] != '/')
		return NULL;
	for (path += prefix + 1;; path += *length + 1) {
		*length = strcspn(path, "/");
		if (!is_slice(path, *length))
			return path;
		if (!path[*length])
			return NULL;
	}
}

struct containment *containment_of(struct containment_root *root, pid_t pid)
{
	char path[PATH_MAX];
	size_t length;

	if (root->fd < 0) {
		struct containment *kept = keepers_of(root, pid);
		return kept ? kept : session_of(root, pid);
	}
	if (proc_read_cgroup(pid, path, sizeof path) < 0)
		return NULL;
	const char *name = name_in_path(root, path, &length);
	return name ? containment_index_find_name(root, name, length) : NULL;
}

bool containment_has(struct containment *containment, pid_t pid)
{
	return containment->name && containment_of(containment->root, pid) == containment;
}

unsigned long containment_oom_kills(struct containment *containment)
{
	struct containment_root *root = containment->root;

	if (containment->cgroup_fd < 0)
		return 0;
	if (root->memory == MEMORY_UNKNOWN)
		root->memory = cgroup_counts_memory(containment->cgroup_fd) ? MEMORY_COUNTED : MEMORY_UNCOUNTED;
	return root->memory == MEMORY_COUNTED ? cgroup_oom_kills(containment->cgroup_fd) : 0;
}

static void drop_watches(const struct containment *containment)
{
	const int watches[] = { containment->watch, containment->oom_watch };

	for (size_t i = 0; i < sizeof watches / sizeof *watches; i++)
		if (watches[i] >= 0)
			(void)inotify_rm_watch(containment->root->source.fd, watches[i]);
}

void containment_release(struct containment *containment)
{
	struct containment_root *root = containment->root;

	if (containment->name) {
		/* The watches go with the files that they watch. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		if (root->fd >= 0 && cgroup_remove(slices_parent_fd(containment), containment->name) < 0)
			drop_watches(containment);
		containment_index_remove(root, containment);
	}
	if (containment->cgroup_fd >= 0)
		close(containment->cgroup_fd);
	keepers_forget(containment);
	free(containment->name);
	containment_init(containment, root);
}
