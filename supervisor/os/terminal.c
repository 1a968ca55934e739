#include "supervisor/os/terminal.h"

#include <errno.h>
#include <stdint.h>
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
