#include "supervisor/os/stamp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_parents(const char *path)
{
	char part[PATH_MAX];

	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
		mkdir(part, 0755);
	}
}

static int open_stamp(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
}

int stamp_file_touch(const char *path)
{
	int fd = open_stamp(path), r;

	if (fd < 0 && errno == ENOENT) {
		make_parents(path);
		fd = open_stamp(path);
	}
	if (fd < 0)
		return -errno;
	r = futimens(fd, NULL) < 0 ? -errno : 0;
	close(fd);
	return r;
}

usec stamp_file_time(const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_mtim.tv_sec < 0)
		return 0;
	return (usec)status.st_mtim.tv_sec * USEC_PER_SEC + (usec)status.st_mtim.tv_nsec / 1000;
}
