/*
 * varlink on the wire: JSON objects, each ended by a NUL byte, over a stream socket. Framing only, for both sides; what
 * is in a message is jansson's business.
 */
#ifndef SVINIT_COMMON_VARLINK_H
#define SVINIT_COMMON_VARLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { VARLINK_MESSAGE_MAX = 1 << 20 };

/* Bytes that came in and wait for their NUL. A zeroed value is an empty one. */
struct varlink_buffer {
	char *data;
	size_t start, length, capacity; /* data[start … length) is not handed out yet */
	size_t scanned;                 /* data[start … scanned) holds no NUL */
	size_t maximum;                 /* of one message, without its NUL; 0: VARLINK_MESSAGE_MAX */
};

/*
 * Reads once from `fd` (non-blocking). >0: bytes read; 0: end of file; -EAGAIN; -EMSGSIZE when an unfinished message is
 * above the maximum; -ENOBUFS while whole messages fill the buffer (take them first); -ENOMEM; -errno.
 */
ssize_t varlink_buffer_fill(struct varlink_buffer *buffer, int fd);
/* The next whole message (NUL-terminated, valid until the next call on this buffer), or NULL. */
const char *varlink_buffer_next(struct varlink_buffer *buffer, size_t *length);
/* Whether varlink_buffer_next() would return one. */
bool varlink_buffer_has_message(struct varlink_buffer *buffer);
/* Bytes that were read and not handed out. */
size_t varlink_buffer_pending(const struct varlink_buffer *buffer);
/* Gives the memory back and leaves an empty buffer; bytes in it are lost. */
void varlink_buffer_finish(struct varlink_buffer *buffer);

#endif
