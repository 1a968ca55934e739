/*
 * The records of several units in one order of time, from the files alone: svinit need not run. Follows the files while
 * they grow, are rotated and made.
 */
#ifndef SVCTL_LOG_READER_H
#define SVCTL_LOG_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"
#include "common/log_record.h"
#include "ctl/log_entry.h"
#include "ctl/log_filter.h"
#include "ctl/log_span.h"
#include "ctl/log_unit_files.h"

struct log_reader_unit {
	struct log_unit_files files;
	unsigned out_of_range; /* records in a row that lie beyond the range of time */
	bool exhausted, is_left_out;
	struct log_run span; /* what of it is wanted, beside what the filter says */
};

struct log_reader {
	const char *directory_path;
	int directory;
	int inotify;           /* -1: not following */
	char *const *patterns; /* units, as names or globs; NULL-terminated; NULL or empty: all */
	struct log_filter filter;
	struct log_reader_unit *units;
	size_t count;
};

/* `directory` is LDIR, `patterns` full unit names or globs. Both are borrowed. 0 or -errno. */
int log_reader_open(struct log_reader *reader, const char *directory, char *const *patterns,
		    const struct log_filter *filter, struct cause *cause);
void log_reader_finish(struct log_reader *reader);

/* Each of these goes to a place, from which records are read forwards or backwards. 0 or -errno. */

/* Before the last `count` records that pass the filter, of all units together. */
int log_reader_seek_last(struct log_reader *reader, size_t count);
/* To the filter's since=, without reading what is before. */
int log_reader_seek_since(struct log_reader *reader);
/* Behind the filter's until=, or behind all that there is. */
int log_reader_seek_until(struct log_reader *reader);

/* The next record that passes, valid until the next call. false: no more for now. */
bool log_reader_next(struct log_reader *reader, struct log_entry *entry);
/* The one before. false: there is none. */
bool log_reader_previous(struct log_reader *reader, struct log_entry *entry);

/* To be called before reading what is to be followed. 0 or -errno. */
int log_reader_follow(struct log_reader *reader, struct cause *cause);
/* Waits until there may be more, at most `timeout` ms (-1: for ever). 0, or -errno (-EINTR included). */
int log_reader_wait(struct log_reader *reader, int timeout);

#endif
