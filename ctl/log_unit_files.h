/*
 * The records of one unit, file after file: LDIR/UNIT/ with its rotated files and `current`, read forwards, also while
 * svlog writes and rotates.
 */
#ifndef SVCTL_LOG_UNIT_FILES_H
#define SVCTL_LOG_UNIT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/log_record.h"

enum { LOG_UNIT_FILE_NAME_MAX = 63 };

struct log_unit_files {
	char *unit;
	int directory; /* -1: not open */
	int fd;        /* of the file that is being read; -1: none yet */
	ino_t inode;
	char passed[LOG_UNIT_FILE_NAME_MAX + 1]; /* rotated files up to this name are not opened any more */
	char *buffer;
	size_t begin, end, capacity;
	size_t scanned; /* from `begin`: known to hold no newline */
	char *decoded;  /* the text of a record that was JSON */
	usec last_time; /* for lines that have none */
	bool has_record;
	struct log_record record; /* valid if has_record, until it is taken and the next one asked for */
};

/* A zeroed value with directory and fd -1 is a finished one. 0 or -errno. */
int log_unit_files_open(struct log_unit_files *files, int log_directory, const char *unit);
void log_unit_files_finish(struct log_unit_files *files);

/* Goes to where the last `count` records begin, reading no more than those from the end. 0 or -errno. */
int log_unit_files_seek_last(struct log_unit_files *files, size_t count);
/* Passes over the rotated files that end before `time`. 0 or -errno. */
int log_unit_files_seek_time(struct log_unit_files *files, usec time);

/* The next record, read if need be; NULL at the end of what is there now. log_unit_files_take() goes on behind it. */
const struct log_record *log_unit_files_peek(struct log_unit_files *files);
void log_unit_files_take(struct log_unit_files *files);

#endif
