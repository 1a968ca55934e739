/* The raw limit: reads standard input, stamps each line, writes, rotates: log_raw DIRECTORY BYTES_PER_FILE FILES */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64 * 1024, STAMP = 37 };

static const char *directory;
static unsigned long number, files;

static int open_next(void)
{
	char name[4096];

	if (number >= files) {
		snprintf(name, sizeof name, "%s/%lu", directory, number - files);
		unlink(name);
	}
	snprintf(name, sizeof name, "%s/%lu", directory, number++);
	return open(name, O_WRONLY | O_CREAT | O_APPEND, 0640);
}

static void make_stamp(char stamp[STAMP + 1])
{
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	size_t length = strftime(stamp, STAMP + 1, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(stamp + length, STAMP + 1 - length, ".%06ld+00:00 o 6 ", now.tv_nsec / 1000);
}

int main(int argc, char **argv)
{
	static char input[SIZE], output[SIZE * (STAMP + 1)];
	char stamp[STAMP + 1];
	size_t kept = 0, written = 0, limit = argc > 2 ? strtoul(argv[2], NULL, 10) : 10485760;
	ssize_t count;

	directory = argc > 1 ? argv[1] : ".";
	files = argc > 3 ? strtoul(argv[3], NULL, 10) : 5;
	int fd = open_next();
	while ((count = read(STDIN_FILENO, input + kept, SIZE - kept)) > 0) {
		char *line = input, *end = input + kept + count, *newline, *to = output;

		make_stamp(stamp);
		while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
			size_t length = (size_t)(newline - line) + 1;

			memcpy(to, stamp, STAMP);
			memcpy(to + STAMP, line, length);
			to += STAMP + length;
			line += length;
		}
		if (written + (size_t)(to - output) > limit) {
			close(fd);
			fd = open_next();
			written = 0;
		}
		if (write(fd, output, (size_t)(to - output)) < 0)
			return 1;
		written += (size_t)(to - output);
		kept = (size_t)(end - line);
		memmove(input, line, kept);
	}
	return 0;
}
