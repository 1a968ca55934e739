/*
 * The records of several units in one order of time, from the files alone: svinit need not run. Follows the files while
 * they grow, are rotated and made.
 */
#ifndef SVCTL_LOG_READER_H
#define SVCTL_LOG_READER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"
#include "common/log_record.h"
#include "ctl/log_unit_files.h"

/* What is wanted. Zeroed: everything. Strings are borrowed. */
struct log_filter {
	usec since, until; /* 0: no bound */
	bool priority_given;
	uint8_t priority; /* this and more important ones */
	const regex_t *pattern;
};

struct log_reader {
	const char *directory_path;
	int directory;
	int inotify;           /* -1: not following */
	char *const *patterns; /* units, as names or globs; NULL-terminated; NULL or empty: all */
	struct log_filter filter;
	struct log_unit_files *units;
	size_t count;
};

/* `directory` is LDIR, `patterns` full unit names or globs. Both are borrowed. 0 or -errno. */
int log_reader_open(struct log_reader *reader, const char *directory, char *const *patterns,
		    const struct log_filter *filter, struct cause *cause);
void log_reader_finish(struct log_reader *reader);

/* Begins with the last `count` records that pass the filter (of all units together). */
int log_reader_seek_last(struct log_reader *reader, size_t count);
/* Begins at the filter's since=. */
void log_reader_seek_since(struct log_reader *reader);

/* The next record that passes, with its unit; both valid until the next call. NULL: no more for now. */
const struct log_record *log_reader_next(struct log_reader *reader, const char **unit);

/* To be called before reading what is to be followed. 0 or -errno. */
int log_reader_follow(struct log_reader *reader, struct cause *cause);
/* Waits until there may be more, at most `timeout` ms (-1: for ever). 0, or -errno (-EINTR included). */
int log_reader_wait(struct log_reader *reader, int timeout);

#endif
