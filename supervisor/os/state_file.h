/*
 * Where svinit's state stands while svinit is not there to know it: a file of records, each put behind the others with
 * one write(2), and made anew when it has grown. What a kill leaves unfinished at its end is recognised and left out.
 *
 * With a path the file outlives the process; without one it is a memfd, for those that execute themselves again.
 */
#ifndef SVINIT_OS_STATE_FILE_H
#define SVINIT_OS_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"

enum { STATE_RECORD_MAX = 1 << 20, STATE_FILE_MAX = 256 << 20 };

struct state_file {
	char *path;           /* NULL: a memfd */
	int fd;               /* -1: not open */
	size_t written, full; /* bytes in the file; after the last rewriting */
	unsigned char *buffer;
	size_t size, capacity; /* of what is not written yet */
	bool failed;           /* something was not written: the next thing to write is everything */
};

/* Nothing is written yet. `path` is copied; NULL: memory only. 0 or -ENOMEM. */
int state_file_init(struct state_file *file, const char *path);
void state_file_finish(struct state_file *file);
/* Puts a record behind those that are not written yet. */
void state_file_add(struct state_file *file, const void *record, size_t size);
/* Writes what was added. 0 or -errno; then everything has to be added afresh and written by state_file_rewrite(). */
int state_file_append(struct state_file *file);
/* What was added becomes all that the file holds, in one instant for whoever looks. 0 or -errno. */
int state_file_rewrite(struct state_file *file);
/* It has failed, was never written, or holds mostly what is out of date. */
bool state_file_wants_rewriting(const struct state_file *file);
/* An orderly end: there is nothing to be taken over. */
void state_file_remove(struct state_file *file);

/* A file's records as they were read, the oldest first. */
struct state_reader {
	unsigned char *data;
	size_t size, at;
};

/* Reads all of `fd` from its beginning. 0, or -errno (-EFBIG: no state file is that long). */
int state_reader_open(struct state_reader *reader, int fd);
/* The next whole record, borrowed from the reader; false at the end. */
bool state_reader_next(struct state_reader *reader, const unsigned char **record, size_t *size);
void state_reader_finish(struct state_reader *reader);

#endif
