/* What is in a log file, whether it is compressed or not. */
#ifndef SVCTL_LOG_BYTES_H
#define SVCTL_LOG_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A frame of a compressed file (common/log_frames.h): where it begins there, and in the text that it holds. */
struct log_frame {
	off_t packed, plain;
};

/* fd -1 is a closed one. */
struct log_bytes {
	int fd;
	ino_t inode;
	struct log_frame *frames; /* and one more that tells of the end; NULL: not compressed */
	size_t frame_count;
	char *unpacked, *packed; /* the frame that was looked at last, and room for it as it is in the file */
	size_t unpacked_frame;   /* its number + 1; 0: none */
};

/* Opens DIRECTORY/NAME, by its end compressed or not. 0 or -errno; -EBADMSG when it is no compressed log file. */
int log_bytes_open(struct log_bytes *bytes, int directory, const char *name);
void log_bytes_close(struct log_bytes *bytes);

/* How much text there is now. */
off_t log_bytes_size(const struct log_bytes *bytes);
/* Like pread(2), but never interrupted. */
ssize_t log_bytes_read(struct log_bytes *bytes, char *to, size_t size, off_t offset);

#endif
