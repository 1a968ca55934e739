/* The last step of a shutdown, when no other process is left: swap off, everything unmounted, the root read-only. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <unistd.h>

#include "machine/block_devices.h"
#include "machine/step.h"
#include "machine/text.h"

/* Each round unmounts what the one before has made free. */
enum { ROUNDS_MAX = 50, MOUNTS_MAX = 4096 };

static void switch_swap_off(void)
{
	FILE *file = fopen("/proc/swaps", "re");
	char line[4096];

	/* The first line is the heading. */
	for (bool heading = true; file && fgets(line, sizeof line, file); heading = false) {
		line[strcspn(line, " \t\n")] = '\0';
		if (!heading && swapoff(line) < 0)
			complain("%s is still in use as swap: %s", line, strerror(errno));
	}
	if (file)
		fclose(file);
}

/* The kernel's own, which hold nothing that could be lost, and without which nothing more could be done. */
static bool stays(const char *path)
{
	static const char *const tops[] = { "/proc", "/sys", "/dev" };

	for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
		size_t length = strlen(tops[i]);
		if (strncmp(path, tops[i], length) == 0 && (!path[length] || path[length] == '/'))
			return true;
	}
	return strcmp(path, "/run") == 0 || strcmp(path, "/") == 0;
}

struct mount_list {
	char *paths[MOUNTS_MAX];
	size_t count;
};

static void list_mounts(struct mount_list *list)
{
	FILE *file = setmntent("/proc/self/mounts", "re");
	struct mntent entry;
	char text[8192];

	list->count = 0;
	while (file && list->count < MOUNTS_MAX && getmntent_r(file, &entry, text, sizeof text))
		if (!stays(entry.mnt_dir) && (list->paths[list->count] = strdup(entry.mnt_dir)))
			list->count++;
	if (file)
		endmntent(file);
}

/* Last mounted, first unmounted. Returns how many could not be. */
static size_t unmount_listed(struct mount_list *list, bool last_try, bool *progress)
{
	size_t left = 0;

	for (size_t i = list->count; i-- > 0;) {
		const char *path = list->paths[i];
		if (umount2(path, UMOUNT_NOFOLLOW) == 0) {
			*progress = true;
		} else if (errno != EINVAL) {
			left++;
			if (last_try && mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
				complain("%s stays mounted: %s", path, strerror(errno));
		}
		free(list->paths[i]);
	}
	return left;
}

static size_t unmount_all(bool last_try, bool *progress)
{
	static struct mount_list list;

	list_mounts(&list);
	return unmount_listed(&list, last_try, progress);
}

static int make_root_read_only(void)
{
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0)
		return EXIT_SUCCESS;
	/* A file that was removed while in use (svinit itself, after an upgrade) makes it busy: the kernel can do it
	   all the same, as in an emergency. */
	complain("/ cannot be made read-only: %s; asking for the emergency way", strerror(errno));
	return text_write("/proc/sysrq-trigger", "u") ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const char *argument)
{
	bool progress = true;
	size_t left = 1;

	(void)argument;
	sync();
	switch_swap_off();
	for (int round = 0; left > 0 && progress && round < ROUNDS_MAX; round++) {
		progress = false;
		left = unmount_all(false, &progress);
		progress |= block_devices_release();
	}
	if (left > 0)
		left = unmount_all(true, &progress);
	int status = make_root_read_only();
	sync();
	return left > 0 ? EXIT_FAILURE : status;
}

const struct step step_unmount = { "unmount", NULL, "switch swap off, unmount everything, make the root read-only",
				   run };
