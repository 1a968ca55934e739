#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "logger/line_cursor.h"

static struct journal_slot *slot_with(const char *data)
{
	struct journal_slot *slot = calloc(1, JOURNAL_SLOT_SIZE);

	memcpy(journal_data(slot), data, strlen(data));
	journal_state(slot)->end = (uint32_t)strlen(data);
	return slot;
}

static const struct line_settings plain = { .level = 6, .level_max = 255, .mark = 'o', .allowance = UINT64_MAX };

static void expect_lines(const struct journal_slot *slot, const struct line_settings *settings, const char *expected)
{
	struct line_cursor cursor;
	struct log_record record;
	char all[1024] = "";

	line_cursor_init(&cursor, slot, slot->states[slot->current].end, settings);
	while (line_cursor_next(&cursor, &record)) {
		strncat(all, record.text, record.length);
		strcat(all, "|");
	}
	cr_expect_str_eq(all, expected);
}

Test(line_cursor, whole_lines_only)
{
	struct journal_slot *slot = slot_with("one\n\ntwo\nthree");
	struct line_settings final = plain;

	final.final = true;
	expect_lines(slot, &plain, "one||two|");
	expect_lines(slot, &final, "one||two|three|");
	free(slot);
}

Test(line_cursor, stops_at_a_gap)
{
	struct journal_slot *slot = slot_with("one\ntwo\nthree\n");

	journal_state(slot)->lost = (struct journal_gap){ 1, 5, ENOSPC };
	journal_state(slot)->lost_at = 4;
	expect_lines(slot, &plain, "one|");
	free(slot);
}

Test(line_cursor, counts_what_the_rate_limit_keeps_out)
{
	struct journal_slot *slot = slot_with("1\n2\n3\n4\n");
	struct line_settings limited = plain;

	limited.allowance = 1;
	expect_lines(slot, &limited, "1|");
	journal_state(slot)->suppressed = 7;
	limited.allowance = UINT64_MAX;
	limited.report_suppressed = true;
	expect_lines(slot, &limited, "svlog: 7 lines suppressed by LogRateLimitBurst=|1|2|3|4|");
	free(slot);
}

Test(line_cursor, the_parts_of_a_long_line_keep_its_level)
{
	struct journal_slot *slot = calloc(1, JOURNAL_SLOT_SIZE);
	struct line_settings settings = plain;
	struct line_cursor cursor;
	struct log_record record;

	memset(journal_data(slot), '<', LOG_RECORD_TEXT_MAX * 2);
	memcpy(journal_data(slot), "<2>", 3);
	journal_data(slot)[LOG_RECORD_TEXT_MAX * 2] = '\n';
	journal_state(slot)->end = LOG_RECORD_TEXT_MAX * 2 + 1;
	settings.level_prefix = true;
	line_cursor_init(&cursor, slot, journal_state(slot)->end, &settings);
	cr_assert(line_cursor_next(&cursor, &record));
	cr_expect(record.continues && record.priority == 2 && record.length == LOG_RECORD_TEXT_MAX - 3);
	cr_assert(line_cursor_next(&cursor, &record));
	cr_expect(!record.continues && record.priority == 2 && record.length == LOG_RECORD_TEXT_MAX);
	cr_expect_not(line_cursor_next(&cursor, &record));
	free(slot);
}
