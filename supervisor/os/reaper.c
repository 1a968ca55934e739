#include "supervisor/os/reaper.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int reaper_become_subreaper(void)
{
	if (getpid() == 1)
		return 0;
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static uint64_t nanoseconds(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

int reaper_next(struct exited_child *child)
{
	siginfo_t info = { .si_pid = 0 };

	struct rusage usage;

	/* The C library's leaves out what the kernel tells of the use of resources. */
	while (syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG, &usage) < 0)
		if (errno != EINTR)
			return -errno;
	if (info.si_pid == 0)
		return 0;
	*child = (struct exited_child){
		.pid = info.si_pid,
		.code = info.si_code,
		.status = info.si_status,
		.cpu = nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime),
	};
	return 1;
}
