/*
 * varlink on the wire: JSON objects, each ended by a NUL byte, over a stream socket. Framing only, for both sides; what
 * is in a message is jansson's business.
 */
#ifndef SVINIT_COMMON_VARLINK_H
#define SVINIT_COMMON_VARLINK_H

#include <stddef.h>
#include <sys/types.h>

enum { VARLINK_MESSAGE_MAX = 1 << 20 };

/* Bytes that came in and wait for their NUL. A zeroed value is an empty one. */
struct varlink_buffer {
	char *data;
	size_t length, capacity, scanned;
};

/* Reads once from `fd` (non-blocking). >0: bytes read; 0: end of file; -EAGAIN; -EMSGSIZE above the maximum; -errno. */
ssize_t varlink_buffer_fill(struct varlink_buffer *buffer, int fd);
/* The next whole message (NUL-terminated, valid until the next call on this buffer), or NULL. */
const char *varlink_buffer_next(struct varlink_buffer *buffer, size_t *length);
void varlink_buffer_finish(struct varlink_buffer *buffer);

#endif
