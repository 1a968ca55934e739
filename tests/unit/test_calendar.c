#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/calendar.h"

enum { FIELDS_MAX = 16 };

static size_t split(char *line, char **fields)
{
	size_t count = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line && count < FIELDS_MAX)
		fields[count++] = strsep(&line, "\t");
	return count;
}

/* What the calendar makes of `after`, in the words of the file. */
static char *next_text(const struct calendar *calendar, usec *after)
{
	char *text;

	if (calendar_next(calendar, *after, after) == 0)
		cr_assert_gt(asprintf(&text, "%" PRIu64, *after / USEC_PER_SEC), 0);
	else
		text = strdup("never");
	return text;
}

static void check(char **fields, size_t count, size_t line)
{
	usec after = strtoull(fields[1], NULL, 10) * USEC_PER_SEC;
	struct calendar *calendar = NULL;
	struct cause cause = { 0 };
	char *normal;

	setenv("TZ", fields[0], 1);
	if (strcmp(fields[3], "invalid") == 0) {
		cr_expect_eq(calendar_parse(fields[2], &calendar, &cause), -EINVAL, "line %zu: \"%s\"", line,
			     fields[2]);
		cr_expect_gt(strlen(cause.text), 10, "line %zu", line);
		return;
	}
	cr_assert_eq(calendar_parse(fields[2], &calendar, &cause), 0, "line %zu: %s", line, cause.text);
	normal = calendar_format(calendar);
	cr_expect_str_eq(normal, fields[3], "line %zu: \"%s\" became %s, not %s", line, fields[2], normal, fields[3]);
	for (size_t i = 4; i < count; i++) {
		char *text = next_text(calendar, &after);

		cr_expect_str_eq(text, fields[i], "line %zu: \"%s\" in %s: elapse %zu is %s, not %s", line, fields[2],
				 fields[0], i - 3, text, fields[i]);
		free(text);
	}
	free(normal);
	calendar_free(calendar);
}

/* Made by tests/calendar/record. */
Test(calendar, agrees_with_what_was_recorded)
{
	FILE *file = fopen("tests/calendar/expected.tsv", "re");
	char *line = NULL, *fields[FIELDS_MAX];
	size_t size = 0, count = 0;

	cr_assert_not_null(file);
	while (getline(&line, &size, file) > 0) {
		size_t found;

		count++;
		if (*line == '#')
			continue;
		found = split(line, fields);
		cr_assert_geq(found, 4);
		check(fields, found, count);
	}
	cr_assert_gt(count, 300);
	free(line);
	fclose(file);
}

static void parse_text(const char *text, struct cause *cause)
{
	struct calendar *calendar = NULL;

	cr_assert_eq(calendar_parse(text, &calendar, cause), -EINVAL, "%s", text);
}

Test(calendar, errors_name_the_column)
{
	struct cause cause = { 0 };

	parse_text("Mon *-13-01", &cause);
	cr_assert_str_eq(cause.text, "\"Mon *-13-01\" is no calendar event: no such month at column 7");
	parse_text("12:0x", &cause);
	cr_assert_str_eq(cause.text, "\"12:0x\" is no calendar event: a blank was expected at column 5");
}

Test(calendar, a_flood_of_values_is_refused)
{
	char text[1024] = "*:0";
	struct cause cause = { 0 };

	for (int i = 0; i < 300; i++)
		strcat(text, ",1");
	parse_text(text, &cause);
	cr_assert_not_null(strstr(cause.text, "too many"));
}

/* The zone of the process is as before. */
Test(calendar, leaves_the_time_zone_alone)
{
	struct calendar *calendar = NULL;
	time_t noon = 1715774400;
	struct tm tm;
	usec next;

	setenv("TZ", "Asia/Kathmandu", 1);
	cr_assert_eq(calendar_parse("daily America/New_York", &calendar, NULL), 0);
	cr_assert_eq(calendar_next(calendar, (usec)noon * USEC_PER_SEC, &next), 0);
	cr_assert_str_eq(getenv("TZ"), "Asia/Kathmandu");
	localtime_r(&noon, &tm);
	cr_assert_eq(tm.tm_hour, 17);
	unsetenv("TZ");
	cr_assert_eq(calendar_next(calendar, (usec)noon * USEC_PER_SEC, &next), 0);
	cr_assert_null(getenv("TZ"));
	calendar_free(calendar);
}
