/*
 * The records of a unit's log files, one a line (svlog(8)):
 *
 *     2026-11-21T00:35:10.123456+01:00 o 6 text
 *
 * Time by RFC 3339 in the zone of the machine, the stream, the priority of syslog(3), the text as it came. All but the
 * text has a fixed width. The stream is 'o' (stdout), 'e' (stderr), 's' (svinit and svlog themselves), 'l' (syslog) or
 * 'k' (the kernel); in upper case, the line goes on in the next record of the same stream.
 */
#ifndef SVINIT_COMMON_LOG_RECORD_H
#define SVINIT_COMMON_LOG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/usec.h"

enum {
	LOG_STAMP_LENGTH = 32,
	LOG_RECORD_PREFIX_LENGTH = LOG_STAMP_LENGTH + 5,
	LOG_RECORD_TEXT_MAX = 48 * 1024, /* longer lines are split */
};

enum {
	LOG_MARK_OUTPUT = 'o',
	LOG_MARK_ERROR = 'e',
	LOG_MARK_SUPERVISOR = 's',
	LOG_MARK_SYSLOG = 'l',
	LOG_MARK_KERNEL = 'k'
};

/* A time stamp that is written anew only where it changes. A zeroed value is ready. */
struct log_stamp {
	int64_t second;     /* that `text` shows */
	int64_t zone_until; /* the zone is looked up again from here on, and before zone_since */
	int64_t zone_since;
	int32_t zone_offset; /* seconds east of Greenwich */
	char text[LOG_STAMP_LENGTH + 1];
};

/* A view into the bytes of a line; the strings are borrowed, and without NUL. */
struct log_record {
	usec time;      /* since the epoch */
	char mark;      /* lower case */
	bool continues; /* the line goes on in the next record of this stream */
	uint8_t priority;
	const char *text;
	size_t length;
};

/* Sets the stamp to `time` (µs since the epoch, years 1970 to 9999). */
void log_stamp_set(struct log_stamp *stamp, usec time);

/* Writes LOG_RECORD_PREFIX_LENGTH bytes, all that stands before the text. */
void log_record_prefix(char *to, const struct log_stamp *stamp, char mark, bool continues, unsigned priority);

/* Reads a line (without its newline). 0, or -EINVAL when it is no record of this form. */
int log_record_parse(const char *line, size_t length, struct log_record *record);

/* The time of a record from the front of its line (64 bytes are enough), be it text or JSON. 0 or -EINVAL. */
int log_line_time(const char *line, size_t length, usec *time);

/* Reads only the time at the front of a line. 0 or -EINVAL. */
int log_stamp_parse(const char *text, size_t length, usec *time);

#endif
