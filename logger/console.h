/*
 * Copies of records on descriptor 1. It never waits: a line for which there is no room is skipped whole and counted,
 * and the count is told on the console as soon as it takes lines again.
 */
#ifndef SVINIT_LOGGER_CONSOLE_H
#define SVINIT_LOGGER_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONSOLE_BUFFER_SIZE = 64 * 1024 };

struct console {
	int fd; /* -1: there is none, or it is broken */
	bool is_socket;
	bool polled;       /* no own descriptor that never blocks could be had: ask poll(2) before each small write */
	bool waiting;      /* epoll watches for room */
	char *buffer;      /* what did not go out yet; allocated at need */
	size_t begin, end; /* of it */
	uint64_t skipped;
};

/* Opens the console that descriptor `fd` is, in a way that does not change it for others. */
void console_open(struct console *console, int fd);
void console_finish(struct console *console);
/* Writes or buffers whole lines (the last byte is a newline), or skips and counts them. */
void console_write(struct console *console, const char *lines, size_t length, uint64_t count);
/* Writes what is buffered as far as there is room. */
void console_flush(struct console *console);
static inline bool console_has_backlog(const struct console *console)
{
	return console->begin != console->end || console->skipped > 0;
}

#endif
