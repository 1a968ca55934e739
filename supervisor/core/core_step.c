/* One event: it is given to the unit it concerns, and everything that follows from it is done before the step ends. */
#include "supervisor/core/idle_wait.h"
#include "supervisor/core/job.h"
#include "supervisor/core/request.h"
#include "supervisor/core/service.h"
#include "supervisor/core/shutdown_plan.h"
#include "supervisor/core/socket.h"
#include "supervisor/core/timer.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"

static struct unit *take_effect(struct core *core)
{
	struct unit *unit;

	if (core->effect_head == UNIT_ID_NONE)
		return NULL;
	unit = core_at(core, core->effect_head);
	unit_touch(core, unit);
	core->effect_head = unit->private->effect_next;
	unit->private->effect_queued = false;
	return unit;
}

/* Effects before jobs: what must go down because of what has happened is known before anything new is started. */
static void settle(struct core *core)
{
	unsigned budget = STEP_BUDGET;
	struct unit *unit;

	core->unsettled = false;
	for (; budget > 0; budget--) {
		if ((unit = take_effect(core)) != NULL)
			unit_run_effects(core, unit);
		else if ((unit = job_take_runnable(core)) != NULL)
			job_run(core, unit);
		else if ((unit = idle_wait_take(core)) != NULL)
			service_idle_over(core, unit);
		else
			break;
	}
	core->unsettled = budget == 0;
	if (!core->unsettled)
		shutdown_continue(core);
}

static void answer_lost(struct core *core)
{
	uint32_t count = core->lost_count;

	core->lost_count = 0;
	for (uint32_t i = 0; i < count; i++)
		core_answer(core, core->lost[i].unit, core->lost[i].request, core->lost[i].job, core->lost[i].result,
			    NULL);
}

static void job_timed_out(struct core *core, struct unit *unit)
{
	const struct unit_options *options = options_of(unit);

	core_record(core, unit, RECORD_WARNING, "%s job timed out", job_type_name((enum job_type)unit->job_type));
	unit->private->rare->job_queued_deadline = USEC_INFINITY;
	unit->private->rare->job_running_deadline = USEC_INFINITY;
	unit_rearm(core, unit);
	if (core->shutdown.active) {
		job_stop_waiting(core, unit); /* it must go down; only its turn need not be waited for */
		return;
	}
	if (unit->job_type != JOB_STOP && (is_down(unit) || unit->sub_state == SUB_AUTO_RESTART_QUEUED))
		unit_set_failure(unit, "not started in time: JobTimeoutSec= or JobRunningTimeoutSec= is over");
	job_finish(core, unit, JOB_TIMEOUT, "JobTimeoutSec= or JobRunningTimeoutSec= is over");
	shutdown_emergency(core, unit, options->job_timeout_action, options->failure_action_exit_status);
}

static bool job_is_due(const struct core *core, const struct unit *unit)
{
	const struct unit_rare *rare = unit->private->rare;

	return rare && unit->job_type != JOB_NONE &&
	       (rare->job_queued_deadline <= core->now || rare->job_running_deadline <= core->now);
}

static void state_is_due(struct core *core, struct unit *unit)
{
	bool stale = unit->private->stale;

	unit->private->stale = false;
	unit_set_deadline(core, unit, USEC_INFINITY);
	if (is_down(unit))
		unit_retry_uphold(core, unit);
	else if (stale)
		unit_machine(unit)->refresh(core, unit);
	else if (unit_machine(unit)->timeout)
		unit_machine(unit)->timeout(core, unit);
}

static void unit_is_due(struct core *core, struct unit *unit)
{
	if (job_is_due(core, unit)) {
		job_timed_out(core, unit);
	} else if (unit->private->state_deadline <= core->now) {
		state_is_due(core, unit);
	} else {
		unit->watchdog_last = 0;
		unit_rearm(core, unit);
		service_watchdog_timeout(core, unit);
	}
}

static void deadlines(struct core *core)
{
	uint32_t id;
	usec when;

	for (unsigned budget = STEP_BUDGET; budget > 0; budget--) {
		if (!deadline_heap_first(&core->heap, &id, &when) || when > core->now)
			return;
		unit_is_due(core, core_at(core, id));
	}
}

static void ignore(struct core *core, const struct unit *unit, const char *what)
{
	core_record(core, unit, RECORD_DEBUG, "ignored: %s, which does not fit state %s", what,
		    sub_state_name((enum sub_state)unit->sub_state));
}

static void spawn_answered(struct core *core, struct unit *unit, const struct event *event)
{
	bool failed = event->kind == EVENT_SPAWN_FAILED;
	enum process_role role = failed ? event->spawn_failed.role : event->spawned.role;

	if (role >= ROLE_COUNT || unit->private->spawning != role + 1)
		ignore(core, unit, "an answer to a start of a process");
	else if (failed)
		service_spawn_failed(core, unit, event);
	else if (event->spawned.pid <= 0)
		ignore(core, unit, "a process without a number");
	else
		service_spawned(core, unit, event);
}

static void service_event(struct core *core, struct unit *unit, const struct event *event)
{
	switch (event->kind) {
	case EVENT_SPAWNED:
	case EVENT_SPAWN_FAILED:
		spawn_answered(core, unit, event);
		break;
	case EVENT_EXITED:
		if (event->exited.role < ROLE_COUNT)
			service_exited(core, unit, event);
		job_queue_run(core, unit);
		break;
	case EVENT_EMPTY:
		service_empty(core, unit);
		break;
	case EVENT_NOTIFY:
		service_notify(core, unit, event);
		break;
	case EVENT_MAIN_PROCESS:
		service_main_process(core, unit, event);
		break;
	case EVENT_OOM_KILLED:
		service_oom_killed(core, unit);
		break;
	case EVENT_SIGNAL_FAILED:
		service_signal_failed(core, unit);
		break;
	default:
		ignore(core, unit, "an unknown event");
		break;
	}
}

/* Among a million units each is cold: its lines are fetched side by side, not one after the other. */
static void fetch(const struct unit *unit)
{
	enum { LINE = 64 };

	if (!unit)
		return;
	for (size_t at = 0; at < sizeof(struct unit_slot); at += LINE)
		__builtin_prefetch((const char *)unit + at, 1);
}

static void unit_event(struct core *core, const struct event *event)
{
	struct unit *unit = core_at(core, event->unit);

	if (!unit) {
		core_record(core, NULL, RECORD_DEBUG, "ignored: an event for a unit that is not there");
	} else if (event->kind == EVENT_CONDITIONS) {
		if (unit->private->checking)
			job_conditions(core, unit, event->conditions.outcome, event->conditions.failed);
		else
			ignore(core, unit, "an answer about conditions");
	} else if (event->kind == EVENT_TIMER_FACTS && unit->definition->type == UNIT_TIMER) {
		timer_facts(core, unit, event);
	} else if (event->kind == EVENT_SOCKETS && unit->definition->type == UNIT_SOCKET) {
		socket_opened(core, unit, event);
	} else if (event->kind == EVENT_CONNECTION && unit->definition->type == UNIT_SOCKET) {
		socket_ready(core, unit);
	} else if (unit->definition->type != UNIT_SERVICE || !unit->definition->service) {
		ignore(core, unit, "an event of a process");
	} else {
		service_event(core, unit, event);
	}
}

static void clock_changed(struct core *core, const struct event *event)
{
	for (unit_id id = 0; id < core->table.count; id++) {
		struct unit *unit = core_at(core, id);

		if (unit && unit->definition->type == UNIT_TIMER)
			timer_clock_changed(core, unit, event->clock.zone);
	}
}

void core_step(struct core *core, const struct event *event, usec now, struct action_queue *actions)
{
	core->now = now;
	core->actions = actions;
	core->step++;
	fetch(core_at(core, event->unit));
	touch_list_add(&core->touched, event->unit);
	if (core->retry <= now)
		core->retry = 0;
	answer_lost(core);
	if (event->kind == EVENT_REQUEST)
		request_take(core, event);
	else if (event->kind == EVENT_CLOCK)
		clock_changed(core, event);
	else if (event->kind != EVENT_DEADLINE)
		unit_event(core, event);
	else
		deadlines(core);
	if (event->kind != EVENT_REQUEST || !event->request.more)
		settle(core);
	else
		core->unsettled = true; /* if the others never come, the next EVENT_DEADLINE goes on */
	core->actions = NULL;
}
