#include "common/time_span.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/wide.h"

#define NSEC_PER_USEC UINT64_C(1000)
#define MINUTE        (60 * USEC_PER_SEC)
#define HOUR          (60 * MINUTE)
#define DAY           (24 * HOUR)
#define WEEK          (7 * DAY)
#define MONTH         UINT64_C(2629800000000)
#define YEAR          UINT64_C(31557600000000)

struct unit {
	const char *name;
	uint64_t usec;
};

static const struct unit units[] = {
	{ "us", 1 },
	{ "usec", 1 },
	{ "µs", 1 },
	{ "μs", 1 }, /* the Greek letter beside the micro sign */
	{ "ms", USEC_PER_MSEC },
	{ "msec", USEC_PER_MSEC },
	{ "s", USEC_PER_SEC },
	{ "sec", USEC_PER_SEC },
	{ "second", USEC_PER_SEC },
	{ "seconds", USEC_PER_SEC },
	{ "m", MINUTE },
	{ "min", MINUTE },
	{ "minute", MINUTE },
	{ "minutes", MINUTE },
	{ "h", HOUR },
	{ "hr", HOUR },
	{ "hour", HOUR },
	{ "hours", HOUR },
	{ "d", DAY },
	{ "day", DAY },
	{ "days", DAY },
	{ "w", WEEK },
	{ "week", WEEK },
	{ "weeks", WEEK },
	{ "M", MONTH },
	{ "month", MONTH },
	{ "months", MONTH },
	{ "y", YEAR },
	{ "year", YEAR },
	{ "years", YEAR },
};

static const char *skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* The factor in ns of the unit at *text, which is passed; 0: no such unit. */
static uint64_t take_unit(const char **text, uint64_t default_nsec)
{
	size_t length = strcspn(*text, "0123456789.- \t\n");

	if (length == 0)
		return default_nsec;
	if (length == 2 && memcmp(*text, "ns", 2) == 0) {
		*text += length;
		return 1;
	}
	if (length == 4 && memcmp(*text, "nsec", 4) == 0) {
		*text += length;
		return 1;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strlen(units[i].name) == length && memcmp(*text, units[i].name, length) == 0) {
			*text += length;
			return units[i].usec * NSEC_PER_USEC;
		}
	return 0;
}

struct decimal {
	uint64_t whole;
	uint64_t fraction; /* of 10^digits */
	uint64_t scale;
};

static int take_decimal(const char **text, struct decimal *number)
{
	const char *c = *text;
	bool digits = false;

	*number = (struct decimal){ .scale = 1 };
	for (; isdigit((unsigned char)*c); c++, digits = true)
		if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
		    __builtin_add_overflow(number->whole, (uint64_t)(*c - '0'), &number->whole))
			return -ERANGE;
	if (*c == '.') {
		if (!isdigit((unsigned char)c[1]))
			return -EINVAL;
		for (c++; isdigit((unsigned char)*c); c++, digits = true) {
			if (number->scale >= UINT64_C(1000000000))
				continue; /* beyond what a microsecond can show */
			number->fraction = number->fraction * 10 + (uint64_t)(*c - '0');
			number->scale *= 10;
		}
	}
	*text = c;
	return digits ? 0 : -EINVAL;
}

static int parse(const char *text, wide default_nsec, wide *total)
{
	text = skip_space(text);
	if (!*text)
		return -EINVAL;
	*total = 0;
	while (*text) {
		struct decimal number;
		int r = take_decimal(&text, &number);
		if (r < 0)
			return r;
		text = skip_space(text);
		uint64_t factor = take_unit(&text, (uint64_t)default_nsec);
		if (!factor)
			return -EINVAL;
		*total += (wide)number.whole * factor;
		*total += (wide)number.fraction * factor / number.scale;
		if (*total >> 96)
			return -ERANGE;
		text = skip_space(text);
	}
	return 0;
}

static bool is_infinity(const char *text)
{
	text = skip_space(text);
	return strncmp(text, "infinity", 8) == 0 && !*skip_space(text + 8);
}

int time_span_parse(const char *text, usec default_unit, usec *span)
{
	wide nsec;

	if (is_infinity(text)) {
		*span = USEC_INFINITY;
		return 0;
	}
	int r = parse(text, (wide)default_unit * NSEC_PER_USEC, &nsec);
	if (r < 0)
		return r;
	nsec /= NSEC_PER_USEC;
	if (nsec >= USEC_INFINITY)
		return -ERANGE;
	*span = (usec)nsec;
	return 0;
}

int time_span_parse_nsec(const char *text, uint64_t *nsec)
{
	wide total;

	if (is_infinity(text)) {
		*nsec = UINT64_MAX;
		return 0;
	}
	int r = parse(text, 1, &total);
	if (r < 0)
		return r;
	if (total >= UINT64_MAX)
		return -ERANGE;
	*nsec = (uint64_t)total;
	return 0;
}

static size_t append(char *to, size_t size, size_t length, uint64_t count, const char *unit)
{
	int n = snprintf(to + length, size - length, "%s%" PRIu64 "%s", length ? " " : "", count, unit);

	return n < 0 || length + (size_t)n >= size ? length : length + (size_t)n;
}

const char *time_span_format(usec span, usec accuracy, char *to, size_t size)
{
	static const struct unit steps[] = {
		{ "y", YEAR },     { "month", MONTH },    { "w", WEEK },           { "d", DAY }, { "h", HOUR },
		{ "min", MINUTE }, { "s", USEC_PER_SEC }, { "ms", USEC_PER_MSEC }, { "us", 1 },
	};
	size_t length = 0;

	if (span == USEC_INFINITY) {
		snprintf(to, size, "infinity");
		return to;
	}
	snprintf(to, size, "0");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		uint64_t count = span / steps[i].usec;
		if (count == 0 || (length > 0 && steps[i].usec < accuracy))
			continue;
		length = append(to, size, length, count, steps[i].name);
		span %= steps[i].usec;
	}
	return to;
}
