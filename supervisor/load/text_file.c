#include "supervisor/load/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool is_null_device(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

static int check_kind(const struct stat *status, const char *path, struct cause *cause)
{
	if (S_ISDIR(status->st_mode))
		return cause_set(cause, EISDIR, "%s: is a directory, not a file", path);
	if (is_null_device(status))
		return 0;
	if (!S_ISREG(status->st_mode))
		return cause_set(cause, EINVAL, "%s: is not a regular file", path);
	if (status->st_size > TEXT_FILE_MAX)
		return cause_set(cause, EFBIG, "%s: is larger than %d MiB", path, TEXT_FILE_MAX >> 20);
	return 0;
}

static int reserve(struct text_file *file, size_t size)
{
	if (size <= file->capacity)
		return 0;
	char *data = realloc(file->data, size);
	if (!data)
		return -ENOMEM;
	file->data = data;
	file->capacity = size;
	return 0;
}

/* Until end of file, also when the file grows meanwhile. */
static int read_all(struct text_file *file, int fd, size_t expected)
{
	file->length = 0;
	for (;;) {
		size_t room = file->length < expected ? expected - file->length : 4096;
		int r = reserve(file, file->length + room + 2);
		if (r < 0)
			return r;
		ssize_t n = read(fd, file->data + file->length, room + 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		file->length += (size_t)n;
		if (file->length > TEXT_FILE_MAX)
			return -EFBIG;
		if (n == 0 || (size_t)n <= room)
			break;
	}
	file->data[file->length] = '\0';
	return 0;
}

int text_file_read(struct text_file *file, const char *path, struct cause *cause)
{
	return text_file_read_at(file, AT_FDCWD, path, cause);
}

int text_file_read_at(struct text_file *file, int directory, const char *path, struct cause *cause)
{
	struct stat status;
	const char *slash = directory == AT_FDCWD ? NULL : strrchr(path, '/');
	int fd = openat(directory, slash ? slash + 1 : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return cause_set_errno(cause, errno, "%s", path);
	int r = fstat(fd, &status) < 0 ? cause_set_errno(cause, errno, "%s", path) : check_kind(&status, path, cause);
	if (r == 0) {
		r = read_all(file, fd, S_ISREG(status.st_mode) ? (size_t)status.st_size : 0);
		if (r < 0)
			cause_set_errno(cause, -r, "%s", path);
		else
			file->is_mask = file->length == 0;
	}
	close(fd);
	return r;
}

void text_file_finish(struct text_file *file)
{
	free(file->data);
	*file = (struct text_file){ 0 };
}

/* The length of the UTF-8 sequence at `c`, 0 when it is none. */
static size_t sequence_length(const unsigned char *c, size_t left)
{
	size_t length = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : c[0] < 0xf5 ? 4 : 0;

	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf0 && c[1] < 0x90) ||
	    (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return length;
}

static bool is_plain_word(const char *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof word);
	/* No byte above 127, none that is NUL. */
	return ((word | ((word - UINT64_C(0x0101010101010101)) & ~word)) & UINT64_C(0x8080808080808080)) == 0;
}

/* The same for 32 of them. */
static bool is_plain_run(const char *data)
{
	return is_plain_word(data) && is_plain_word(data + 8) && is_plain_word(data + 16) && is_plain_word(data + 24);
}

static int broken_at(const char *data, size_t offset, unsigned *line, unsigned *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset; i++) {
		*column = data[i] == '\n' ? 1 : *column + 1;
		*line += data[i] == '\n';
	}
	return -EINVAL;
}

int text_check(const char *data, size_t length, unsigned *line, unsigned *column, const char **problem)
{
	size_t i = 0;

	while (i < length) {
		if (length - i >= 32 && is_plain_run(data + i)) {
			i += 32;
			continue;
		}
		if (length - i >= 8 && is_plain_word(data + i)) {
			i += 8;
			continue;
		}
		size_t step = sequence_length((const unsigned char *)data + i, length - i);
		if (step == 0 || data[i] == '\0') {
			*problem = data[i] == '\0' ? "NUL byte" : "not UTF-8";
			return broken_at(data, i, line, column);
		}
		i += step;
	}
	return 0;
}
