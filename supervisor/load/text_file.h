/* A whole file in memory, bounded and checked: what comes from disk is hostile until it has passed here. */
#ifndef SVINIT_LOAD_TEXT_FILE_H
#define SVINIT_LOAD_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"

enum { TEXT_FILE_MAX = 16 << 20, TEXT_LINE_MAX = 1 << 20 };

/* A zeroed value is an empty one; it can be read into again and again. */
struct text_file {
	char *data; /* NUL-terminated */
	size_t length, capacity;
	bool is_mask; /* /dev/null, or nothing in it */
};

/*
 * Reads a regular file or /dev/null. -EISDIR, -EFBIG above TEXT_FILE_MAX, -EINVAL for other kinds of files, -errno of
 * open(2) and read(2); the cause names the path. Never blocks on a FIFO or a device.
 */
int text_file_read(struct text_file *file, const char *path, struct cause *cause);
/* The same, found in the open directory that it lies in; AT_FDCWD: by its path. */
int text_file_read_at(struct text_file *file, int directory, const char *path, struct cause *cause);
void text_file_finish(struct text_file *file);

/* 0 for UTF-8 without NUL bytes; else -EINVAL and where it breaks (line and column from 1). */
int text_check(const char *data, size_t length, unsigned *line, unsigned *column, const char **problem);

#endif
