#include "common/calendar.h"

#include <stdlib.h>

static const struct {
	int32_t min, max;
} bounds[CALENDAR_FIELD_COUNT] = {
	[CALENDAR_YEAR] = { 1970, CALENDAR_YEAR_MAX },
	[CALENDAR_MONTH] = { 1, 12 },
	[CALENDAR_DAY] = { 1, 31 },
	[CALENDAR_HOUR] = { 0, 23 },
	[CALENDAR_MINUTE] = { 0, 59 },
	[CALENDAR_SECOND] = { 0, 60 * (int32_t)USEC_PER_SEC - 1 },
};

int32_t calendar_field_min(enum calendar_field field)
{
	return bounds[field].min;
}

int32_t calendar_field_max(enum calendar_field field)
{
	return bounds[field].max;
}

void calendar_free(struct calendar *calendar)
{
	if (!calendar)
		return;
	for (size_t i = 0; i < CALENDAR_FIELD_COUNT; i++)
		free(calendar->fields[i].parts);
	free(calendar->zone);
	free(calendar);
}
