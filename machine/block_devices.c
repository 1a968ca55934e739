#include "machine/block_devices.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine/text.h"

static bool release_loop(const char *attribute)
{
	char device[64], name[32];

	/* /sys/block/NAME/loop/backing_file */
	snprintf(name, sizeof name, "%.*s", (int)strcspn(attribute + strlen("/sys/block/"), "/"),
		 attribute + strlen("/sys/block/"));
	snprintf(device, sizeof device, "/dev/%s", name);
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	/* Of one that is in use the kernel only takes note: it is gone when nobody uses it. */
	bool released = fd >= 0 && ioctl(fd, LOOP_CLR_FD, 0) == 0;
	if (fd >= 0)
		close(fd);
	return released && access(attribute, F_OK) < 0;
}

static bool release_mapped(const char *attribute)
{
	struct dm_ioctl request = { .version = { DM_VERSION_MAJOR, 0, 0 }, .data_size = sizeof request };
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool released =
		text_read(attribute, request.name, sizeof request.name) && ioctl(fd, DM_DEV_REMOVE, &request) == 0;
	close(fd);
	return released;
}

static bool release_each(const char *pattern, bool (*release)(const char *attribute))
{
	glob_t matches;
	bool any = false;

	if (glob(pattern, 0, NULL, &matches) != 0)
		return false;
	for (size_t i = 0; i < matches.gl_pathc; i++)
		any |= release(matches.gl_pathv[i]);
	globfree(&matches);
	return any;
}

bool block_devices_release(void)
{
	bool loops = release_each("/sys/block/loop*/loop/backing_file", release_loop);

	return release_each("/sys/block/dm-*/dm/name", release_mapped) || loops;
}
