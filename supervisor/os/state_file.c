#include "supervisor/os/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Length and sum before each record, lowest byte first. */
enum { HEAD_SIZE = 8, FIRST_CAPACITY = 4096, SMALLEST_REWRITE = 256 << 10, GROWTH = 4 };

static uint32_t sum_of(const unsigned char *bytes, size_t size)
{
	uint32_t sum = UINT32_C(2166136261);

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * UINT32_C(16777619);
	return sum;
}

static void put_number(unsigned char *to, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(number >> 8 * i);
}

static uint32_t get_number(const unsigned char *from)
{
	uint32_t number = 0;

	for (int i = 0; i < 4; i++)
		number |= (uint32_t)from[i] << 8 * i;
	return number;
}

int state_file_init(struct state_file *file, const char *path)
{
	*file = (struct state_file){ .fd = -1, .path = path ? strdup(path) : NULL };
	return path && !file->path ? -ENOMEM : 0;
}

void state_file_finish(struct state_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
	free(file->buffer);
	*file = (struct state_file){ .fd = -1 };
}

static bool make_room(struct state_file *file, size_t more)
{
	size_t capacity = file->capacity ? file->capacity : FIRST_CAPACITY;

	if (file->size + more <= file->capacity)
		return true;
	while (capacity < file->size + more)
		capacity *= 2;
	unsigned char *buffer = capacity <= STATE_FILE_MAX ? realloc(file->buffer, capacity) : NULL;
	if (!buffer)
		return false;
	file->buffer = buffer;
	file->capacity = capacity;
	return true;
}

void state_file_add(struct state_file *file, const void *record, size_t size)
{
	if (size > STATE_RECORD_MAX || !make_room(file, HEAD_SIZE + size)) {
		file->failed = true;
		return;
	}
	put_number(file->buffer + file->size, (uint32_t)size);
	put_number(file->buffer + file->size + 4, sum_of(record, size));
	memcpy(file->buffer + file->size + HEAD_SIZE, record, size);
	file->size += HEAD_SIZE + size;
}

static int write_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The buffer that held everything is more than what changes needs. */
static void empty_buffer(struct state_file *file)
{
	file->size = 0;
	if (file->capacity <= (size_t)16 * FIRST_CAPACITY)
		return;
	free(file->buffer);
	file->buffer = NULL;
	file->capacity = 0;
}

int state_file_append(struct state_file *file)
{
	int result = file->failed || file->fd < 0 ? -EIO : write_all(file->fd, file->buffer, file->size);

	if (result == 0)
		file->written += file->size;
	else
		file->failed = true;
	file->size = 0;
	return result;
}

static int open_new(const struct state_file *file, char *path, size_t size)
{
	if (!file->path)
		return memfd_create("svinit-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if ((size_t)snprintf(path, size, "%s.new", file->path) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int state_file_rewrite(struct state_file *file)
{
	char path[PATH_MAX];
	int fd = open_new(file, path, sizeof path);
	int result = fd < 0 ? -errno : write_all(fd, file->buffer, file->size);

	if (result == 0 && file->path && rename(path, file->path) < 0)
		result = -errno;
	if (result < 0) {
		if (fd >= 0)
			close(fd);
		file->failed = true;
		file->size = 0;
		return result;
	}
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	file->written = file->full = file->size;
	file->failed = false;
	empty_buffer(file);
	return 0;
}

bool state_file_wants_rewriting(const struct state_file *file)
{
	return file->fd < 0 || file->failed ||
	       (file->written > SMALLEST_REWRITE && file->written / GROWTH > file->full);
}

void state_file_remove(struct state_file *file)
{
	if (file->path)
		(void)unlink(file->path);
}

static int read_all(int fd, unsigned char *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t n = pread(fd, data + at, size - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += (size_t)n;
	}
	return 0;
}

int state_reader_open(struct state_reader *reader, int fd)
{
	struct stat status;

	*reader = (struct state_reader){ 0 };
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > STATE_FILE_MAX)
		return -EFBIG;
	reader->data = malloc((size_t)status.st_size + 1);
	if (!reader->data)
		return -ENOMEM;
	reader->size = (size_t)status.st_size;
	int result = read_all(fd, reader->data, reader->size);
	if (result < 0)
		state_reader_finish(reader);
	return result;
}

bool state_reader_next(struct state_reader *reader, const unsigned char **record, size_t *size)
{
	const unsigned char *head = reader->data + reader->at;
	size_t left = reader->size - reader->at;

	if (left < HEAD_SIZE)
		return false;
	*size = get_number(head);
	*record = head + HEAD_SIZE;
	if (*size > STATE_RECORD_MAX || *size > left - HEAD_SIZE || get_number(head + 4) != sum_of(*record, *size))
		return false;
	reader->at += HEAD_SIZE + *size;
	return true;
}

void state_reader_finish(struct state_reader *reader)
{
	free(reader->data);
	*reader = (struct state_reader){ 0 };
}
