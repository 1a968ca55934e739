#include "supervisor/os/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

int descriptors_open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		int opened = open("/dev/null", O_RDWR | O_NOCTTY);
		/* The early moments of a machine know no /dev: the root directory keeps the number as well. */
		if (opened < 0)
			opened = open("/", O_PATH | O_DIRECTORY);
		if (opened < 0)
			return -errno;
		if (opened != fd) {
			close(opened);
			return -EBADF;
		}
	}
	return 0;
}

/* For kernels before 5.9: one by one, up to the limit. */
static int for_each_from(int first, int (*act)(int fd))
{
	long limit = sysconf(_SC_OPEN_MAX);

	for (int fd = first; fd < (limit < 0 ? 1024 : limit > 65536 ? 65536 : limit); fd++)
		(void)act(fd);
	return 0;
}

static int mark(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int descriptors_keep_from_children(int first)
{
	if (syscall(SYS_close_range, (unsigned)first, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	return for_each_from(first, mark);
}

int descriptors_close_from(int first)
{
	if (syscall(SYS_close_range, (unsigned)first, UINT_MAX, 0) == 0)
		return 0;
	return for_each_from(first, close);
}

int descriptor_set_close_on_exec(int fd, int on)
{
	return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) < 0 ? -errno : 0;
}

int descriptor_set_nonblocking(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return wanted != flags && fcntl(fd, F_SETFL, wanted) < 0 ? -errno : 0;
}
