/*
 * Calendar events of systemd.time(7): "Mon..Fri *-*-* 09:00", "monthly", "*-02~01 Europe/Berlin".
 *
 *     [WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE[:SECOND]] [ZONE]
 *
 * A field is `*` or a list of values, ranges (`a..b`) and repetitions (`a/step`); `~` in front of the day counts from
 * the end of the month.
 */
#ifndef SVINIT_COMMON_CALENDAR_H
#define SVINIT_COMMON_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cause.h"
#include "common/usec.h"

enum calendar_field {
	CALENDAR_YEAR,
	CALENDAR_MONTH,
	CALENDAR_DAY,
	CALENDAR_HOUR,
	CALENDAR_MINUTE,
	CALENDAR_SECOND, /* in µs */
	CALENDAR_FIELD_COUNT,
};

/* The values start, start + step, … up to `stop`; a step of 0 is the start alone. */
struct calendar_part {
	int32_t start;
	int32_t stop; /* -1: up to the field's end */
	int32_t step;
};

/* Sorted, without doubles; no parts: every value (of the second: every whole one). */
struct calendar_list {
	struct calendar_part *parts;
	size_t count;
};

struct calendar {
	struct calendar_list fields[CALENDAR_FIELD_COUNT];
	char *zone;          /* NULL: local time; "UTC"; or a name below /usr/share/zoneinfo */
	uint8_t weekdays;    /* bit 0: Monday; 0: every day */
	bool from_month_end; /* the day is counted from there, the last one being 1 */
};

enum { CALENDAR_YEAR_MAX = 2199 };

/* 0; -EINVAL with what is wrong and where; -ENOMEM. The caller frees with calendar_free(). */
int calendar_parse(const char *text, struct calendar **calendar, struct cause *cause);
void calendar_free(struct calendar *calendar);

/* The expression in its normal form, as `systemd-analyze calendar` prints it; the caller frees it; NULL: out of memory.
 */
char *calendar_format(const struct calendar *calendar);

/*
 * The first moment behind `after`, both µs of real time. -ENOENT: there is none up to CALENDAR_YEAR_MAX. What the clock
 * skips when summer time begins does not elapse, what it repeats elapses once. Reads the zone's file; not safe with
 * threads.
 */
int calendar_next(const struct calendar *calendar, usec after, usec *next);

/* The smallest and the largest value of a field; the day's and month's start with 1. */
int32_t calendar_field_min(enum calendar_field field);
int32_t calendar_field_max(enum calendar_field field);

#endif
