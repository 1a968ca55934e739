#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/log_record.h"

static void use_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void expect_stamp(const char *zone, usec time, const char *text)
{
	struct log_stamp stamp = { 0 };
	usec parsed;

	use_zone(zone);
	log_stamp_set(&stamp, time);
	cr_expect_str_eq(stamp.text, text);
	cr_expect_eq(log_stamp_parse(text, strlen(text), &parsed), 0);
	cr_expect_eq(parsed, time);
}

Test(log_record, stamps)
{
	expect_stamp("UTC0", 0, "1970-01-01T00:00:00.000000+00:00");
	expect_stamp("UTC0", UINT64_C(951782400123456), "2000-02-29T00:00:00.123456+00:00");
	expect_stamp("UTC0", UINT64_C(4107542399999999), "2100-02-28T23:59:59.999999+00:00");
	expect_stamp("XST-5:30", UINT64_C(1763685310000001), "2025-11-21T06:05:10.000001+05:30");
	expect_stamp("XST3", UINT64_C(1763685310000001), "2025-11-20T21:35:10.000001-03:00");
}

Test(log_record, a_stamp_that_is_used_again_is_as_a_fresh_one)
{
	static const usec start = UINT64_C(1774745990000000); /* 2026-03-29, around a change to summer time */
	struct log_stamp stamp = { 0 };

	use_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	for (usec time = start; time < start + 40 * USEC_PER_SEC; time += 333333) {
		struct log_stamp fresh = { 0 };

		log_stamp_set(&stamp, time);
		log_stamp_set(&fresh, time);
		cr_assert_str_eq(stamp.text, fresh.text);
	}
	log_stamp_set(&stamp, start - 1);
	cr_expect_str_eq(stamp.text, "2026-03-29T01:59:49.999999+01:00");
	log_stamp_set(&stamp, start + 11 * USEC_PER_SEC);
	cr_expect_str_eq(stamp.text, "2026-03-29T03:00:01.000000+02:00");
}

Test(log_record, what_is_written_is_read)
{
	struct log_stamp stamp = { 0 };
	struct log_record record;
	char line[LOG_RECORD_PREFIX_LENGTH + 5];

	use_zone("UTC0");
	log_stamp_set(&stamp, 1763685310123456);
	for (int continues = 0; continues < 2; continues++) {
		log_record_prefix(line, &stamp, LOG_MARK_ERROR, continues, 3);
		memcpy(line + LOG_RECORD_PREFIX_LENGTH, "a\0b c", 5);
		cr_assert_eq(log_record_parse(line, sizeof line, &record), 0);
		cr_expect_eq(record.time, 1763685310123456);
		cr_expect_eq(record.mark, LOG_MARK_ERROR);
		cr_expect_eq(record.continues, continues);
		cr_expect_eq(record.priority, 3);
		cr_expect_eq(record.length, 5);
		cr_expect_arr_eq(record.text, "a\0b c", 5);
	}
}

Test(log_record, damaged_lines_are_refused)
{
	static const char good[] = "2025-11-21T00:35:10.123456+00:00 o 6 text";
	struct log_record record;

	cr_assert_eq(log_record_parse(good, strlen(good), &record), 0);
	for (size_t i = 0; i < LOG_RECORD_PREFIX_LENGTH; i++) {
		char bad[sizeof good];

		memcpy(bad, good, sizeof good);
		bad[i] = '?';
		cr_expect_eq(log_record_parse(bad, strlen(bad), &record), -EINVAL, "at %zu", i);
		cr_expect_eq(log_record_parse(good, i, &record), -EINVAL, "length %zu", i);
	}
}
