/* The properties of timers: systemd.timer(5), org.freedesktop.systemd1(5). */
#include <stdlib.h>

#include "common/calendar.h"
#include "supervisor/unit_property.h"

#define TIMER(field) offsetof(struct timer_definition, field)

static const char *const monotonic_names[TIMER_BASE_COUNT] = {
	[TIMER_ON_ACTIVE] = "OnActiveUSec",
	[TIMER_ON_BOOT] = "OnBootUSec",
	[TIMER_ON_STARTUP] = "OnStartupUSec",
	[TIMER_ON_UNIT_ACTIVE] = "OnUnitActiveUSec",
	[TIMER_ON_UNIT_INACTIVE] = "OnUnitInactiveUSec",
};

static struct timer_view look(const struct property_view *view)
{
	struct timer_view timer = { .next = USEC_INFINITY };

	core_timer(view->manager->core, view->unit->id, &timer);
	return timer;
}

static void write_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, *(const bool *)((const char *)view->definition->timer + offset));
}

static void write_span(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, *(const usec *)((const char *)view->definition->timer + offset));
}

static void write_calendar(struct property_view *view, const struct calendar *calendar)
{
	char *text = calendar_format(calendar);

	write_begin_object(view->to);
	write_key_string(view->to, "OnCalendar", text);
	write_end_object(view->to);
	free(text);
}

static void write_span_line(struct property_view *view, const struct timer_line *line)
{
	write_begin_object(view->to);
	write_key(view->to, monotonic_names[line->base]);
	write_usec(view->to, line->span);
	write_end_object(view->to);
}

static void write_lines(struct property_view *view, uint64_t calendars)
{
	const struct timer_definition *timer = view->definition->timer;

	write_begin_array(view->to);
	for (size_t i = 0; i < timer->line_count; i++) {
		const struct timer_line *line = &timer->lines[i];

		if (calendars && line->base == TIMER_ON_CALENDAR)
			write_calendar(view, line->calendar);
		else if (!calendars && line->base != TIMER_ON_CALENDAR)
			write_span_line(view, line);
	}
	write_end_array(view->to);
}

static void write_next(struct property_view *view, uint64_t argument)
{
	(void)argument;
	unit_write_time(view->to, view->manager, look(view).next);
}

static void write_next_monotonic(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_usec(view->to, look(view).next);
}

static void write_last(struct property_view *view, uint64_t argument)
{
	struct timer_view timer = look(view);

	(void)argument;
	if (timer.last == 0 && timer.stamp != 0)
		write_usec(view->to, timer.stamp);
	else
		unit_write_time(view->to, view->manager, timer.last);
}

static void write_last_monotonic(struct property_view *view, uint64_t argument)
{
	usec last = look(view).last;

	(void)argument;
	write_usec(view->to, last ? last : USEC_INFINITY);
}

static bool find_triggered(void *context, const struct edge_view *edge)
{
	unit_id *found = context;

	if (edge->kind == DEPENDENCY_TRIGGERS && !edge->inverse)
		*found = edge->other;
	return *found == UNIT_ID_NONE;
}

static void write_triggered(struct property_view *view, uint64_t argument)
{
	unit_id found = UNIT_ID_NONE;
	const struct unit *triggered;

	(void)argument;
	core_each_edge(view->manager->core, view->unit->id, find_triggered, &found);
	triggered = core_unit(view->manager->core, found);
	write_string(view->to, triggered ? triggered->definition->name : NULL);
}

static void write_result(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, unit_result_name((enum unit_result)view->unit->result));
}

const struct property_row timer_property_rows[] = {
	{ "Unit", write_triggered, 0 },
	{ "Result", write_result, 0 },
	{ "TimersMonotonic", write_lines, false },
	{ "TimersCalendar", write_lines, true },
	{ "NextElapseUSecRealtime", write_next, 0 },
	{ "NextElapseUSecMonotonic", write_next_monotonic, 0 },
	{ "LastTriggerUSec", write_last, 0 },
	{ "LastTriggerUSecMonotonic", write_last_monotonic, 0 },
	{ "AccuracyUSec", write_span, TIMER(accuracy) },
	{ "RandomizedDelayUSec", write_span, TIMER(randomized_delay) },
	{ "RandomizedOffsetUSec", write_span, TIMER(randomized_offset) },
	{ "FixedRandomDelay", write_flag, TIMER(fixed_random_delay) },
	{ "OnClockChange", write_flag, TIMER(on_clock_change) },
	{ "OnTimezoneChange", write_flag, TIMER(on_timezone_change) },
	{ "Persistent", write_flag, TIMER(persistent) },
	{ "WakeSystem", write_flag, TIMER(wake_system) },
	{ "RemainAfterElapse", write_flag, TIMER(remain_after_elapse) },
	{ "DeferReactivation", write_flag, TIMER(defer_reactivation) },
	{ 0 },
};
