#include "supervisor/core/timer.h"

#include <errno.h>
#include <stdlib.h>

#include "supervisor/core/job.h"
#include "supervisor/core/transaction.h"
#include "supervisor/core/trigger.h"
#include "supervisor/core/unit_state.h"

static const struct timer_definition *definition_of(const struct unit *unit)
{
	return unit->definition->timer;
}

static struct timer_state *state_of(const struct unit *unit)
{
	return unit->private->rare ? unit->private->rare->timer : NULL;
}

struct timer_state *timer_own_state(struct unit *unit)
{
	struct unit_rare *rare = unit_own_rare(unit);

	if (rare && !rare->timer)
		rare->timer = calloc(1, sizeof *rare->timer);
	return rare ? rare->timer : NULL;
}

static void fail(struct core *core, struct unit *unit, const char *why)
{
	unit_clear_failure(unit);
	unit_set_failure(unit, "%s", why);
	unit->result = RESULT_RESOURCES;
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_set_state(core, unit, SUB_FAILED);
}

/* Calendar events behind this are meant. */
static usec since(const struct core *core, const struct unit *unit)
{
	const struct unit *triggered = trigger_target(core, unit);
	usec last = state_of(unit)->last;

	if (last && definition_of(unit)->defer_reactivation && triggered && triggered->inactive_enter > last)
		return triggered->inactive_enter;
	return last ? last : unit->inactive_exit;
}

static void wait_for_moment(struct core *core, struct unit *unit, bool stepped)
{
	struct timer_state *state = state_of(unit);
	struct action action = { .kind = ACTION_TIMER_FACTS, .unit = unit->id };

	action.timer_facts.since = since(core, unit);
	action.timer_facts.first = state->first && state->last == 0;
	action.timer_facts.stepped = stepped;
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_set_state(core, unit, SUB_WAITING);
	if (unit->sub_state != SUB_WAITING)
		return;
	if (!state->asked)
		state->asked = core_push(core, &action);
	if (!state->asked)
		fail(core, unit, "out of memory");
}

void timer_start(struct core *core, struct unit *unit)
{
	struct timer_state *state = timer_own_state(unit);

	unit_adopt_definition(core, unit);
	unit_clear_failure(unit);
	unit->result = RESULT_SUCCESS;
	if (!state) {
		fail(core, unit, "out of memory");
		return;
	}
	if (!trigger_is_possible(core, unit))
		return;
	state->asked = false;
	state->first = true;
	state->last = 0;
	state->next = USEC_INFINITY;
	wait_for_moment(core, unit, false);
}

void timer_stop(struct core *core, struct unit *unit)
{
	if (state_of(unit))
		state_of(unit)->next = USEC_INFINITY;
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_set_state(core, unit, SUB_DEAD);
}

static uint64_t draw(struct core *core)
{
	core->random = core->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return core->random >> 16;
}

static usec latest(usec a, usec b)
{
	return a > b ? a : b;
}

/* What a line counts from; 0: that has not been yet. */
static usec base_of(const struct core *core, const struct unit *unit, enum timer_base base, const struct event *facts)
{
	const struct unit *triggered = trigger_target(core, unit);
	usec last = state_of(unit)->last;

	switch (base) {
	case TIMER_ON_ACTIVE:
		return unit->inactive_exit;
	case TIMER_ON_BOOT:
		return facts->timer_facts.boot;
	case TIMER_ON_STARTUP:
		return facts->timer_facts.startup;
	case TIMER_ON_UNIT_ACTIVE:
		return triggered ? latest(triggered->inactive_exit, last) : last;
	default:
		return triggered ? latest(triggered->inactive_enter, last) : last;
	}
}

/* Moments that come once are over when they are behind us, unless the timer has only just been started. */
static bool comes_once(enum timer_base base)
{
	return base == TIMER_ON_ACTIVE || base == TIMER_ON_BOOT || base == TIMER_ON_STARTUP;
}

static usec moment_of(const struct core *core, const struct unit *unit, const struct timer_line *line,
		      const struct event *facts)
{
	usec base, moment;

	if (line->base == TIMER_ON_CALENDAR)
		return USEC_INFINITY;
	base = base_of(core, unit, line->base, facts);
	if (base == 0 && !comes_once(line->base))
		return USEC_INFINITY;
	moment = usec_add(base, line->span);
	if (moment <= core->now && comes_once(line->base) && !state_of(unit)->first)
		return USEC_INFINITY;
	return moment;
}

static usec earliest_moment(const struct core *core, const struct unit *unit, const struct event *facts)
{
	const struct timer_definition *definition = definition_of(unit);
	usec next = facts->timer_facts.next;

	for (size_t i = 0; i < definition->line_count; i++) {
		usec moment = moment_of(core, unit, &definition->lines[i], facts);

		next = moment < next ? moment : next;
	}
	return next;
}

static usec delay_of(struct core *core, const struct timer_definition *definition, uint64_t fixed)
{
	usec delay = 0;

	if (definition->randomized_delay > 0)
		delay = (definition->fixed_random_delay ? fixed : draw(core)) % definition->randomized_delay;
	if (definition->randomized_offset > 0)
		delay += (fixed >> 1) % definition->randomized_offset;
	return delay;
}

static void no_moment_left(struct core *core, struct unit *unit)
{
	const struct unit *triggered = trigger_target(core, unit);

	if (definition_of(unit)->remain_after_elapse || unit->job_type != JOB_NONE ||
	    (triggered && !is_down(triggered))) {
		unit_set_state(core, unit, SUB_ELAPSED);
	} else {
		unit->wanted = false;
		timer_stop(core, unit);
	}
}

void timer_facts(struct core *core, struct unit *unit, const struct event *event)
{
	struct timer_state *state = state_of(unit);

	if (!state || !state->asked)
		return;
	state->asked = false;
	if (unit->sub_state != SUB_WAITING)
		return;
	if (event->timer_facts.stamp)
		state->stamp = event->timer_facts.stamp;
	state->next = earliest_moment(core, unit, event);
	state->first = false;
	if (state->next == USEC_INFINITY) {
		no_moment_left(core, unit);
		return;
	}
	state->next = usec_add(state->next, delay_of(core, definition_of(unit), event->timer_facts.random));
	unit_set_deadline(core, unit, state->next);
	unit_changed(core, unit);
	if (state->next <= core->now)
		timer_timeout(core, unit);
}

void timer_timeout(struct core *core, struct unit *unit)
{
	struct unit *triggered = trigger_target(core, unit);
	struct timer_state *state = state_of(unit);

	if (unit->sub_state != SUB_WAITING || !state)
		return;
	if (state->asked || core->shutdown.active || unit->job_type == JOB_STOP)
		return; /* counted anew, or not wanted any more */
	if (!triggered || transaction_automatic(core, triggered, JOB_START, JOB_MODE_REPLACE) < 0) {
		fail(core, unit, "what it triggers cannot be started");
		return;
	}
	triggered->trigger = unit->id;
	state->last = core->now;
	state->next = USEC_INFINITY;
	core_push(core, &(struct action){ .kind = ACTION_TIMER_ELAPSED, .unit = unit->id });
	unit_set_state(core, unit, SUB_RUNNING);
	timer_triggered_changed(core, unit, triggered);
}

static bool counts_from_triggered(const struct timer_definition *definition)
{
	for (size_t i = 0; i < definition->line_count; i++)
		if (definition->lines[i].base == TIMER_ON_UNIT_ACTIVE ||
		    definition->lines[i].base == TIMER_ON_UNIT_INACTIVE)
			return true;
	return false;
}

void timer_triggered_changed(struct core *core, struct unit *unit, const struct unit *triggered)
{
	bool over = is_down(triggered) && triggered->job_type == JOB_NONE;

	if (unit->sub_state == SUB_RUNNING && over)
		wait_for_moment(core, unit, false);
	else if ((unit->sub_state == SUB_WAITING || unit->sub_state == SUB_ELAPSED) &&
		 counts_from_triggered(definition_of(unit)))
		wait_for_moment(core, unit, false);
	else if (unit->sub_state == SUB_ELAPSED && over)
		no_moment_left(core, unit);
}

void timer_clock_changed(struct core *core, struct unit *unit, bool zone)
{
	const struct timer_definition *definition = definition_of(unit);
	struct timer_state *state = state_of(unit);

	if (!state || (unit->sub_state != SUB_WAITING && unit->sub_state != SUB_ELAPSED))
		return;
	if (zone ? definition->on_timezone_change : definition->on_clock_change) {
		state->asked = false;
		unit_set_state(core, unit, SUB_WAITING);
		timer_timeout(core, unit);
	} else {
		wait_for_moment(core, unit, !zone);
	}
}

void timer_refresh(struct core *core, struct unit *unit)
{
	const struct unit *triggered = trigger_target(core, unit);

	if (!timer_own_state(unit))
		fail(core, unit, "out of memory");
	else if (unit->sub_state == SUB_WAITING || unit->sub_state == SUB_ELAPSED)
		wait_for_moment(core, unit, false);
	else if (triggered)
		timer_triggered_changed(core, unit, triggered);
}

int core_timer(const struct core *core, unit_id id, struct timer_view *view)
{
	const struct unit *unit = core_at(core, id);
	const struct timer_state *state;

	if (!unit || unit->definition->type != UNIT_TIMER)
		return -EINVAL;
	state = state_of(unit);
	*view = (struct timer_view){ .next = unit->sub_state == SUB_WAITING && state ? state->next : USEC_INFINITY,
				     .last = state ? state->last : 0,
				     .stamp = state ? state->stamp : 0 };
	return 0;
}
