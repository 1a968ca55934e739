#include "ctl/log_time.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/time_span.h"

enum { TEXT_MAX = 128 };

/* How far from the zone of this machine a time is meant. */
struct zone {
	bool given;
	long offset; /* seconds east of Greenwich */
};

static int from_parts(struct tm *parts, const struct zone *zone, usec *time)
{
	parts->tm_isdst = -1;
	time_t second = zone->given ? timegm(parts) - zone->offset : mktime(parts);

	if (second < 0)
		return -EINVAL;
	*time = (usec)second * USEC_PER_SEC;
	return 0;
}

static void day_of(usec now, const struct zone *zone, struct tm *parts)
{
	time_t second = (time_t)(now / USEC_PER_SEC) + (zone->given ? zone->offset : 0);

	if (zone->given)
		gmtime_r(&second, parts);
	else
		localtime_r(&second, parts);
	parts->tm_hour = parts->tm_min = parts->tm_sec = 0;
}

static int midnight(usec now, const struct zone *zone, int days, usec *time)
{
	struct tm parts;

	day_of(now, zone, &parts);
	parts.tm_mday += days;
	return from_parts(&parts, zone, time);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), size = strlen(end);

	return length >= size && strcasecmp(text + length - size, end) == 0;
}

/* "-1h", "+5min", "2h ago", "2h left" */
static int relative(const char *text, usec now, usec *time)
{
	char span_text[TEXT_MAX];
	size_t cut = ends_with(text, " ago") ? strlen(" ago") : ends_with(text, " left") ? strlen(" left") : 0;
	bool has_sign = text[0] == '+' || text[0] == '-';
	bool is_past = text[0] == '-' || ends_with(text, " ago");
	usec span;

	if (has_sign == (cut > 0))
		return -EINVAL;
	snprintf(span_text, sizeof span_text, "%.*s", (int)(strlen(text) - cut - has_sign), text + has_sign);
	if (time_span_parse(span_text, USEC_PER_SEC, &span) < 0 || (is_past && span > now))
		return -EINVAL;
	*time = is_past ? now - span : usec_add(now, span);
	return 0;
}

static bool is_two_digits(const char *text)
{
	return isdigit((unsigned char)text[0]) && isdigit((unsigned char)text[1]);
}

/* "+01:00", "-0530" at the end, behind a time. */
static bool take_offset(char *text, struct zone *zone)
{
	char *sign = strrchr(text, '+');
	int hours, minutes;

	if (!sign)
		sign = strrchr(text, '-');
	if (!sign || !strchr(text, ':') || sign < strchr(text, ':') || !is_two_digits(sign + 1))
		return false;
	const char *rest = sign + 3 + (sign[3] == ':');
	if (!is_two_digits(rest) || rest[2])
		return false;
	hours = (sign[1] - '0') * 10 + sign[2] - '0';
	minutes = (rest[0] - '0') * 10 + rest[1] - '0';
	*zone = (struct zone){ true, (*sign == '-' ? -1L : 1L) * (hours * 3600L + minutes * 60L) };
	*sign = '\0';
	return true;
}

/* Cuts a zone off the end. */
static void take_zone(char *text, struct zone *zone)
{
	size_t length = strlen(text);

	*zone = (struct zone){ 0 };
	if (length > 4 && ends_with(text, " UTC")) {
		text[length - 4] = '\0';
		zone->given = true;
	} else if (length > 1 && text[length - 1] == 'Z' && isdigit((unsigned char)text[length - 2])) {
		text[length - 1] = '\0';
		zone->given = true;
	} else {
		take_offset(text, zone);
	}
	for (length = strlen(text); length > 0 && text[length - 1] == ' '; length--)
		text[length - 1] = '\0';
}

/* Cuts ".123456" off the end. 0 or -EINVAL. */
static int take_fraction(char *text, usec *fraction)
{
	char *point = strrchr(text, '.');
	usec unit = USEC_PER_SEC;

	*fraction = 0;
	if (!point)
		return 0;
	if (!point[1])
		return -EINVAL;
	for (const char *digit = point + 1; *digit; digit++) {
		if (!isdigit((unsigned char)*digit))
			return -EINVAL;
		unit /= 10;
		*fraction += (usec)(*digit - '0') * unit;
	}
	*point = '\0';
	return 0;
}

/* The day of the week in front says nothing that the date does not. */
static const char *skip_weekday(const char *text)
{
	static const char *const days[] = { "monday", "mon", "tuesday",  "tue", "wednesday", "wed", "thursday", "thu",
					    "friday", "fri", "saturday", "sat", "sunday",    "sun" };

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		size_t length = strlen(days[i]);

		if (strncasecmp(text, days[i], length) == 0 && (text[length] == ' ' || text[length] == ','))
			return text + length + 1 + strspn(text + length + 1, " ");
	}
	return text;
}

/* Formats from the longest to the shortest; what one does not name is 0, but for a missing date, which is today's. */
static int absolute(const char *text, const struct zone *zone, usec now, usec *time)
{
	static const char *const formats[] = {
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d",          "%H:%M:%S",          "%H:%M"
	};

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct tm parts;

		day_of(now, zone, &parts);
		const char *end = strptime(text, formats[i], &parts);
		if (end && *end == '\0')
			return from_parts(&parts, zone, time);
	}
	return -EINVAL;
}

static int since_epoch(const char *text, usec *time)
{
	unsigned long long second;
	char rest;

	if (sscanf(text, "@%llu%c", &second, &rest) != 1 || second > USEC_INFINITY / USEC_PER_SEC / 2)
		return -EINVAL;
	*time = second * USEC_PER_SEC;
	return 0;
}

static int whole_seconds(const char *text, const struct zone *zone, usec now, usec *time)
{
	static const struct {
		const char *name;
		int days;
	} days[] = { { "yesterday", -1 }, { "today", 0 }, { "tomorrow", 1 } };

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		if (strcmp(text, days[i].name) == 0)
			return midnight(now, zone, days[i].days, time);
	}
	return since_epoch(text, time) == 0 ? 0 : absolute(skip_weekday(text), zone, now, time);
}

int log_time_parse(const char *text, usec now, usec *time)
{
	char copy[TEXT_MAX];
	struct zone zone;
	usec fraction = 0;

	if (strcmp(text, "now") == 0) {
		*time = now;
		return 0;
	}
	if (strlen(text) >= sizeof copy)
		return -EINVAL;
	if (relative(text, now, time) == 0)
		return 0;
	snprintf(copy, sizeof copy, "%s", text);
	take_zone(copy, &zone);
	if (take_fraction(copy, &fraction) < 0 || whole_seconds(copy, &zone, now, time) < 0)
		return -EINVAL;
	*time += fraction;
	return 0;
}
