#include "ctl/words.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

char *words_span(char to[WORDS_MAX], usec span)
{
	size_t used = 0;
	unsigned parts = 0;
	usec rest = span;
	if (span == USEC_INFINITY)
		return strcpy(to, "infinity");
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
	return used ? to : strcpy(to, "0");
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
		return strcpy(to, "-");
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

char *words_signal(char to[WORDS_MAX], int number)
{
	const char *name = sigabbrev_np(number);
	if (name)
		snprintf(to, WORDS_MAX, "SIG%s", name);
	else if (number == SIGRTMIN)
		snprintf(to, WORDS_MAX, "SIGRTMIN");
	else if (number > SIGRTMIN && number <= SIGRTMAX)
		snprintf(to, WORDS_MAX, "SIGRTMIN+%d", number - SIGRTMIN);
	else
		snprintf(to, WORDS_MAX, "signal %d", number);
	return to;
}

static bool parse_number(const char *text, int *number)
{
	char *end;
	long value = strtol(text, &end, 10);
	if (end == text || *end || value < -1000 || value > 1000)
		return false;
	*number = (int)value;
	return true;
}

static int realtime_number(const char *text)
{
	int offset = 0;
	bool from_max = strncasecmp(text, "RTMAX", 5) == 0;
	if (!from_max && strncasecmp(text, "RTMIN", 5) != 0)
		return 0;
	if (text[5] && !(text[5] == (from_max ? '-' : '+') && parse_number(text + 5, &offset)))
		return 0;
	int number = (from_max ? SIGRTMAX : SIGRTMIN) + offset;
	return number >= SIGRTMIN && number <= SIGRTMAX ? number : 0;
}

int signal_number(const char *text)
{
	int number;
	if (parse_number(text, &number))
		return number > 0 && number <= SIGRTMAX ? number : 0;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (number = 1; number < SIGRTMIN; number++) {
		const char *name = sigabbrev_np(number);
		if (name && strcasecmp(name, text) == 0)
			return number;
	}
	return realtime_number(text);
}

static bool span_unit_length(const char *word, size_t length, usec *unit)
{
	static const struct {
		const char *word;
		usec length;
	} words[] = {
		{ "", USEC_PER_SEC },
		{ "s", USEC_PER_SEC },
		{ "sec", USEC_PER_SEC },
		{ "second", USEC_PER_SEC },
		{ "seconds", USEC_PER_SEC },
		{ "us", 1 },
		{ "usec", 1 },
		{ "ms", USEC_PER_MSEC },
		{ "msec", USEC_PER_MSEC },
		{ "m", 60 * USEC_PER_SEC },
		{ "min", 60 * USEC_PER_SEC },
		{ "minute", 60 * USEC_PER_SEC },
		{ "minutes", 60 * USEC_PER_SEC },
		{ "h", 3600 * USEC_PER_SEC },
		{ "hr", 3600 * USEC_PER_SEC },
		{ "hour", 3600 * USEC_PER_SEC },
		{ "hours", 3600 * USEC_PER_SEC },
		{ "d", 86400 * USEC_PER_SEC },
		{ "day", 86400 * USEC_PER_SEC },
		{ "days", 86400 * USEC_PER_SEC },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == length && strncmp(words[i].word, word, length) == 0) {
			*unit = words[i].length;
			return true;
		}
	return false;
}

/* Takes "1.5min" from the front; NULL if that is none. */
static const char *take_span(const char *text, usec *sum)
{
	char *end;
	usec unit;
	double amount = strtod(text, &end);
	const char *word = end + strspn(end, " ");
	size_t length = strcspn(word, " 0123456789.");
	if (end == text || strspn(text, "0123456789.") != (size_t)(end - text) ||
	    !span_unit_length(word, length, &unit))
		return NULL;
	double product = amount * (double)unit;
	*sum = product < 9e18 ? usec_add(*sum, (usec)product) : USEC_INFINITY;
	word += length;
	return word + strspn(word, " ");
}

bool span_parse(const char *text, usec *span)
{
	usec sum = 0;
	if (strcmp(text, "infinity") == 0) {
		*span = USEC_INFINITY;
		return true;
	}
	text += strspn(text, " ");
	if (!*text)
		return false;
	while (*text)
		if (!(text = take_span(text, &sum)))
			return false;
	*span = sum;
	return true;
}
