/*
 * The records of one unit, file after file: LDIR/UNIT/ with its rotated files and `current`. They are read forwards,
 * also while svlog writes, rotates and compresses, or backwards. In between, a place in the files is where both can
 * begin.
 */
#ifndef SVCTL_LOG_UNIT_FILES_H
#define SVCTL_LOG_UNIT_FILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/log_name.h"
#include "common/log_record.h"
#include "ctl/log_bytes.h"

struct log_unit_files {
	char *unit;
	int directory;                 /* -1: not open */
	struct log_bytes bytes;        /* of the file that is being read; closed: none yet */
	char name[LOG_NAME_MAX + 1];   /* of that file if it was rotated when it was opened; "": it was `current` */
	char passed[LOG_NAME_MAX + 1]; /* forwards, rotated files up to this name are not opened any more */
	char *buffer;                  /* of the file, from `offset` on */
	off_t offset;
	size_t begin, end, capacity; /* what is left in the buffer: behind the record forwards, before it backwards */
	size_t scanned;              /* forwards, from `begin`: known to hold no newline */
	char *decoded;               /* the text of a record that was JSON */
	json_t *fields;              /* and all of it; NULL: it was text */
	usec last_time;              /* for lines that have none */
	bool has_record, backwards;
	struct log_record record; /* valid if has_record, until it is taken and the next one asked for */
	size_t record_begin;      /* where in the buffer its line begins */
};

/* A zeroed value with directory and bytes.fd -1 is a finished one. It begins before the first record. 0 or -errno. */
int log_unit_files_open(struct log_unit_files *files, int log_directory, const char *unit);
void log_unit_files_finish(struct log_unit_files *files);

/* Goes behind the last record. 0 or -errno. */
int log_unit_files_seek_end(struct log_unit_files *files);
/* Goes to the first record of `time` or later, by bisection. 0 or -errno. */
int log_unit_files_seek_time(struct log_unit_files *files, usec time);

/* The next record, read if need be; NULL at the end of what is there now. log_unit_files_take() goes on behind it. */
const struct log_record *log_unit_files_peek(struct log_unit_files *files);
/* The one before; NULL at the beginning. log_unit_files_take() goes on before it. */
const struct log_record *log_unit_files_peek_back(struct log_unit_files *files);
void log_unit_files_take(struct log_unit_files *files);

/* --- for the parts of this module --- */

enum { LOG_READ_SIZE = 64 * 1024, LOG_LINE_SIZE_MAX = 1 << 20 };

/* Reads from `offset` on of an open file, which is taken over, from now on. name "": it is `current`. */
void log_unit_files_adopt(struct log_unit_files *files, struct log_bytes *bytes, const char *name);
/* Opens a rotated file, under its other name if it was compressed meanwhile. */
bool log_unit_files_open_rotated(struct log_unit_files *files, const char *name);
struct log_listing;
/* Where in the listing the open file is, or where it would be. */
size_t log_unit_files_position(struct log_unit_files *files, const struct log_listing *listing);
/* Makes a record of a line, without its newline. */
void log_unit_files_read_record(struct log_unit_files *files, const char *line, size_t length);
/* Room for LOG_READ_SIZE more bytes behind `end`; false: the line is too long. */
bool log_unit_files_make_room(struct log_unit_files *files);
/* Places the reader at an offset of the open file. */
void log_unit_files_place(struct log_unit_files *files, off_t offset);

#endif
