#include "supervisor/os/stderr_line.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* No more than PIPE_BUF on any system, so that a pipe takes it whole or not at all. */
enum { LINE_MAX_LENGTH = 512 };

/* Not by O_NONBLOCK: that would change the descriptor of everyone who shares it. Terminals do not know RWF_NOWAIT. */
static void write_without_waiting(char *text, size_t length)
{
	struct iovec piece = { .iov_base = text, .iov_len = length };
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (pwritev2(STDERR_FILENO, &piece, 1, -1, RWF_NOWAIT) >= 0 || errno == EAGAIN || errno == EPIPE)
		return;
	if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT))
		(void)!write(STDERR_FILENO, text, length);
}

void stderr_line(const char *format, ...)
{
	static const char prefix[] = "svinit: ";
	char line[LINE_MAX_LENGTH];
	int error = errno;
	va_list arguments;

	memcpy(line, prefix, sizeof prefix);
	va_start(arguments, format);
	vsnprintf(line + sizeof prefix - 1, sizeof line - sizeof prefix, format, arguments);
	va_end(arguments);
	size_t length = strlen(line);
	line[length++] = '\n';
	write_without_waiting(line, length);
	errno = error;
}
