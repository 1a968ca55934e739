#include "logger/console.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void console_open(struct console *console, int fd)
{
	struct stat status;
	char path[sizeof "/proc/self/fd/2147483647"];

	*console = (struct console){ .fd = -1 };
	if (fstat(fd, &status) < 0)
		return;
	console->is_socket = S_ISSOCK(status.st_mode);
	/* O_NONBLOCK is a matter of the open file, which the terminal's other users share: have one of our own. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!console->is_socket && !S_ISREG(status.st_mode))
		console->fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (console->fd < 0) {
		console->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		console->polled = !console->is_socket && !S_ISREG(status.st_mode);
	}
}

void console_finish(struct console *console)
{
	if (console->fd >= 0)
		close(console->fd);
	free(console->buffer);
	*console = (struct console){ .fd = -1 };
}

static ssize_t write_once(const struct console *console, const char *data, size_t length)
{
	if (console->is_socket)
		return send(console->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (console->polled) {
		struct pollfd ready = { .fd = console->fd, .events = POLLOUT };

		if (poll(&ready, 1, 0) <= 0) {
			errno = EAGAIN;
			return -1;
		}
		/* pipe(7): a pipe that is ready takes this much at once. */
		length = length < PIPE_BUF ? length : PIPE_BUF;
	}
	return write(console->fd, data, length);
}

/* Writes until there is no more room. Returns how much went out. A console that fails for good is given up. */
static size_t write_some(struct console *console, const char *data, size_t length)
{
	size_t done = 0;

	while (done < length && console->fd >= 0) {
		ssize_t count = write_once(console, data + done, length - done);

		if (count > 0) {
			done += (size_t)count;
		} else if (count < 0 && errno != EINTR) {
			if (errno != EAGAIN) {
				close(console->fd);
				console->fd = -1;
			}
			break;
		}
	}
	return done;
}

/* Keeps bytes for later; false without room for all of them. */
static bool keep(struct console *console, const char *data, size_t length)
{
	if (!console->buffer)
		console->buffer = malloc(CONSOLE_BUFFER_SIZE);
	if (!console->buffer)
		return false;
	if (console->begin > 0) {
		memmove(console->buffer, console->buffer + console->begin, console->end - console->begin);
		console->end -= console->begin;
		console->begin = 0;
	}
	if (length > CONSOLE_BUFFER_SIZE - console->end)
		return false;
	memcpy(console->buffer + console->end, data, length);
	console->end += length;
	return true;
}

static void tell_skipped(struct console *console)
{
	char text[80];
	int length = snprintf(text, sizeof text, "svlog: console: %llu lines skipped\n",
			      (unsigned long long)console->skipped);

	if (keep(console, text, (size_t)length))
		console->skipped = 0;
}

void console_flush(struct console *console)
{
	for (int round = 0; round < 2; round++) {
		console->begin += write_some(console, console->buffer + console->begin, console->end - console->begin);
		if (console->begin != console->end || console->skipped == 0)
			break;
		console->begin = console->end = 0;
		tell_skipped(console);
	}
	if (console->fd < 0 || console->begin == console->end) {
		free(console->buffer);
		console->buffer = NULL;
		console->begin = console->end = 0;
	}
}

/* The part of `lines` that ends with a newline and is at most `room` long. */
static size_t whole_lines(const char *lines, size_t room)
{
	const char *last = room > 0 ? memrchr(lines, '\n', room) : NULL;

	return last ? (size_t)(last - lines) + 1 : 0;
}

static uint64_t count_lines(const char *lines, size_t length)
{
	uint64_t count = 0;

	for (const char *end = lines + length; lines < end && (lines = memchr(lines, '\n', (size_t)(end - lines)));
	     lines++)
		count++;
	return count;
}

/* What does not go out now: the line that has begun, and as many whole ones as fit, are kept; the others counted. */
static void keep_rest(struct console *console, const char *rest, size_t length, bool begun)
{
	size_t room = CONSOLE_BUFFER_SIZE - (console->end - console->begin);
	size_t first = 0;

	if (begun)
		first = (size_t)((const char *)memchr(rest, '\n', length) - rest) + 1;
	size_t fit = whole_lines(rest, length < room ? length : room);
	if (fit < first)
		fit = first;
	if (console->skipped > 0 || !keep(console, rest, fit))
		fit = 0;
	console->skipped += count_lines(rest + fit, length - fit);
}

void console_write(struct console *console, const char *lines, size_t length, uint64_t count)
{
	if (console->fd < 0)
		return;
	if (console_has_backlog(console))
		console_flush(console);
	if (console_has_backlog(console)) {
		if (console->skipped > 0)
			console->skipped += count;
		else
			keep_rest(console, lines, length, false);
		return;
	}
	size_t done = write_some(console, lines, length);
	if (done < length && console->fd >= 0)
		keep_rest(console, lines + done, length - done, done > 0 && lines[done - 1] != '\n');
}
