#include <stdio.h>
#include <stdlib.h>

#include "common/calendar.h"

static void put_weekdays(FILE *to, unsigned days)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const char *between = "";

	for (int day = 0, last; day < 7; day = last + 1) {
		last = day;
		if (!(days & 1U << day))
			continue;
		while (last < 6 && days & 1U << (last + 1))
			last++;
		fprintf(to, "%s%s", between, names[day]);
		if (last > day)
			fprintf(to, "%s%s", last > day + 1 ? ".." : ",", names[last]);
		between = ",";
	}
	fputs(days ? " " : "", to);
}

static void put_value(FILE *to, enum calendar_field field, int32_t value)
{
	const int32_t second = (int32_t)USEC_PER_SEC;

	if (field != CALENDAR_SECOND)
		fprintf(to, "%02d", value);
	else if (value % second == 0)
		fprintf(to, "%02d", value / second);
	else
		fprintf(to, "%02d.%06d", value / second, value % second);
}

static void put_step(FILE *to, enum calendar_field field, int32_t step)
{
	const int32_t second = (int32_t)USEC_PER_SEC;

	if (field != CALENDAR_SECOND)
		fprintf(to, "/%d", step);
	else if (step % second == 0)
		fprintf(to, "/%d", step / second);
	else
		fprintf(to, "/%d.%06d", step / second, step % second);
}

static void put_field(FILE *to, const struct calendar *calendar, enum calendar_field field)
{
	const struct calendar_list *list = &calendar->fields[field];
	const int32_t unit = field == CALENDAR_SECOND ? (int32_t)USEC_PER_SEC : 1;

	if (list->count == 0)
		fputc('*', to);
	for (size_t i = 0; i < list->count; i++) {
		const struct calendar_part *part = &list->parts[i];

		fputs(i > 0 ? "," : "", to);
		put_value(to, field, part->start);
		if (part->stop >= 0) {
			fputs("..", to);
			put_value(to, field, part->stop);
		}
		if (part->step > 0 && (part->stop < 0 || part->step != unit))
			put_step(to, field, part->step);
	}
}

char *calendar_format(const struct calendar *calendar)
{
	static const char *const behind[CALENDAR_FIELD_COUNT] = { "-", "-", " ", ":", ":", "" };
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	put_weekdays(to, calendar->weekdays);
	for (int field = 0; field < CALENDAR_FIELD_COUNT; field++) {
		put_field(to, calendar, (enum calendar_field)field);
		fputs(field == CALENDAR_MONTH && calendar->from_month_end ? "~" : behind[field], to);
	}
	if (calendar->zone)
		fprintf(to, " %s", calendar->zone);
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
