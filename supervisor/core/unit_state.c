#include "supervisor/core/unit_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/idle_wait.h"
#include "supervisor/core/job.h"

static const uint8_t active_of[] = {
	[SUB_DEAD] = ACTIVE_STATE_INACTIVE,
	[SUB_CONDITION] = ACTIVE_STATE_ACTIVATING,
	[SUB_START_PRE] = ACTIVE_STATE_ACTIVATING,
	[SUB_START] = ACTIVE_STATE_ACTIVATING,
	[SUB_START_POST] = ACTIVE_STATE_ACTIVATING,
	[SUB_RUNNING] = ACTIVE_STATE_ACTIVE,
	[SUB_EXITED] = ACTIVE_STATE_ACTIVE,
	[SUB_RELOAD] = ACTIVE_STATE_RELOADING,
	[SUB_RELOAD_SIGNAL] = ACTIVE_STATE_RELOADING,
	[SUB_RELOAD_NOTIFY] = ACTIVE_STATE_RELOADING,
	[SUB_STOP] = ACTIVE_STATE_DEACTIVATING,
	[SUB_STOP_WATCHDOG] = ACTIVE_STATE_DEACTIVATING,
	[SUB_STOP_SIGTERM] = ACTIVE_STATE_DEACTIVATING,
	[SUB_STOP_SIGKILL] = ACTIVE_STATE_DEACTIVATING,
	[SUB_STOP_POST] = ACTIVE_STATE_DEACTIVATING,
	[SUB_FINAL_WATCHDOG] = ACTIVE_STATE_DEACTIVATING,
	[SUB_FINAL_SIGTERM] = ACTIVE_STATE_DEACTIVATING,
	[SUB_FINAL_SIGKILL] = ACTIVE_STATE_DEACTIVATING,
	[SUB_FAILED] = ACTIVE_STATE_FAILED,
	[SUB_DEAD_BEFORE_AUTO_RESTART] = ACTIVE_STATE_INACTIVE,
	[SUB_FAILED_BEFORE_AUTO_RESTART] = ACTIVE_STATE_FAILED,
	[SUB_AUTO_RESTART] = ACTIVE_STATE_ACTIVATING,
	[SUB_AUTO_RESTART_QUEUED] = ACTIVE_STATE_ACTIVATING,
	[SUB_CLEANING] = ACTIVE_STATE_MAINTENANCE,
	[SUB_ACTIVE] = ACTIVE_STATE_ACTIVE,
	[SUB_WAITING] = ACTIVE_STATE_ACTIVE,
	[SUB_ELAPSED] = ACTIVE_STATE_ACTIVE,
	[SUB_START_CHOWN] = ACTIVE_STATE_ACTIVATING,
	[SUB_LISTENING] = ACTIVE_STATE_ACTIVE,
};
_Static_assert(sizeof active_of == SUB_STATE_COUNT, "an active state for each sub-state");

enum active_state unit_active_state_of(enum sub_state state)
{
	return (enum active_state)active_of[state];
}

static bool down(unsigned active)
{
	return active == ACTIVE_STATE_INACTIVE || active == ACTIVE_STATE_FAILED;
}

static bool up(unsigned active)
{
	return active == ACTIVE_STATE_ACTIVE || active == ACTIVE_STATE_RELOADING;
}

/* As in systemd's D-Bus interface: when it last entered and left "active" and "inactive or failed". */
static void stamp(struct unit *unit, unsigned before, unsigned after, usec now)
{
	unit->state_change = now;
	if (down(before) && !down(after))
		unit->inactive_exit = now;
	else if (!down(before) && down(after))
		unit->inactive_enter = now;
	if (!up(before) && up(after))
		unit->active_enter = now;
	else if (up(before) && !up(after))
		unit->active_exit = now;
}

static unsigned effects_of(const struct unit *unit, unsigned before, unsigned after)
{
	unsigned effects = 0;

	if (!up(before) && up(after))
		effects |= EFFECT_UP | EFFECT_UNNEEDED;
	if (!down(before) && down(after))
		effects |= EFFECT_DOWN;
	if (before != ACTIVE_STATE_FAILED && after == ACTIVE_STATE_FAILED)
		effects |= EFFECT_FAILED;
	if (!down(before) && after == ACTIVE_STATE_INACTIVE && unit->result == RESULT_SUCCESS)
		effects |= EFFECT_SUCCEEDED;
	if (effects & EFFECT_DOWN && !unit->private->will_restart)
		effects |= EFFECT_FINAL;
	return effects;
}

void unit_count_up(struct core *core, struct unit *unit)
{
	bool counts = !is_down(unit);

	if (counts != unit->private->counted_up)
		core->up_count += counts ? 1 : UINT32_MAX;
	unit->private->counted_up = counts;
}

void unit_set_state(struct core *core, struct unit *unit, enum sub_state state)
{
	unsigned before = unit->active_state;
	unsigned after = active_of[state];

	if (unit->sub_state == state)
		return;
	unit->sub_state = (uint8_t)state;
	unit->active_state = (uint8_t)after;
	idle_wait_leave(core, unit);
	idle_wait_recount(core, unit);
	if (before != after) {
		stamp(unit, before, after, core->now);
		unit_count_up(core, unit);
		if (is_down(unit) && !unit->private->will_restart)
			unit->trigger = UNIT_ID_NONE;
		unit_queue_effect(core, unit, effects_of(unit, before, after));
		unit_tell_triggers(core, unit);
	}
	unit_rearm(core, unit);
	unit_changed(core, unit);
	job_check(core, unit);
}

void unit_changed(struct core *core, struct unit *unit)
{
	unit_touch(core, unit);
	if (unit->private->changed_step == core->step)
		return; /* said already; who looks sees what the step has come to */
	unit->private->changed_step = core->step;
	core_push(core, &(struct action){ .kind = ACTION_UNIT_CHANGED, .unit = unit->id });
}

static usec watchdog_deadline(const struct unit *unit)
{
	switch (unit->sub_state) {
	case SUB_START_POST:
	case SUB_RUNNING:
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		break;
	default:
		return USEC_INFINITY;
	}
	if (unit->watchdog == 0 || unit->watchdog_last == 0)
		return USEC_INFINITY;
	return usec_add(unit->watchdog_last, unit->watchdog);
}

static usec earlier(usec a, usec b)
{
	return a < b ? a : b;
}

void unit_rearm(struct core *core, struct unit *unit)
{
	const struct unit_private *private = unit->private;
	usec when = earlier(private->state_deadline, watchdog_deadline(unit));

	unit_touch(core, unit);
	if (private->rare)
		when = earlier(when, earlier(private->rare->job_queued_deadline, private->rare->job_running_deadline));
	deadline_heap_set(&core->heap, unit->id, when);
}

void unit_set_deadline(struct core *core, struct unit *unit, usec when)
{
	if (unit->private->state_deadline == when)
		return;
	unit->private->state_deadline = when;
	unit_rearm(core, unit);
}

void unit_set_failure(struct unit *unit, const char *format, ...)
{
	char text[ACTION_TEXT_MAX];
	va_list arguments;

	if (unit->failure)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	unit->failure = strdup(text);
}

void unit_clear_failure(struct unit *unit)
{
	free(unit->failure);
	unit->failure = NULL;
}

void unit_queue_effect(struct core *core, struct unit *unit, unsigned effects)
{
	struct unit_private *private = unit->private;

	private->effects |= (uint8_t)effects;
	unit_touch(core, unit);
	if (effects == 0 || private->effect_queued)
		return;
	private->effect_queued = true;
	private->effect_next = UNIT_ID_NONE;
	if (core->effect_head == UNIT_ID_NONE)
		core->effect_head = unit->id;
	else
		core_at(core, core->effect_tail)->private->effect_next = unit->id;
	core->effect_tail = unit->id;
}

void unit_tell_triggers(struct core *core, struct unit *unit)
{
	struct edge_range range = edges_of(unit, EDGE_INVERSE(DEPENDENCY_TRIGGERS));

	if (range.at < range.end)
		unit_queue_effect(core, unit, EFFECT_TRIGGERS);
}

struct unit_rare *unit_own_rare(struct unit *unit)
{
	struct unit_rare *rare = unit->private->rare;

	if (rare)
		return rare;
	rare = calloc(1, sizeof *rare);
	if (!rare)
		return NULL;
	rare->job_queued_deadline = USEC_INFINITY;
	rare->job_running_deadline = USEC_INFINITY;
	unit->private->rare = rare;
	return rare;
}

bool unit_is_quiet(const struct unit *unit)
{
	const struct unit_private *private = unit->private;

	return is_down(unit) && unit->main_pid == 0 && unit->control_pid == 0 && !private->spawning &&
	       !private->checking && !private->finding_main;
}

void unit_adopt_definition(struct core *core, struct unit *unit)
{
	if (!unit->next_definition)
		return;
	if (unit->definition->load_state == LOAD_STATE_STUB)
		core->table.stub_count--;
	unit_definition_release(unit->definition);
	unit->definition = unit->next_definition;
	unit->next_definition = NULL;
}
