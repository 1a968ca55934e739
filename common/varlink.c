#include "common/varlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 4096, READ_MIN = 1024 };

static size_t buffer_maximum(const struct varlink_buffer *buffer)
{
	return buffer->maximum ? buffer->maximum : VARLINK_MESSAGE_MAX;
}

/* Moves what is left to the front, so that `start` is 0. */
static void buffer_compact(struct varlink_buffer *buffer)
{
	if (buffer->start == 0)
		return;
	memmove(buffer->data, buffer->data + buffer->start, buffer->length - buffer->start);
	buffer->length -= buffer->start;
	buffer->scanned -= buffer->start;
	buffer->start = 0;
}

static int buffer_reserve(struct varlink_buffer *buffer)
{
	size_t limit = buffer_maximum(buffer) + 1; /* the NUL */
	size_t capacity = buffer->capacity ? buffer->capacity * 2 : FIRST_CAPACITY;
	char *data;

	if (buffer->capacity - buffer->length >= READ_MIN || buffer->capacity >= limit)
		return 0;
	if (capacity > limit)
		capacity = limit;
	data = realloc(buffer->data, capacity);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

ssize_t varlink_buffer_fill(struct varlink_buffer *buffer, int fd)
{
	ssize_t count;
	int error;

	buffer_compact(buffer);
	error = buffer_reserve(buffer);
	if (error)
		return error;
	if (buffer->length == buffer->capacity)
		return varlink_buffer_has_message(buffer) ? -ENOBUFS : -EMSGSIZE;
	do
		count = read(fd, buffer->data + buffer->length, buffer->capacity - buffer->length);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	buffer->length += (size_t)count;
	return count;
}

bool varlink_buffer_has_message(struct varlink_buffer *buffer)
{
	const char *end;

	if (buffer->scanned == buffer->length)
		return false;
	end = memchr(buffer->data + buffer->scanned, '\0', buffer->length - buffer->scanned);
	buffer->scanned = end ? (size_t)(end - buffer->data) : buffer->length;
	return end;
}

const char *varlink_buffer_next(struct varlink_buffer *buffer, size_t *length)
{
	const char *message;

	if (!varlink_buffer_has_message(buffer))
		return NULL;
	message = buffer->data + buffer->start;
	*length = buffer->scanned - buffer->start;
	buffer->start = ++buffer->scanned;
	return message;
}

size_t varlink_buffer_pending(const struct varlink_buffer *buffer)
{
	return buffer->length - buffer->start;
}

void varlink_buffer_finish(struct varlink_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct varlink_buffer){ .maximum = buffer->maximum };
}
