/*
 * usage: load_raw DIRECTORY ROUNDS
 * The raw limit of loading units: lists the directory, reads each unit file in it whole and splits it into sections,
 * keys and values, in place. Prints µs of CPU time a round, one a line.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/unit_name.h"

enum { ASSIGNMENTS_MAX = 4096 };

struct split {
	const char *section, *key, *value;
};

static struct split assignments[ASSIGNMENTS_MAX];
static uint64_t total;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the space off both ends. */
static char *trim(char *from, char *end)
{
	while (from < end && is_space(end[-1]))
		end--;
	*end = '\0';
	while (is_space(*from))
		from++;
	return from;
}

/* Where the logical line ends: continued lines are joined with spaces. */
static char *line_end(char *line)
{
	char *end = strchrnul(line, '\n');

	while (*end && end > line && end[-1] == '\\') {
		end[-1] = *end = ' ';
		end = strchrnul(end, '\n');
	}
	return end;
}

static void split(char *text)
{
	const char *section = NULL;
	size_t count = 0;

	for (char *line = text, *next; *line && count < ASSIGNMENTS_MAX; line = next) {
		char *end = line_end(line);
		next = *end ? end + 1 : end;
		line = trim(line, end);
		if (*line == '#' || *line == ';' || !*line)
			continue;
		char *equals = strchr(line, '=');
		if (*line == '[')
			section = line + 1;
		else if (equals)
			assignments[count++] = (struct split){ section, trim(line, equals), trim(equals + 1, end) };
	}
	total += count;
}

static void read_unit(int directory, const char *name)
{
	struct stat status;
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return;
	}
	char *text = malloc((size_t)status.st_size + 1);
	ssize_t length = text ? read(fd, text, (size_t)status.st_size) : -1;
	close(fd);
	if (length >= 0) {
		text[length] = '\0';
		split(text);
	}
	free(text);
}

static void run(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item;

	while (directory && (item = readdir(directory)))
		if (item->d_type == DT_REG && unit_name_is_valid(item->d_name))
			read_unit(dirfd(directory), item->d_name);
	if (directory)
		closedir(directory);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (int round = atoi(argv[2]); round > 0; round--) {
		uint64_t begin = now();
		run(argv[1]);
		printf("%llu\n", (unsigned long long)(now() - begin));
	}
	fprintf(stderr, "%llu assignments\n", (unsigned long long)total);
	return 0;
}
