/* The file systems that are the kernel's own: with them everything else can be done by units. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/machine.h"

enum { OPTIONAL = 1 << 0 };

struct kernel_mount {
	const char *source, *type, *path, *options;
	unsigned long flags;
	unsigned how;
};

/* In this order. The options are those systemd uses: packages count on them. */
static const struct kernel_mount mounts[] = {
	{ "proc", "proc", "/proc", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV, 0 },
	{ "sysfs", "sysfs", "/sys", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV, 0 },
	{ "devtmpfs", "devtmpfs", "/dev", "mode=0755,size=4m,nr_inodes=1m", MS_NOSUID | MS_STRICTATIME, 0 },
	{ "securityfs", "securityfs", "/sys/kernel/security", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV, OPTIONAL },
	{ "tmpfs", "tmpfs", "/dev/shm", "mode=01777", MS_NOSUID | MS_NODEV | MS_STRICTATIME, 0 },
	{ "devpts", "devpts", "/dev/pts", "mode=0620,gid=5,ptmxmode=0666", MS_NOSUID | MS_NOEXEC, 0 },
	{ "tmpfs", "tmpfs", "/run", "mode=0755,size=20%,nr_inodes=800k", MS_NOSUID | MS_NODEV | MS_STRICTATIME, 0 },
	{ "cgroup2", "cgroup2", "/sys/fs/cgroup", "nsdelegate,memory_recursiveprot", MS_NOSUID | MS_NOEXEC | MS_NODEV,
	  0 },
	{ "mqueue", "mqueue", "/dev/mqueue", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, OPTIONAL },
	{ "hugetlbfs", "hugetlbfs", "/dev/hugepages", NULL, MS_NOSUID | MS_NODEV, OPTIONAL },
	{ "debugfs", "debugfs", "/sys/kernel/debug", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV, OPTIONAL },
	{ "tracefs", "tracefs", "/sys/kernel/tracing", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV, OPTIONAL },
	{ "bpf", "bpf", "/sys/fs/bpf", "mode=0700", MS_NOSUID | MS_NOEXEC | MS_NODEV, OPTIONAL },
};

/* /dev's links into proc, which devtmpfs does not bring. */
static const struct {
	const char *target, *path;
} links[] = {
	{ "/proc/self/fd", "/dev/fd" },       { "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
	{ "/proc/self/fd/2", "/dev/stderr" }, { "/proc/kcore", "/dev/core" },
};

/* Another file system than the directory above; the roots of mounts within one file system do not occur here. */
static bool is_mount_point(const char *path)
{
	struct stat own, above;
	char parent[64];

	snprintf(parent, sizeof parent, "%s/..", path);
	return stat(path, &own) == 0 && stat(parent, &above) == 0 && own.st_dev != above.st_dev;
}

static void mount_one(const struct kernel_mount *wanted)
{
	if (is_mount_point(wanted->path))
		return;
	if (mkdir(wanted->path, 0755) < 0 && errno != EEXIST && (wanted->how & OPTIONAL))
		return;
	int result = mount(wanted->source, wanted->path, wanted->type, wanted->flags, wanted->options);
	/* Older kernels do not know every option. */
	if (result < 0 && errno == EINVAL && wanted->options)
		result = mount(wanted->source, wanted->path, wanted->type, wanted->flags, NULL);
	if (result < 0 && !(wanted->how & OPTIONAL))
		machine_say(3, "%s cannot be mounted: %s", wanted->path, strerror(errno));
}

void machine_mount_kernel_file_systems(void)
{
	for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++)
		mount_one(&mounts[i]);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (symlink(links[i].target, links[i].path) < 0 && errno != EEXIST)
			machine_say(4, "%s cannot be made: %s", links[i].path, strerror(errno));
	/* Containers and sandboxes of services count on mounts that come later reaching them. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		machine_say(4, "mounts stay private: %s", strerror(errno));
}
