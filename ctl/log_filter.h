/* Which records are wanted. */
#ifndef SVCTL_LOG_FILTER_H
#define SVCTL_LOG_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cause.h"
#include "ctl/log_entry.h"

enum { LOG_PRIORITIES_ALL = 0xff };

struct log_pattern;

/* Strings are borrowed. With priorities LOG_PRIORITIES_ALL and all else zero everything passes. */
struct log_filter {
	usec since, until;              /* 0: no bound; for the reader to look at */
	uint8_t priorities;             /* bit n: priority n is wanted */
	struct log_pattern *pattern;    /* of the text; NULL: any */
	const char *const *identifiers; /* NULL-terminated, any of them; NULL: all */
};

/* Whether a record is wanted, but for its time. */
bool log_filter_passes(const struct log_filter *filter, const struct log_entry *entry);

/* "err" or 3: this and more important ones; "warning..err" or "4..3": those between. 0 or -EINVAL. */
int log_priorities_parse(const char *text, uint8_t *priorities);

enum log_pattern_case { LOG_PATTERN_CASE_SMART, LOG_PATTERN_CASE_SENSITIVE, LOG_PATTERN_CASE_INSENSITIVE };

/* A regular expression of pcre2pattern(3). SMART: without regard to case if it is all lower case, as journalctl(1) has
 * it. NULL with a cause when it is none. */
struct log_pattern *log_pattern_create(const char *text, enum log_pattern_case sensitivity, struct cause *cause);
void log_pattern_destroy(struct log_pattern *pattern);

#endif
