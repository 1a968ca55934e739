/* The values of [Timer]: systemd.timer(5). */
#include <errno.h>
#include <stdlib.h>

#include "common/calendar.h"
#include "common/time_span.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"

enum { TIMER_LINES_MAX = 1024 };

/* An empty value takes back what any of the keys said before. */
static int clear_lines(struct timer_definition *timer)
{
	for (size_t i = 0; i < timer->line_count; i++)
		calendar_free(timer->lines[i].calendar);
	free(timer->lines);
	timer->lines = NULL;
	timer->line_count = 0;
	return 0;
}

static int add_line(struct unit_load *load, const struct key *key, const struct timer_line *line)
{
	struct timer_definition *timer = load->definition->timer;
	struct timer_line *lines;

	if (timer->line_count >= TIMER_LINES_MAX) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= left out: a timer has at most %d moments", key->name,
			    TIMER_LINES_MAX);
		calendar_free(line->calendar);
		return 0;
	}
	lines = reallocarray(timer->lines, timer->line_count + 1, sizeof *lines);
	if (!lines) {
		calendar_free(line->calendar);
		return -ENOMEM;
	}
	timer->lines = lines;
	lines[timer->line_count++] = *line;
	return 0;
}

int read_timer_span(struct unit_load *load, const struct key *key, char *value)
{
	struct timer_line line = { .base = (enum timer_base)key->data_count };
	char *text = NULL;
	int r;

	if (!*value)
		return clear_lines(load->definition->timer);
	r = specifiers_resolve(&load->specifiers, value, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = time_span_parse(text, USEC_PER_SEC, &line.span);
	free(text);
	if (r == 0)
		return add_line(load, key, &line);
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a time span (such as 15min), left out", key->name,
		    value);
	return 0;
}

int read_calendar(struct unit_load *load, const struct key *key, char *value)
{
	struct timer_line line = { .base = TIMER_ON_CALENDAR };
	struct cause cause = { 0 };
	char *text = NULL;
	int r;

	if (!*value)
		return clear_lines(load->definition->timer);
	r = specifiers_resolve(&load->specifiers, value, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = calendar_parse(text, &line.calendar, &cause);
	free(text);
	if (r == 0)
		return add_line(load, key, &line);
	if (r == -ENOMEM)
		return r;
	load_report(load, DIAGNOSTIC_WARNING, "%s=%s, left out", key->name, cause.text);
	return 0;
}
