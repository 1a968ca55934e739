#include "ctl/log_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/time_span.h"

static int from_local(struct tm *parts, usec *time)
{
	parts->tm_isdst = -1;
	time_t second = mktime(parts);

	if (second < 0)
		return -EINVAL;
	*time = (usec)second * USEC_PER_SEC;
	return 0;
}

static int midnight(usec now, int days, usec *time)
{
	time_t second = (time_t)(now / USEC_PER_SEC);
	struct tm parts;

	localtime_r(&second, &parts);
	parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
	parts.tm_mday += days;
	return from_local(&parts, time);
}

static int relative(const char *text, usec now, usec *time)
{
	char span_text[TIME_SPAN_TEXT_MAX];
	size_t length = strlen(text);
	int sign = text[0] == '+' ? 1 : -1;
	usec span;

	if (text[0] == '+' || text[0] == '-') {
		snprintf(span_text, sizeof span_text, "%s", text + 1);
	} else {
		if (length < 5 || strcmp(text + length - 4, " ago") != 0)
			return -EINVAL;
		snprintf(span_text, sizeof span_text, "%.*s", (int)(length - 4), text);
	}
	if (time_span_parse(span_text, USEC_PER_SEC, &span) < 0 || (sign < 0 && span > now))
		return -EINVAL;
	*time = sign < 0 ? now - span : usec_add(now, span);
	return 0;
}

/* Formats from the longest to the shortest; what one does not name is 0, but for a missing date, which is today's. */
static int absolute(const char *text, usec now, usec *time)
{
	static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
					       "%Y-%m-%d",          "%H:%M:%S",          "%H:%M" };
	time_t second = (time_t)(now / USEC_PER_SEC);

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct tm parts;

		localtime_r(&second, &parts);
		parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
		const char *end = strptime(text, formats[i], &parts);
		if (end && *end == '\0')
			return from_local(&parts, time);
	}
	return -EINVAL;
}

int log_time_parse(const char *text, usec now, usec *time)
{
	unsigned long long second;
	char rest;

	if (strcmp(text, "now") == 0) {
		*time = now;
		return 0;
	}
	if (strcmp(text, "today") == 0)
		return midnight(now, 0, time);
	if (strcmp(text, "yesterday") == 0)
		return midnight(now, -1, time);
	if (strcmp(text, "tomorrow") == 0)
		return midnight(now, 1, time);
	if (sscanf(text, "@%llu%c", &second, &rest) == 1) {
		*time = second * USEC_PER_SEC;
		return 0;
	}
	return relative(text, now, time) == 0 ? 0 : absolute(text, now, time);
}
