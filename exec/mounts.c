#include "exec/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec/credentials.h"
#include "exec/devices.h"
#include "exec/mount_plan.h"
#include "exec/root_path.h"

enum { PLAIN = MS_NOSUID | MS_NODEV | MS_NOEXEC };

struct view {
	struct start *start;
	bool restricts_last; /* trees are no copies: see mount_trees_are_copies() */
	struct mount_plan plan;
	struct host_devices devices;
};

static void __attribute__((noreturn)) fail(struct view *view, const struct mount_entry *entry, int error)
{
	start_fail(view->start, SPAWN_STEP_NAMESPACE, error, "%s=%s", entry->key, entry->path);
}

static uint64_t attributes_of(const struct mount_entry *entry)
{
	return (entry->read_only == CHOSEN ? MOUNT_ATTR_RDONLY : 0) |
	       (entry->no_exec == CHOSEN ? MOUNT_ATTR_NOEXEC : 0);
}

/* One that is missing is made where that is asked for. -ENOENT: it is to be left out. */
static int open_target(struct view *view, const struct mount_entry *entry)
{
	int fd = root_path_open(view->plan.root_fd, entry->path, NULL, 0);

	if (fd == -ENOENT && entry->make_target) {
		int r = root_path_make(view->plan.root_fd, entry->path, entry->is_file);
		fd = r < 0 ? r : root_path_open(view->plan.root_fd, entry->path, NULL, 0);
	}
	if (fd < 0 && !(fd == -ENOENT && (entry->optional || entry->below_fresh)))
		fail(view, entry, -fd);
	return fd;
}

static int attach_self(struct mount_entry *entry, int target)
{
	int r = entry->tree.fd < 0 ? mount_tree_take(target, true, &entry->tree) : 0;

	return r < 0 ? r : mount_tree_attach(&entry->tree, target);
}

/* A directory becomes an empty one that nobody may enter, a file one that cannot be opened: a device without nodev. */
static int attach_nothing(struct view *view, struct mount_entry *entry, int target)
{
	struct stat status;

	if (fstat(target, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return mount_new("tmpfs", target, PLAIN | MS_RDONLY, "mode=000,size=4k,nr_inodes=1");
	int r = mount_tree_take(view->devices.fds[HOST_DEVICE_NULL], false, &entry->tree);
	return r < 0 ? r : mount_tree_attach(&entry->tree, target);
}

static int attach_devices(struct view *view, const struct mount_entry *entry, int target)
{
	int r = mount_new("tmpfs", target, MS_NOSUID | MS_NOEXEC, "mode=0755,size=4m,nr_inodes=64k");
	int fd = r < 0 ? r : root_path_open(view->plan.root_fd, entry->path, NULL, 0);

	if (fd < 0)
		return fd;
	r = devices_populate(&view->devices, fd);
	close(fd);
	return r;
}

/* Kernels before 5.8 know these options only for the whole PID namespace; user namespaces may not have it at all. */
static int attach_proc(struct view *view, const struct mount_entry *entry, int target)
{
	int r = mount_new("proc", target, PLAIN, entry->options);

	if (r == 0)
		return 0;
	if (view->start->recipe.sandbox.protect_proc)
		start_not_enforced(view->start, "ProtectProc", -r, "no /proc of its own");
	if (view->start->recipe.sandbox.proc_subset)
		start_not_enforced(view->start, "ProcSubset", -r, "no /proc of its own");
	if (view->start->recipe.sandbox.private_pids)
		(void)mount_new("proc", target, PLAIN, NULL);
	return 0;
}

static int attach(struct view *view, struct mount_entry *entry, int target)
{
	switch (entry->source) {
	case MOUNT_SELF:
		return attach_self(entry, target);
	case MOUNT_TREE:
		return mount_tree_attach(&entry->tree, target);
	case MOUNT_QUEUES:
		return mount_new("mqueue", target, PLAIN, NULL);
	case MOUNT_PROC:
		return attach_proc(view, entry, target);
	case MOUNT_DEVICES:
		return attach_devices(view, entry, target);
	case MOUNT_TMPFS:
		return mount_temporary(target, entry->options);
	case MOUNT_NOTHING:
		return attach_nothing(view, entry, target);
	}
	return -EINVAL;
}

/* Mount points are still to be made in a file system of our own, so that becomes read-only only when all are there. */
static bool is_restricted_late(const struct mount_entry *entry)
{
	return entry->source == MOUNT_TMPFS || entry->source == MOUNT_DEVICES;
}

/* An entry, and the plan it is one of. */
struct place {
	const struct view *view;
	const struct mount_entry *entry;
};

static bool is_at_or_below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	return strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* A mount at or below an entry that lies in this one is that entry's. `path` is the host's. */
static bool belongs_to_another(const char *path, const void *context)
{
	const struct place *place = context;
	const struct mount_plan *plan = &place->view->plan;
	const char *seen = path + strlen(plan->root);

	for (size_t i = 0; i < plan->count; i++) {
		const struct mount_entry *other = &plan->entries[i];
		if (other != place->entry && strlen(other->path) > strlen(place->entry->path) &&
		    is_at_or_below(seen, other->path))
			return true;
	}
	return false;
}

static void restrict_now(struct view *view, const struct mount_entry *entry, int fd)
{
	uint64_t attributes = attributes_of(entry);
	bool recursive = entry->source == MOUNT_SELF || (entry->source == MOUNT_TREE && entry->recursive);

	if (is_restricted_late(entry))
		attributes &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	if (entry->source == MOUNT_NOTHING)
		attributes |= MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID;
	int r = 0;
	if (attributes && view->restricts_last)
		r = mount_restrict_by_remount(fd, recursive, attributes, belongs_to_another,
					      &(struct place){ view, entry });
	else if (attributes)
		r = mount_restrict(fd, recursive, attributes);
	if (r < 0)
		fail(view, entry, -r);
}

static void apply(struct view *view, struct mount_entry *entry)
{
	if (strcmp(entry->path, "/") == 0 && entry->source == MOUNT_SELF) {
		if (!view->restricts_last)
			restrict_now(view, entry, view->plan.root_fd);
		return;
	}
	int target = open_target(view, entry);
	if (target < 0)
		return;
	int r = attach(view, entry, target);
	close(target);
	mount_tree_close(&entry->tree);
	if (r == -EPERM && view->start->has_user_namespace) {
		start_not_enforced(view->start, entry->key, -r, "%s in a user namespace", entry->path);
		return;
	}
	entry->mounted_fd = r < 0 ? r : root_path_open(view->plan.root_fd, entry->path, NULL, 0);
	if (entry->mounted_fd < 0)
		fail(view, entry, -entry->mounted_fd);
	if (!view->restricts_last)
		restrict_now(view, entry, entry->mounted_fd);
}

static void apply_late(struct view *view, struct mount_entry *entry)
{
	int r = 0;

	if (view->restricts_last && (entry->mounted_fd >= 0 || strcmp(entry->path, "/") == 0))
		restrict_now(view, entry, entry->mounted_fd >= 0 ? entry->mounted_fd : view->plan.root_fd);
	if (entry->mounted_fd < 0)
		return;
	if (is_restricted_late(entry) && entry->read_only == CHOSEN)
		r = mount_restrict(entry->mounted_fd, false, MOUNT_ATTR_RDONLY);
	if (r < 0)
		fail(view, entry, -r);
	close(entry->mounted_fd);
	entry->mounted_fd = -1;
}

/* The new root is bound on itself, so that it can be turned into /. */
static int open_root(struct start *start)
{
	const char *root = start->recipe.root_directory;
	struct mount_tree tree = { .fd = -1 };
	int fd = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !root)
		return fd < 0 ? -errno : fd;
	int r = mount_tree_take(fd, true, &tree);
	if (r == 0)
		r = mount_tree_attach(&tree, fd);
	mount_tree_close(&tree);
	close(fd);
	if (r < 0)
		return r;
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void turn_root(struct view *view)
{
	const char *root = view->start->recipe.root_directory;

	if (!root)
		return;
	if (fchdir(view->plan.root_fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
	    chdir("/") < 0)
		start_fail(view->start, SPAWN_STEP_CHROOT, errno, "RootDirectory=%s", root);
}

static void set_propagation(struct start *start)
{
	static const unsigned long flags[PROPAGATION_COUNT] = {
		[PROPAGATION_DEFAULT] = MS_SHARED,
		[PROPAGATION_SHARED] = MS_SHARED,
		[PROPAGATION_SLAVE] = MS_SLAVE,
		[PROPAGATION_PRIVATE] = MS_PRIVATE,
	};

	if (mount(NULL, "/", NULL, MS_REC | flags[start->recipe.sandbox.mount_flags], NULL) < 0)
		start_fail(start, SPAWN_STEP_NAMESPACE, errno, "MountFlags=");
}

/* Without these the service would see another file system than it was written for. */
static bool insists(const struct exec_recipe *recipe)
{
	const struct sandbox_paths *paths = &recipe->sandbox.paths;

	return paths->bind || paths->bind_read_only || paths->temporary || recipe->dynamic_user;
}

static bool enter_namespace(struct start *start)
{
	const char *why = start->privileged || start->has_user_namespace
				  ? "the kernel refuses a mount namespace"
				  : "neither CAP_SYS_ADMIN nor user namespaces for a mount namespace";

	if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0)
		return true;
	int error = errno;
	if (insists(&start->recipe))
		start_fail(start, SPAWN_STEP_NAMESPACE, error, "%s, and it cannot do without", why);
	start_none_enforced(start, NEED_MOUNTS, error, why);
	return false;
}

void mounts_set_up(struct start *start)
{
	struct view view = { .start = start, .restricts_last = !mount_trees_are_copies() };

	if (!sandbox_wants_mounts(&start->recipe.sandbox) && !start->recipe.root_directory)
		return;
	if (!enter_namespace(start))
		return;
	devices_open_host(&view.devices);
	view.plan.root = start->recipe.root_directory ? start->recipe.root_directory : "";
	view.plan.root_fd = open_root(start);
	if (view.plan.root_fd < 0)
		start_fail(start, SPAWN_STEP_CHROOT, -view.plan.root_fd, "RootDirectory=%s", view.plan.root);
	mount_plan_collect(&view.plan, start);
	mount_plan_settle(&view.plan, start);
	for (size_t i = 0; i < view.plan.count; i++)
		apply(&view, &view.plan.entries[i]);
	credentials_write(start, view.plan.root_fd);
	for (size_t i = 0; i < view.plan.count; i++)
		apply_late(&view, &view.plan.entries[i]);
	turn_root(&view);
	set_propagation(start);
	devices_close_host(&view.devices);
	close(view.plan.root_fd);
	start->has_mounts = true;
}
