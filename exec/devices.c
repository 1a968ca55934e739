#include "exec/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exec/mount_call.h"

static const struct {
	const char *name;
	unsigned major, minor;
} nodes[HOST_DEVICE_COUNT] = {
	[HOST_DEVICE_NULL] = { "null", 1, 3 },       [HOST_DEVICE_ZERO] = { "zero", 1, 5 },
	[HOST_DEVICE_FULL] = { "full", 1, 7 },       [HOST_DEVICE_RANDOM] = { "random", 1, 8 },
	[HOST_DEVICE_URANDOM] = { "urandom", 1, 9 }, [HOST_DEVICE_TTY] = { "tty", 5, 0 },
};

void devices_open_host(struct host_devices *devices)
{
	char path[32];

	for (int i = 0; i < HOST_DEVICE_COUNT; i++) {
		snprintf(path, sizeof path, "/dev/%s", nodes[i].name);
		devices->fds[i] = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	}
}

void devices_close_host(struct host_devices *devices)
{
	for (int i = 0; i < HOST_DEVICE_COUNT; i++)
		if (devices->fds[i] >= 0)
			close(devices->fds[i]);
}

/* In a user namespace no node may be made: the host's is bound. */
static int bind_node(int directory, const char *name, int host)
{
	struct mount_tree tree;

	if (host < 0)
		return 0;
	if (mknodat(directory, name, S_IFREG | 0666, 0) < 0)
		return -errno;
	int target = openat(directory, name, O_PATH | O_CLOEXEC);
	int r = target < 0 ? -errno : mount_tree_take(host, false, &tree);
	if (r == 0) {
		r = mount_tree_attach(&tree, target);
		mount_tree_close(&tree);
	}
	if (target >= 0)
		close(target);
	return r;
}

static int make_links(int directory)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "fd", "/proc/self/fd" },       { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" }, { "core", "/proc/kcore" },      { "ptmx", "pts/ptmx" },
	};

	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (symlinkat(links[i].target, directory, links[i].name) < 0)
			return -errno;
	return 0;
}

int devices_populate(const struct host_devices *devices, int fd)
{
	for (int i = 0; i < HOST_DEVICE_COUNT; i++) {
		if (mknodat(fd, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) == 0)
			continue;
		int r = errno == EPERM ? bind_node(fd, nodes[i].name, devices->fds[i]) : -errno;
		if (r < 0)
			return r;
	}
	return make_links(fd);
}
