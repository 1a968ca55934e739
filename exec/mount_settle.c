/* The entries of a plan made definite: where they really are, in which order, and which of them matter. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec/mount_plan.h"
#include "exec/root_path.h"

static bool is_at_or_below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	return strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void drop(struct mount_entry *entry)
{
	mount_tree_close(&entry->tree);
	free(entry->path);
	free(entry->options);
	*entry = (struct mount_entry){ .tree.fd = -1, .mounted_fd = -1 };
}

/* Squeezes out the dropped ones. */
static void close_gaps(struct mount_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].path)
			plan->entries[kept++] = plan->entries[i];
	plan->count = kept;
}

/* A path of the host lies in the service's view only below RootDirectory=. */
static bool move_into_root(const struct mount_plan *plan, struct mount_entry *entry)
{
	size_t length = strlen(plan->root);

	if (entry->from_root || length == 0)
		return true;
	if (!is_at_or_below(entry->path, plan->root))
		return false;
	memmove(entry->path, entry->path + length, strlen(entry->path + length) + 1);
	return *entry->path || entry->optional;
}

/* What a missing target of a mount has to be made as. */
static bool source_is_file(const struct mount_entry *entry)
{
	struct stat status;

	return entry->source == MOUNT_TREE && stat(entry->options, &status) == 0 && !S_ISDIR(status.st_mode);
}

static void fail(struct start *start, const struct mount_entry *entry, int error)
{
	start_fail(start, SPAWN_STEP_NAMESPACE, error, "%s=%s", entry->key,
		   entry->source == MOUNT_TREE ? entry->options : entry->path);
}

/* What is to stand elsewhere. Before its place is made: that may be the same. false: it is missing, and may be. */
static bool take_source(struct mount_entry *entry, struct start *start)
{
	int fd = open(entry->options, O_PATH | O_CLOEXEC);
	int r = fd < 0 ? -errno : mount_tree_take(fd, entry->recursive, &entry->tree);

	if (fd >= 0)
		close(fd);
	if (r < 0 && !(r == -ENOENT && entry->optional))
		fail(start, entry, -r);
	return r == 0;
}

/* -ENOENT of what may be missing drops the entry. Whoever makes targets makes this one now, on the host. */
static int find(struct mount_plan *plan, struct mount_entry *entry)
{
	char path[PATH_MAX];
	int fd = root_path_open(plan->root_fd, entry->path, path, sizeof path);

	if (fd == -ENOENT && entry->make_target && !entry->optional) {
		(void)root_path_make(plan->root_fd, entry->path, source_is_file(entry));
		fd = root_path_open(plan->root_fd, entry->path, path, sizeof path);
	}
	if (fd < 0)
		return fd;
	char *resolved = strdup(path);
	if (!resolved) {
		close(fd);
		return -ENOMEM;
	}
	free(entry->path);
	entry->path = resolved;
	return fd;
}

static bool is_fresh(const struct mount_entry *entry)
{
	return entry->source != MOUNT_SELF;
}

/* Whether a parent will be something else than what is there now. By the path as it was written, too. */
static bool lies_below_fresh(const struct mount_plan *plan, const struct mount_entry *entry)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mount_entry *other = &plan->entries[i];
		if (other != entry && other->path && is_fresh(other) && strcmp(other->path, entry->path) != 0 &&
		    is_at_or_below(entry->path, other->path))
			return true;
	}
	return false;
}

static void resolve(struct mount_plan *plan, struct start *start)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct mount_entry *entry = &plan->entries[i];

		entry->is_file = source_is_file(entry);
		entry->below_fresh = lies_below_fresh(plan, entry);
		if ((entry->only_below_fresh && !entry->below_fresh) || !move_into_root(plan, entry) ||
		    (entry->source == MOUNT_TREE && !take_source(entry, start))) {
			drop(entry);
			continue;
		}
		int fd = entry->below_fresh && entry->make_target ? -ENOENT : find(plan, entry);
		if (fd < 0 && entry->below_fresh)
			continue;
		if (fd == -ENOENT && entry->optional) {
			drop(entry);
			continue;
		}
		if (fd < 0)
			start_fail(start, SPAWN_STEP_NAMESPACE, -fd, "%s=%s", entry->key, entry->path);
		close(fd);
	}
	close_gaps(plan);
}

static int by_path(const void *a, const void *b)
{
	const struct mount_entry *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (int)y->source - (int)x->source;
}

/* Two wishes for one place: the stronger source, and the stricter attributes. */
static void merge(struct mount_plan *plan)
{
	struct mount_entry *kept = NULL;

	for (size_t i = 0; i < plan->count; i++) {
		struct mount_entry *entry = &plan->entries[i];
		if (!kept || strcmp(kept->path, entry->path) != 0) {
			kept = entry;
			continue;
		}
		if (kept->read_only == AS_PARENT || (kept->source == MOUNT_SELF && entry->read_only == CHOSEN))
			kept->read_only = entry->read_only;
		if (kept->no_exec == AS_PARENT || entry->no_exec == CHOSEN)
			kept->no_exec = entry->no_exec;
		drop(entry);
	}
	close_gaps(plan);
}

/* The nearest entry in front of `index` that the place lies in. */
static const struct mount_entry *parent_of(const struct mount_plan *plan, size_t index)
{
	for (size_t i = index; i-- > 0;)
		if (plan->entries[i].path && is_at_or_below(plan->entries[index].path, plan->entries[i].path))
			return &plan->entries[i];
	return NULL;
}

/* What is not said is as in the parent; where nothing differs from it, there is nothing to mount. */
static void inherit(struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct mount_entry *entry = &plan->entries[i];
		const struct mount_entry *parent = parent_of(plan, i);
		enum choice read_only = parent ? parent->read_only : NOT_CHOSEN;
		enum choice no_exec = parent ? parent->no_exec : NOT_CHOSEN;

		if (parent && parent->source == MOUNT_NOTHING) {
			drop(entry);
			continue;
		}
		if (entry->read_only == AS_PARENT)
			entry->read_only = read_only;
		if (entry->no_exec == AS_PARENT)
			entry->no_exec = no_exec;
		if (entry->source == MOUNT_SELF && entry->read_only == read_only && entry->no_exec == no_exec)
			drop(entry);
	}
	close_gaps(plan);
}

/* Taken before anything is attached: afterwards other things may stand there. */
static void take_places(struct mount_plan *plan, struct start *start)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct mount_entry *entry = &plan->entries[i];

		if (entry->source != MOUNT_SELF || entry->below_fresh || strcmp(entry->path, "/") == 0)
			continue;
		int fd = root_path_open(plan->root_fd, entry->path, NULL, 0);
		int r = fd < 0 ? fd : mount_tree_take(fd, true, &entry->tree);
		if (fd >= 0)
			close(fd);
		if (r == -ENOENT && entry->optional)
			drop(entry);
		else if (r < 0)
			fail(start, entry, -r);
	}
	close_gaps(plan);
}

void mount_plan_settle(struct mount_plan *plan, struct start *start)
{
	resolve(plan, start);
	if (plan->count)
		qsort(plan->entries, plan->count, sizeof *plan->entries, by_path);
	merge(plan);
	inherit(plan);
	take_places(plan, start);
}
