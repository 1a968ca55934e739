/*
 * The next moment that a calendar event names: found among wall clock times, field by field from the year down, and
 * only then turned into real time. A wall clock time that the zone skips is passed over.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/calendar.h"

/* A wall clock time; the second in µs. */
struct wall {
	int32_t values[CALENDAR_FIELD_COUNT];
};

/* While it is there, local time is that of the zone. */
struct zone {
	bool utc, changed;
	char *before;
	char setting[160];
};

static void zone_enter(struct zone *zone, const char *name)
{
	const char *present = getenv("TZ");

	*zone = (struct zone){ .utc = name && strcmp(name, "UTC") == 0 };
	if (!name || zone->utc) {
		tzset();
		return;
	}
	/* putenv(3) takes the string as it is: setenv(3) would keep every value it ever had. */
	zone->before = present ? (char *)present - strlen("TZ=") : NULL;
	snprintf(zone->setting, sizeof zone->setting, "TZ=:%s", name);
	zone->changed = putenv(zone->setting) == 0;
	tzset();
}

static void zone_leave(struct zone *zone)
{
	if (!zone->changed)
		return;
	if (!zone->before || putenv(zone->before) != 0)
		unsetenv("TZ");
	tzset();
}

static bool wall_of(const struct zone *zone, usec when, struct wall *wall, int *summer_time)
{
	time_t seconds = (time_t)(when / USEC_PER_SEC);
	struct tm tm;

	if (!(zone->utc ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)))
		return false;
	*wall = (struct wall){ { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
				 (int32_t)((usec)tm.tm_sec * USEC_PER_SEC + when % USEC_PER_SEC) } };
	*summer_time = tm.tm_isdst;
	return true;
}

static bool same_wall(const struct wall *a, const struct wall *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static bool real_time_as(const struct zone *zone, const struct wall *wall, int summer_time, usec *when)
{
	const int32_t *values = wall->values;
	struct tm tm = { .tm_year = values[CALENDAR_YEAR] - 1900,
			 .tm_mon = values[CALENDAR_MONTH] - 1,
			 .tm_mday = values[CALENDAR_DAY],
			 .tm_hour = values[CALENDAR_HOUR],
			 .tm_min = values[CALENDAR_MINUTE],
			 .tm_sec = values[CALENDAR_SECOND] / (int32_t)USEC_PER_SEC,
			 .tm_isdst = summer_time };
	time_t seconds = zone->utc ? timegm(&tm) : mktime(&tm);
	struct wall back;

	if (seconds < 0)
		return false;
	*when = (usec)seconds * USEC_PER_SEC + (usec)values[CALENDAR_SECOND] % USEC_PER_SEC;
	return wall_of(zone, *when, &back, &summer_time) && same_wall(&back, wall);
}

/* Where summer time ends a time is there twice: the one is taken that has the same kind of time as the beginning. */
static bool real_time_of(const struct zone *zone, const struct wall *wall, int summer_time, usec *when)
{
	return real_time_as(zone, wall, summer_time, when) || real_time_as(zone, wall, -1, when);
}

static int32_t days_in_month(const struct wall *wall)
{
	static const int32_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t year = wall->values[CALENDAR_YEAR];
	int32_t month = wall->values[CALENDAR_MONTH];
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* 0: Monday. Days are counted from 1970-01-01, a Thursday. */
static int weekday_of(const struct wall *wall)
{
	struct tm tm = { .tm_year = wall->values[CALENDAR_YEAR] - 1900,
			 .tm_mon = wall->values[CALENDAR_MONTH] - 1,
			 .tm_mday = wall->values[CALENDAR_DAY] };

	return (int)((timegm(&tm) / (24 * 60 * 60) + 3) % 7);
}

static int32_t last_value(enum calendar_field field, const struct wall *wall)
{
	return field == CALENDAR_DAY ? days_in_month(wall) : calendar_field_max(field);
}

/* A part that counts from the month's end, counted from its beginning. */
static struct calendar_part from_beginning(struct calendar_part part, int32_t days)
{
	int32_t first = days + 1 - (part.stop >= 0 ? part.stop : part.start);

	if (part.stop >= 0)
		part.stop = days + 1 - part.start;
	part.start = first;
	return part;
}

/* The part's first value from `from` on; INT32_MAX: none. */
static int32_t next_of_part(const struct calendar_part *part, int32_t from, int32_t last)
{
	int32_t stop = part->stop >= 0 && part->stop < last ? part->stop : last;
	int64_t value = part->start;

	if (value < from && part->step == 0)
		return INT32_MAX;
	if (value < from)
		value += ((int64_t)from - value + part->step - 1) / part->step * part->step;
	return value <= stop ? (int32_t)value : INT32_MAX;
}

static int32_t every_value(enum calendar_field field, int32_t from, int32_t last)
{
	const struct calendar_part every = { .start = calendar_field_min(field),
					     .stop = -1,
					     .step = field == CALENDAR_SECOND ? (int32_t)USEC_PER_SEC : 1 };

	return next_of_part(&every, from, last);
}

/* The field's first value from the present one on; INT32_MAX: none. */
static int32_t next_of_field(const struct calendar *calendar, enum calendar_field field, const struct wall *wall)
{
	const struct calendar_list *list = &calendar->fields[field];
	int32_t from = wall->values[field], last = last_value(field, wall), found = INT32_MAX;

	if (list->count == 0)
		return every_value(field, from, last);
	for (size_t i = 0; i < list->count; i++) {
		struct calendar_part part = list->parts[i];
		int32_t value;

		if (field == CALENDAR_DAY && calendar->from_month_end)
			part = from_beginning(part, last);
		value = next_of_part(&part, from, last);
		found = value < found ? value : found;
	}
	return found;
}

static void reset_below(struct wall *wall, int field)
{
	while (++field < CALENDAR_FIELD_COUNT)
		wall->values[field] = calendar_field_min((enum calendar_field)field);
}

static bool is_right_day(const struct calendar *calendar, const struct wall *wall)
{
	return calendar->weekdays == 0 || calendar->weekdays & 1U << weekday_of(wall);
}

/* Counts the field up; what overflows is seen when the field is looked at next. */
static void count_up(struct wall *wall, int field)
{
	wall->values[field]++;
	reset_below(wall, field);
}

/* The first wall clock time from `wall` on that the event names; false: none. */
static bool next_wall(const struct calendar *calendar, struct wall *wall)
{
	for (int field = CALENDAR_YEAR; field < CALENDAR_FIELD_COUNT;) {
		int32_t value = next_of_field(calendar, (enum calendar_field)field, wall);

		if (value == INT32_MAX) {
			if (field == CALENDAR_YEAR)
				return false;
			count_up(wall, field - 1);
			field = CALENDAR_YEAR;
			continue;
		}
		if (value != wall->values[field])
			reset_below(wall, field);
		wall->values[field] = value;
		if (field == CALENDAR_DAY && !is_right_day(calendar, wall)) {
			count_up(wall, CALENDAR_DAY);
			field = CALENDAR_YEAR;
			continue;
		}
		field++;
	}
	return true;
}

static int find(const struct calendar *calendar, const struct zone *zone, usec after, usec *next)
{
	struct wall wall;
	int summer_time;

	if (!wall_of(zone, after + 1, &wall, &summer_time))
		return -ENOENT;
	if (wall.values[CALENDAR_YEAR] < calendar_field_min(CALENDAR_YEAR))
		wall = (struct wall){ { calendar_field_min(CALENDAR_YEAR), 1, 1 } }; /* west of Greenwich in 1970 */
	while (next_wall(calendar, &wall)) {
		if (real_time_of(zone, &wall, summer_time, next) && *next > after)
			return 0;
		count_up(&wall, CALENDAR_MINUTE); /* zones change at whole minutes */
	}
	return -ENOENT;
}

int calendar_next(const struct calendar *calendar, usec after, usec *next)
{
	struct zone zone;
	int r;

	if (after >= INT64_MAX / 2)
		return -ENOENT;
	zone_enter(&zone, calendar->zone);
	r = find(calendar, &zone, after, next);
	zone_leave(&zone);
	return r;
}
