#include "ctl/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const struct span_unit {
	usec length;
	const char *one, *many;
} span_units[] = {
	{ UINT64_C(31557600) * USEC_PER_SEC, " year", " years" },
	{ UINT64_C(2629800) * USEC_PER_SEC, " month", " months" },
	{ UINT64_C(604800) * USEC_PER_SEC, " week", " weeks" },
	{ UINT64_C(86400) * USEC_PER_SEC, " day", " days" },
	{ UINT64_C(3600) * USEC_PER_SEC, "h", "h" },
	{ UINT64_C(60) * USEC_PER_SEC, "min", "min" },
	{ USEC_PER_SEC, "s", "s" },
	{ USEC_PER_MSEC, "ms", "ms" },
	{ 1, "us", "us" },
};

enum { SPAN_UNITS = sizeof(span_units) / sizeof(*span_units) };

static char *constant(char to[WORDS_MAX], const char *words)
{
	snprintf(to, WORDS_MAX, "%s", words);
	return to;
}

char *words_span(char to[WORDS_MAX], usec span)
{
	size_t used = 0;
	unsigned parts = 0;
	usec rest = span;
	if (span == USEC_INFINITY)
		return constant(to, "infinity");
	for (size_t i = 0; i < SPAN_UNITS && parts < 2; i++) {
		const struct span_unit *unit = &span_units[i];
		usec amount = rest / unit->length;
		rest %= unit->length;
		if (amount == 0 && parts == 0)
			continue;
		parts++;
		/* Behind seconds nobody wants milliseconds. */
		if (amount == 0 || (parts == 2 && unit->length < USEC_PER_SEC))
			continue;
		used += (size_t)snprintf(to + used, WORDS_MAX - used, "%s%" PRIu64 "%s", used ? " " : "", amount,
					 amount == 1 ? unit->one : unit->many);
	}
	return used ? to : constant(to, "0");
}

char *words_ago(char to[WORDS_MAX], usec when, usec now)
{
	char span[WORDS_MAX];
	bool ahead = when > now;
	snprintf(to, WORDS_MAX, "%s%s%s", ahead ? "in " : "", words_span(span, ahead ? when - now : now - when),
		 ahead ? "" : " ago");
	return to;
}

char *words_timestamp(char to[WORDS_MAX], usec realtime)
{
	struct tm broken;
	time_t seconds = (time_t)(realtime / USEC_PER_SEC);
	if (!localtime_r(&seconds, &broken) || !strftime(to, WORDS_MAX, "%a %Y-%m-%d %H:%M:%S %Z", &broken))
		return constant(to, "-");
	return to;
}

char *words_bytes(char to[WORDS_MAX], uint64_t bytes)
{
	static const char suffixes[] = "KMGTPE";
	uint64_t unit = 1;
	int step = -1;
	while (step + 1 < (int)sizeof(suffixes) - 1 && bytes / unit >= 1024) {
		unit *= 1024;
		step++;
	}
	if (step < 0)
		snprintf(to, WORDS_MAX, "%" PRIu64 "B", bytes);
	else
		snprintf(to, WORDS_MAX, "%" PRIu64 ".%" PRIu64 "%c", bytes / unit, bytes % unit * 10 / unit,
			 suffixes[step]);
	return to;
}
