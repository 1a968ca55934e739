/*
 * Lines out of a stream's pending bytes, up to a gap where one is. Pure: the same bytes, state and settings give the
 * same lines again, which is what makes an interrupted write repeatable.
 */
#ifndef SVINIT_LOGGER_LINE_CURSOR_H
#define SVINIT_LOGGER_LINE_CURSOR_H

#include "common/log_record.h"
#include "logger/journal.h"
#include "logger/line_rules.h"

enum { LINE_NOTICE_MAX = 192 };

struct line_settings {
	uint8_t level, level_max; /* level_max 255: none */
	bool level_prefix;
	char mark;
	bool final; /* what stands behind the last newline is a line too */
	bool report_suppressed;
	uint64_t allowance;             /* lines until the rate limit; the rest is only counted */
	const struct line_rules *rules; /* NULL: none */
};

struct line_cursor {
	const char *data;
	uint32_t input_end;
	struct journal_state state; /* behind the lines that were returned */
	struct line_settings settings;
	uint64_t passed; /* lines that counted against the allowance */
	char notice[LINE_NOTICE_MAX];
};

void line_cursor_init(struct line_cursor *cursor, const struct journal_slot *slot, uint32_t input_end,
		      const struct line_settings *settings);

/* The next line (record->time is not set; the text is borrowed from the data or the cursor). false: there is none. */
bool line_cursor_next(struct line_cursor *cursor, struct log_record *record);

/* The record that tells of a gap; its words are put into `text`. */
void line_gap_record(char text[LINE_NOTICE_MAX], struct log_record *record, const struct journal_gap *gap);

#endif
