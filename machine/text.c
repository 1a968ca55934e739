#include "machine/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool text_read(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, to, size - 1);
	int error = errno;

	if (fd >= 0)
		close(fd);
	to[length < 0 ? 0 : length] = '\0';
	to[strcspn(to, "\n")] = '\0';
	errno = error;
	return length >= 0;
}

bool text_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return false;
	bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int error = errno;
	close(fd);
	errno = error;
	return written;
}

static char *trim(char *line)
{
	char *end = line + strlen(line);

	while (end > line && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*line))
		line++;
	return line;
}

int text_each_line(const char *path, int (*act)(char *line, const char *path, unsigned number))
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int sum = 0;

	if (!file)
		return -1;
	for (unsigned number = 1; getline(&line, &room, file) >= 0; number++) {
		char *text = trim(line);
		if (*text && *text != '#' && *text != ';')
			sum += act(text, path, number);
	}
	free(line);
	fclose(file);
	return sum;
}

bool kernel_option(const char *key, char *to, size_t size)
{
	char line[4096], *rest = NULL;
	size_t length = strlen(key);
	bool found = false;

	if (!text_read("/proc/cmdline", line, sizeof line))
		return false;
	for (char *word = strtok_r(line, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		if (strncmp(word, key, length) != 0 || (word[length] != '=' && word[length]))
			continue;
		snprintf(to, size, "%s", word[length] ? word + length + 1 : "");
		found = true;
	}
	return found;
}

bool kernel_word(const char *word)
{
	char value[2];

	return kernel_option(word, value, sizeof value);
}
