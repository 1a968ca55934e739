#include "ctl/log_tail.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 16384 };

/* The last bytes of a file, beginning with a whole line. Returns how many, and where they begin in the buffer. */
static size_t read_tail(const char *path, char *buffer, size_t *start)
{
	struct stat status;
	*start = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	off_t from = status.st_size > TAIL_BYTES ? status.st_size - TAIL_BYTES : 0;
	ssize_t length = pread(fd, buffer, TAIL_BYTES, from);
	close(fd);
	if (length <= 0)
		return 0;
	const char *newline = from ? memchr(buffer, '\n', (size_t)length) : NULL;
	*start = newline ? (size_t)(newline - buffer) + 1 : 0;
	return (size_t)length;
}

/* Where the last `count` lines begin. */
static const char *last_lines(const char *begin, const char *end, size_t count)
{
	const char *at = end;
	while (at > begin) {
		const char *newline = memrchr(begin, '\n', (size_t)(at - begin - 1));
		at = newline ? newline + 1 : begin;
		if (--count == 0)
			break;
	}
	return at;
}

static void print_line(const struct context *context, FILE *stream, const char *line, size_t length, size_t indent)
{
	size_t used, width = (size_t)context->terminal.width;
	char text[4096];
	snprintf(text, sizeof(text), "%.*s", (int)length, line);
	if (width > indent)
		text[text_fit(text, width - indent, &used)] = '\0';
	print_harmless(stream, text, strlen(text), false);
	putc('\n', stream);
}

size_t log_tail_print(const struct context *context, FILE *stream, const char *directory, const char *unit,
		      size_t count, const char *before, const char *prefix)
{
	char path[PATH_MAX], buffer[TAIL_BYTES];
	size_t start, lines = 0;
	if (!directory || !*directory || count == 0)
		return 0;
	snprintf(path, sizeof(path), "%s/%s/current", directory, unit);
	size_t length = read_tail(path, buffer, &start);
	const char *end = buffer + length, *line = last_lines(buffer + start, end, count);
	if (line < end)
		fputs(before, stream);
	for (; line < end; lines++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((newline ? newline : end) - line);
		fputs(prefix, stream);
		print_line(context, stream, line, size, strlen(prefix));
		line += size + 1;
	}
	return lines;
}
