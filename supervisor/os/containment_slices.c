/* The cgroups between svinit's own and those of the units: slices within slices, and the controllers they pass on. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/cgroup.h"
#include "supervisor/os/containment_root.h"

enum { SLICE_SUFFIX = sizeof ".slice" - 1, OWN_PROCESSES_MAX = 64 };

static const char own_leaf[] = "init.scope";

static struct cgroup_slice *find(struct containment_root *root, const char *name)
{
	struct cgroup_slice *slice = root->slices;

	while (slice && strcmp(slice->name, name) != 0)
		slice = slice->next;
	return slice;
}

static int open_slice(struct containment_root *root, struct cgroup_slice *outer, const char *name,
		      struct cgroup_slice **result)
{
	struct cgroup_slice *slice = calloc(1, sizeof *slice);

	if (!slice || !(slice->name = strdup(name))) {
		free(slice);
		return -ENOMEM;
	}
	slice->fd = cgroup_open(outer ? outer->fd : root->fd, name);
	if (slice->fd < 0) {
		int r = slice->fd;
		free(slice->name);
		free(slice);
		return r;
	}
	slice->outer = outer;
	slice->next = root->slices;
	root->slices = slice;
	(void)cgroup_enable_below(slice->fd, root->controllers);
	*result = slice;
	return 0;
}

/* "a-b.slice": a.slice first, in it a-b.slice. "-.slice" is the root, and stands for no directory of its own. */
static int open_chain(struct containment_root *root, const char *name, struct cgroup_slice **slice)
{
	char part[NAME_MAX + 1];
	size_t length = strlen(name);
	int r = 0;

	*slice = NULL;
	if (length <= SLICE_SUFFIX || length > NAME_MAX || strcmp(name, "-.slice") == 0)
		return 0;
	for (size_t end = 1; r == 0 && end <= length - SLICE_SUFFIX; end++) {
		struct cgroup_slice *outer = *slice;
		if (end < length - SLICE_SUFFIX && name[end] != '-')
			continue;
		snprintf(part, sizeof part, "%.*s.slice", (int)end, name);
		*slice = find(root, part);
		if (!*slice)
			r = open_slice(root, outer, part, slice);
	}
	return r;
}

int containment_set_slice(struct containment *containment, const char *slice)
{
	/* Where it is it stays until it is made anew. */
	if (containment->root->fd < 0 || (containment->cgroup_fd >= 0 && !containment->killed))
		return 0;
	return open_chain(containment->root, slice, &containment->slice);
}

int containment_slice_fd(struct containment_root *root, const char *name)
{
	if (root->fd < 0)
		return -ENOENT;
	if (strcmp(name, "-.slice") == 0)
		return root->fd;
	const struct cgroup_slice *slice = find(root, name);
	return slice ? slice->fd : -ENOENT;
}

int slices_parent_fd(const struct containment *containment)
{
	return containment->slice ? containment->slice->fd : containment->root->fd;
}

static size_t put_slices(const struct cgroup_slice *slice, char *to, size_t size)
{
	size_t used = slice->outer ? put_slices(slice->outer, to, size) : 0;

	return used < size ? used + (size_t)snprintf(to + used, size - used, "/%s", slice->name) : used;
}

static bool put_path(const struct containment *containment, const char *from, char *to, size_t size)
{
	if (containment->root->fd < 0 || containment->cgroup_fd < 0)
		return false;
	size_t used = (size_t)snprintf(to, size, "%s", from);
	if (used < size && containment->slice)
		used += put_slices(containment->slice, to + used, size - used);
	return used < size && (size_t)snprintf(to + used, size - used, "/%s", containment->name) < size - used;
}

bool containment_path(const struct containment *containment, char *to, size_t size)
{
	return put_path(containment, containment->root->path, to, size);
}

bool containment_directory(const struct containment *containment, char *to, size_t size)
{
	return put_path(containment, containment->root->directory, to, size);
}

void slices_close(struct containment_root *root)
{
	while (root->slices) {
		struct cgroup_slice *slice = root->slices;
		root->slices = slice->next;
		close(slice->fd);
		free(slice->name);
		free(slice);
	}
}

/* ---- Controllers ---- */

/* No cgroup but the hierarchy's root may have both processes and controllers for those below it. */
static int leave_own_cgroup(int own)
{
	pid_t pids[OWN_PROCESSES_MAX];
	int leaf = cgroup_open(own, own_leaf);

	if (leaf < 0)
		return leaf;
	int r = cgroup_move(leaf, getpid());
	int count = r == 0 ? cgroup_processes_here(own, pids, OWN_PROCESSES_MAX) : 0;
	for (int i = 0; i < count && i < OWN_PROCESSES_MAX; i++) {
		struct proc_stat stat;
		if (proc_read_stat(pids[i], &stat) == 0 && stat.parent == getpid())
			(void)cgroup_move(leaf, pids[i]);
	}
	close(leaf);
	return r;
}

static int open_own(const struct containment_root *root)
{
	char directory[PATH_MAX];

	snprintf(directory, sizeof directory, "%s", root->directory);
	char *slash = strrchr(directory, '/');
	if (!slash || slash == directory)
		return -ENOENT;
	*slash = '\0';
	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void enable_from(struct containment_root *root, int own, unsigned wanted)
{
	unsigned missing = wanted & cgroup_controllers(own) & ~cgroup_controllers_below(own);

	if (missing && cgroup_enable_below(own, missing) < 0 && leave_own_cgroup(own) == 0)
		(void)cgroup_enable_below(own, wanted & cgroup_controllers(own) & ~cgroup_controllers_below(own));
	(void)cgroup_enable_below(root->fd, wanted & cgroup_controllers(root->fd));
	root->controllers = cgroup_controllers_below(root->fd);
	/* Outer ones come behind inner ones in the list. */
	for (unsigned round = 0; round < CGROUP_DEPTH_MAX; round++)
		for (struct cgroup_slice *slice = root->slices; slice; slice = slice->next)
			if (root->controllers & ~cgroup_controllers_below(slice->fd))
				(void)cgroup_enable_below(slice->fd, root->controllers & cgroup_controllers(slice->fd));
}

unsigned containment_root_enable(struct containment_root *root, unsigned controllers)
{
	if (root->fd < 0)
		return 0;
	if ((controllers & ~root->controllers & ~root->controllers_tried) == 0)
		return root->controllers;
	root->controllers_tried |= controllers;
	int own = open_own(root);
	if (own < 0)
		return root->controllers;
	enable_from(root, own, controllers);
	close(own);
	return root->controllers;
}
