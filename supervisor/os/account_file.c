#include "supervisor/os/account_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

void account_file_finish(struct account_file *file)
{
	free(file->text);
	*file = (struct account_file){ .path = file->path };
}

static bool is_unchanged(const struct account_file *file, const struct stat *now)
{
	const struct stat *then = &file->read_as;

	return file->text && then->st_dev == now->st_dev && then->st_ino == now->st_ino &&
	       then->st_size == now->st_size && then->st_mtim.tv_sec == now->st_mtim.tv_sec &&
	       then->st_mtim.tv_nsec == now->st_mtim.tv_nsec && then->st_ctim.tv_sec == now->st_ctim.tv_sec &&
	       then->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

static int load(struct account_file *file, int fd)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return -errno;
	if (!S_ISREG(now.st_mode))
		return -EINVAL;
	if (now.st_size > ACCOUNT_FILE_MAX)
		return -EFBIG;
	size_t size = (size_t)now.st_size + 1;
	char *text = malloc(size);
	if (!text)
		return -ENOMEM;
	ssize_t n = read_descriptor(fd, text, size);
	if (n < 0) {
		free(text);
		return (int)n;
	}
	file->text = text;
	file->length = (size_t)n;
	file->read_as = now;
	return 0;
}

int account_file_refresh(struct account_file *file)
{
	struct stat now;

	if (stat(file->path, &now) == 0 && is_unchanged(file, &now))
		return 0;
	account_file_finish(file);
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	int r = load(file, fd);
	close(fd);
	return r;
}

static bool split(const char *line, size_t length, struct account_field *fields, size_t count)
{
	const char *end = line + length;

	for (size_t i = 0; i < count; i++) {
		const char *colon = memchr(line, ':', (size_t)(end - line));
		if (!colon && i + 1 < count)
			return false;
		fields[i] = (struct account_field){ line, (size_t)((colon ? colon : end) - line) };
		line = colon ? colon + 1 : end;
	}
	return true;
}

bool account_file_next(const struct account_file *file, struct account_cursor *cursor, struct account_field *fields,
		       size_t count)
{
	while (cursor->offset < file->length) {
		const char *line = file->text + cursor->offset;
		const char *newline = memchr(line, '\n', file->length - cursor->offset);
		size_t length = newline ? (size_t)(newline - line) : file->length - cursor->offset;

		cursor->offset += length + 1;
		if (length > 0 && line[0] != '#' && line[0] != '+' && line[0] != '-' &&
		    split(line, length, fields, count))
			return true;
	}
	return false;
}
