/* From the initramfs to the real root: switch_root(8), by the one process that has to do it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "supervisor/os/descriptors.h"
#include "supervisor/os/machine.h"
#include "supervisor/os/remove_tree.h"

enum { DEPTH_MAX = 64, ENTRIES_MAX = 1000000 };

static const char *const taken_along[] = { "/dev", "/proc", "/sys", "/run" };

static int move_mounts(const char *root, struct cause *cause)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof taken_along / sizeof *taken_along; i++) {
		snprintf(path, sizeof path, "%s%s", root, taken_along[i]);
		(void)mkdir(path, 0755);
		if (mount(taken_along[i], path, NULL, MS_MOVE, NULL) < 0)
			return cause_set_errno(cause, errno, "moving %s to %s", taken_along[i], path);
	}
	return 0;
}

/* Only what lives in memory is removed: it would take up that memory for ever. What is mounted in it stays. */
static void remove_old_root(int old)
{
	struct statfs status;
	DIR *directory = NULL;

	if (fstatfs(old, &status) == 0 && (status.f_type == RAMFS_MAGIC || status.f_type == TMPFS_MAGIC))
		directory = fdopendir(old);
	if (!directory) {
		close(old);
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)remove_tree(old, entry->d_name, DEPTH_MAX, ENTRIES_MAX);
	closedir(directory);
}

static int enter(const char *root, struct cause *cause)
{
	if (chdir(root) < 0)
		return cause_set_errno(cause, errno, "%s", root);
	if (mount(root, "/", NULL, MS_MOVE, NULL) < 0)
		return cause_set_errno(cause, errno, "moving %s to /", root);
	if (chroot(".") < 0 || chdir("/") < 0)
		return cause_set_errno(cause, errno, "chroot to %s", root);
	return 0;
}

int machine_switch_root(const char *root, const char *init, struct cause *cause)
{
	char *const arguments[] = { (char *)init, NULL };
	int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* A shared mount cannot be moved. */
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	int result = move_mounts(root, cause);
	if (result >= 0)
		result = enter(root, cause);
	if (old >= 0)
		result >= 0 ? remove_old_root(old) : (void)close(old);
	if (result < 0)
		return result;
	descriptors_keep_from_children(STDERR_FILENO + 1);
	execv(init, arguments);
	return cause_set_errno(cause, errno, "%s", init);
}
