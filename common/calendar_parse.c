#include "common/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/parse.h"

enum { PARTS_MAX = 240, TEXT_MAX = 4096, ZONE_NAME_MAX = 100, EVERY_DAY = 0x7f, SHORTEST_MONTH = 28 };

static const char *const field_names[CALENDAR_FIELD_COUNT] = { "year", "month", "day", "hour", "minute", "second" };

static const struct {
	const char *name, *meaning;
} shorthands[] = {
	{ "minutely", "*-*-* *:*:00" },
	{ "hourly", "*-*-* *:00:00" },
	{ "daily", "*-*-* 00:00:00" },
	{ "weekly", "Mon *-*-* 00:00:00" },
	{ "monthly", "*-*-01 00:00:00" },
	{ "yearly", "*-01-01 00:00:00" },
	{ "annually", "*-01-01 00:00:00" },
	{ "anually", "*-01-01 00:00:00" }, /* once misspelt there, accepted since */
	{ "quarterly", "*-01,04,07,10-01 00:00:00" },
	{ "semiannually", "*-01,07-01 00:00:00" },
	{ "semi-annually", "*-01,07-01 00:00:00" },
	{ "biannually", "*-01,07-01 00:00:00" },
	{ "bi-annually", "*-01,07-01 00:00:00" },
};

static const char *const weekday_names[] = { "monday", "tuesday",  "wednesday", "thursday",
					     "friday", "saturday", "sunday" };

/* The text that is read, and where the reading is. */
struct reader {
	const char *text, *at;
	struct calendar *calendar;
	struct cause *cause;
	bool weekdays; /* were given */
};

static int wrong(struct reader *reader, const char *what)
{
	return cause_set(reader->cause, EINVAL, "\"%.80s%s\" is no calendar event: %s at column %zu", reader->text,
			 strlen(reader->text) > 80 ? "…" : "", what, (size_t)(reader->at - reader->text) + 1);
}

static int out_of_bounds(struct reader *reader, enum calendar_field field)
{
	char what[80];

	snprintf(what, sizeof what, "no such %s", field_names[field]);
	return wrong(reader, what);
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t");
}

/* How many letters of the text are a weekday, whole or its first three; 0: none. */
static size_t weekday_at(const char *text, int *day)
{
	size_t length = 0;

	while (isalpha((unsigned char)text[length]))
		length++;
	for (*day = 0; *day < 7; (*day)++)
		if ((length == 3 || length == strlen(weekday_names[*day])) &&
		    strncasecmp(text, weekday_names[*day], length) == 0)
			return length;
	return 0;
}

static bool take(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* One day, or a range of them. */
static int read_weekday(struct reader *reader)
{
	int first, last;
	size_t length = weekday_at(reader->at, &first);

	if (length == 0)
		return wrong(reader, "a weekday was expected");
	reader->at += length;
	last = first;
	if (take(reader, "..") || take(reader, "-")) {
		length = weekday_at(reader->at, &last);
		if (length == 0 || last < first)
			return wrong(reader, "a later weekday was expected");
		reader->at += length;
	}
	for (int day = first; day <= last; day++)
		reader->calendar->weekdays |= (uint8_t)(1 << day);
	return 0;
}

static int read_weekdays(struct reader *reader)
{
	int day, r;

	if (weekday_at(reader->at, &day) == 0)
		return 0;
	do {
		r = read_weekday(reader);
		if (r < 0)
			return r;
	} while (take(reader, ",") && *reader->at != '\0' && *reader->at != ' ');
	if (*reader->at != '\0' && *reader->at != ' ')
		return wrong(reader, "a blank was expected");
	reader->weekdays = true;
	if (reader->calendar->weekdays == EVERY_DAY)
		reader->calendar->weekdays = 0;
	skip_blanks(reader);
	return 0;
}

/* The digits behind the point, rounded to µs. */
static int32_t read_fraction(struct reader *reader)
{
	int32_t value = 0, weight = (int32_t)USEC_PER_SEC / 10;

	for (; weight > 0 && isdigit((unsigned char)*reader->at); weight /= 10)
		value += (*reader->at++ - '0') * weight;
	if (isdigit((unsigned char)*reader->at) && *reader->at >= '5')
		value++;
	while (isdigit((unsigned char)*reader->at))
		reader->at++;
	return value;
}

static int read_number(struct reader *reader, enum calendar_field field, int32_t *value)
{
	int64_t number = 0;

	if (!isdigit((unsigned char)*reader->at))
		return wrong(reader, "a number was expected");
	while (isdigit((unsigned char)*reader->at) && number <= INT32_MAX)
		number = number * 10 + (*reader->at++ - '0');
	if (field == CALENDAR_SECOND) {
		number *= (int64_t)USEC_PER_SEC;
		if (reader->at[0] == '.' && isdigit((unsigned char)reader->at[1])) {
			reader->at++;
			number += read_fraction(reader);
		}
	}
	if (number > INT32_MAX)
		return out_of_bounds(reader, field);
	*value = (int32_t)number;
	return 0;
}

/* Two digits mean a year between 1970 and 2069. */
static int32_t whole_year(int32_t year)
{
	return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
}

static bool counts_from_end(const struct reader *reader, enum calendar_field field)
{
	return field == CALENDAR_DAY && reader->calendar->from_month_end;
}

/* Every month has as many days, counted from its end. */
static int32_t last_value(const struct reader *reader, enum calendar_field field)
{
	return counts_from_end(reader, field) ? SHORTEST_MONTH : calendar_field_max(field);
}

static int read_value(struct reader *reader, enum calendar_field field, int32_t *value)
{
	const char *begin = reader->at;
	int r = read_number(reader, field, value);

	if (r < 0)
		return r;
	if (field == CALENDAR_YEAR)
		*value = whole_year(*value);
	if (*value >= calendar_field_min(field) && *value <= last_value(reader, field))
		return 0;
	reader->at = begin;
	return out_of_bounds(reader, field);
}

static int32_t unit_of(enum calendar_field field)
{
	return field == CALENDAR_SECOND ? (int32_t)USEC_PER_SEC : 1;
}

/* The stop becomes the last value that is met; a part with one value is that value alone. */
static void tidy_part(struct calendar_part *part)
{
	if (part->stop < 0)
		return;
	part->stop -= (part->stop - part->start) % part->step;
	if (part->stop == part->start)
		*part = (struct calendar_part){ .start = part->start, .stop = -1 };
}

/* How far a step may lead from a value on; days counted from the month's end lead to the month's end. */
static int32_t room_behind(const struct reader *reader, enum calendar_field field, int32_t start)
{
	if (counts_from_end(reader, field))
		return start - calendar_field_min(field);
	return calendar_field_max(field) - start;
}

static int read_step(struct reader *reader, enum calendar_field field, struct calendar_part *part)
{
	int r = read_number(reader, field, &part->step);

	if (r < 0)
		return r;
	if (part->step == 0)
		return wrong(reader, "a step of at least one was expected");
	if (part->stop < 0 && part->step > room_behind(reader, field, part->start))
		return wrong(reader, "the step leads beyond the last value");
	return 0;
}

static int read_part(struct reader *reader, enum calendar_field field, struct calendar_part *part)
{
	int r = read_value(reader, field, &part->start);

	part->stop = -1;
	part->step = 0;
	if (r == 0 && take(reader, "..")) {
		r = read_value(reader, field, &part->stop);
		if (r == 0 && part->stop < part->start)
			return wrong(reader, "the range ends before it begins");
		part->step = unit_of(field);
	}
	if (r == 0 && take(reader, "/"))
		r = read_step(reader, field, part);
	if (r == 0)
		tidy_part(part);
	return r;
}

static int by_value(const void *a, const void *b)
{
	const struct calendar_part *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->stop != right->stop)
		return left->stop < right->stop ? -1 : 1;
	return left->step < right->step ? -1 : left->step > right->step;
}

static void sort_list(struct calendar_list *list)
{
	size_t kept = 0;

	qsort(list->parts, list->count, sizeof *list->parts, by_value);
	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || by_value(&list->parts[kept - 1], &list->parts[i]) != 0)
			list->parts[kept++] = list->parts[i];
	list->count = kept;
}

static int append_part(struct reader *reader, struct calendar_list *list, const struct calendar_part *part)
{
	struct calendar_part *parts;

	if (list->count >= PARTS_MAX)
		return wrong(reader, "too many values");
	parts = reallocarray(list->parts, list->count + 1, sizeof *parts);
	if (!parts)
		return cause_set(reader->cause, ENOMEM, "out of memory");
	list->parts = parts;
	parts[list->count++] = *part;
	return 0;
}

static int read_field(struct reader *reader, enum calendar_field field)
{
	struct calendar_list *list = &reader->calendar->fields[field];
	struct calendar_part part = { 0 };
	int r;

	if (take(reader, "*"))
		return 0;
	do {
		r = read_part(reader, field, &part);
		if (r == 0)
			r = append_part(reader, list, &part);
		if (r < 0)
			return r;
	} while (take(reader, ","));
	sort_list(list);
	return 0;
}

static bool take_day_sign(struct reader *reader)
{
	if (take(reader, "-"))
		return true;
	reader->calendar->from_month_end = take(reader, "~");
	return reader->calendar->from_month_end;
}

static int expect(struct reader *reader, bool met, const char *what)
{
	return met ? 0 : wrong(reader, what);
}

/* Whether the word has a month and a day, or a year besides: by the signs between them. */
static bool has_year(const char *word, size_t length)
{
	size_t signs = 0;

	for (size_t i = 0; i < length; i++)
		signs += word[i] == '-' || word[i] == '~';
	return signs > 1;
}

static int read_date(struct reader *reader)
{
	size_t length = strcspn(reader->at, " \t");
	int r = 0;

	if (has_year(reader->at, length)) {
		r = read_field(reader, CALENDAR_YEAR);
		if (r == 0)
			r = expect(reader, take(reader, "-"), "'-' was expected");
	}
	if (r == 0)
		r = read_field(reader, CALENDAR_MONTH);
	if (r == 0)
		r = expect(reader, take_day_sign(reader), "'-' or '~' was expected");
	if (r == 0)
		r = read_field(reader, CALENDAR_DAY);
	if (reader->calendar->fields[CALENDAR_DAY].count == 0)
		reader->calendar->from_month_end = false;
	return r;
}

static int set_second_zero(struct reader *reader)
{
	return append_part(reader, &reader->calendar->fields[CALENDAR_SECOND], &(struct calendar_part){ .stop = -1 });
}

static int read_time(struct reader *reader)
{
	int r = read_field(reader, CALENDAR_HOUR);

	if (r == 0)
		r = expect(reader, take(reader, ":"), "':' was expected");
	if (r == 0)
		r = read_field(reader, CALENDAR_MINUTE);
	if (r < 0)
		return r;
	return take(reader, ":") ? read_field(reader, CALENDAR_SECOND) : set_second_zero(reader);
}

static int set_midnight(struct reader *reader)
{
	static const enum calendar_field fields[] = { CALENDAR_HOUR, CALENDAR_MINUTE };
	int r = set_second_zero(reader);

	for (size_t i = 0; i < 2 && r == 0; i++)
		r = append_part(reader, &reader->calendar->fields[fields[i]], &(struct calendar_part){ .stop = -1 });
	return r;
}

static bool is_zone_name(const char *name)
{
	char path[ZONE_NAME_MAX + 32];

	if (strlen(name) > ZONE_NAME_MAX || !isalpha((unsigned char)*name) || strstr(name, ".."))
		return false;
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("/_+-", *at))
			return false;
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	return access(path, R_OK) == 0;
}

static int read_zone(struct reader *reader)
{
	const char *name = reader->at;

	if (*name == '\0')
		return 0;
	if (strcasecmp(name, "UTC") == 0)
		name = "UTC";
	else if (!is_zone_name(name))
		return wrong(reader, "no such time zone, or not a date or time,");
	reader->calendar->zone = strdup(name);
	reader->at += strlen(reader->at);
	return reader->calendar->zone ? 0 : cause_set(reader->cause, ENOMEM, "out of memory");
}

/* A blank, or the end. */
static int end_word(struct reader *reader)
{
	if (*reader->at != '\0' && *reader->at != ' ' && *reader->at != '\t')
		return wrong(reader, "a blank was expected");
	skip_blanks(reader);
	return 0;
}

/* Whether the next word can be a date (signs "-~") or a time (":"). */
static bool word_has(const struct reader *reader, const char *signs)
{
	return (isdigit((unsigned char)*reader->at) || *reader->at == '*') &&
	       strcspn(reader->at, signs) < strcspn(reader->at, " \t");
}

/* What stands behind the weekdays. */
static int read_moment(struct reader *reader)
{
	bool date = word_has(reader, "-~"), time;
	int r = 0;

	if (date)
		r = read_date(reader);
	if (r == 0 && date)
		r = end_word(reader);
	if (r < 0)
		return r;
	time = word_has(reader, ":");
	if (!date && !time && !reader->weekdays)
		return wrong(reader, "a weekday, a date or a time was expected");
	if (!time)
		return set_midnight(reader);
	r = read_time(reader);
	return r == 0 ? end_word(reader) : r;
}

/* "@SECONDS": a moment of real time. */
static int read_timestamp(struct reader *reader)
{
	uint64_t seconds;
	struct tm tm;
	time_t when;
	int32_t values[CALENDAR_FIELD_COUNT];
	int r = 0;

	reader->at++;
	if (!isdigit((unsigned char)*reader->at) || parse_unsigned(reader->at, INT64_MAX / USEC_PER_SEC, &seconds) < 0)
		return wrong(reader, "seconds since 1970 were expected");
	when = (time_t)seconds;
	if (!gmtime_r(&when, &tm) || tm.tm_year + 1900 > CALENDAR_YEAR_MAX)
		return wrong(reader, "no such year");
	values[CALENDAR_YEAR] = tm.tm_year + 1900;
	values[CALENDAR_MONTH] = tm.tm_mon + 1;
	values[CALENDAR_DAY] = tm.tm_mday;
	values[CALENDAR_HOUR] = tm.tm_hour;
	values[CALENDAR_MINUTE] = tm.tm_min;
	values[CALENDAR_SECOND] = tm.tm_sec * (int32_t)USEC_PER_SEC;
	for (size_t i = 0; i < CALENDAR_FIELD_COUNT && r == 0; i++)
		r = append_part(reader, &reader->calendar->fields[i],
				&(struct calendar_part){ .start = values[i], .stop = -1 });
	reader->at = "UTC";
	return r == 0 ? read_zone(reader) : r;
}

/* "daily", "weekly Europe/Berlin": read as what they stand for, and the zone. */
static const char *shorthand_at(struct reader *reader)
{
	size_t length = strcspn(reader->at, " \t");

	for (size_t i = 0; i < sizeof shorthands / sizeof *shorthands; i++) {
		if (strlen(shorthands[i].name) != length || strncasecmp(reader->at, shorthands[i].name, length) != 0)
			continue;
		reader->at += length;
		skip_blanks(reader);
		return shorthands[i].meaning;
	}
	return NULL;
}

static int read_event(struct reader *reader)
{
	int r = read_weekdays(reader);

	if (r == 0)
		r = read_moment(reader);
	return r == 0 ? read_zone(reader) : r;
}

static int read_shorthand(struct reader *reader, const char *meaning)
{
	struct reader inner = { .text = meaning, .at = meaning, .calendar = reader->calendar, .cause = reader->cause };
	int r = read_event(&inner);

	return r == 0 ? read_zone(reader) : r;
}

static int read_all(struct reader *reader)
{
	const char *meaning;

	if (strlen(reader->text) > TEXT_MAX)
		return cause_set(reader->cause, EINVAL, "a calendar event has at most %d bytes", TEXT_MAX);
	if (*reader->at == '@')
		return read_timestamp(reader);
	meaning = shorthand_at(reader);
	return meaning ? read_shorthand(reader, meaning) : read_event(reader);
}

int calendar_parse(const char *text, struct calendar **calendar, struct cause *cause)
{
	struct reader reader = { .text = text, .at = text, .cause = cause };
	int r;

	reader.calendar = calloc(1, sizeof *reader.calendar);
	if (!reader.calendar)
		return cause_set(cause, ENOMEM, "out of memory");
	r = read_all(&reader);
	if (r < 0)
		calendar_free(reader.calendar);
	else
		*calendar = reader.calendar;
	return r;
}
