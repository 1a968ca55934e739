#include "supervisor/os/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/os/signals.h"

bool terminal_is(int fd)
{
	return isatty(fd) == 1;
}

bool terminal_is_controlling(int fd)
{
	return tcgetpgrp(fd) >= 0;
}

int terminal_give(int fd, pid_t group)
{
	uint64_t mask;

	if (!terminal_is_controlling(fd))
		return 0;
	int r = signals_block_all(&mask);
	if (r < 0)
		return r;
	if (tcsetpgrp(fd, group) < 0)
		r = -errno;
	(void)signals_restore(mask);
	return r;
}

int terminal_leave(int fd)
{
	static const int caused[] = { SIGHUP, SIGCONT };
	sigset_t before;

	/* One that somebody sent before is not ours to take away. */
	if (sigpending(&before) < 0 || ioctl(fd, TIOCNOTTY) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		struct timespec at_once = { 0 };
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, caused[i]);
		if (!sigismember(&before, caused[i]))
			(void)sigtimedwait(&one, NULL, &at_once);
	}
	return 0;
}
