#include "supervisor/core/socket.h"

#include <string.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/transaction.h"
#include "supervisor/core/trigger.h"
#include "supervisor/core/unit_state.h"

static void watch(struct core *core, const struct unit *unit)
{
	struct action action = { .kind = ACTION_WATCH_SOCKETS, .unit = unit->id };

	action.watch_sockets.on = unit->sub_state == SUB_LISTENING;
	if (!core_push(core, &action))
		core_retry(core);
}

static void close_all(struct core *core, const struct unit *unit)
{
	core_push(core, &(struct action){ .kind = ACTION_CLOSE_SOCKETS, .unit = unit->id });
}

static void fail(struct core *core, struct unit *unit, enum unit_result result, const char *why)
{
	unit_set_failure(unit, "%s", why);
	unit->result = (uint8_t)result;
	close_all(core, unit);
	core_record(core, unit, RECORD_WARNING, "failed: %s (%s)", unit->failure ? unit->failure : why,
		    unit_result_name(result));
	unit_set_state(core, unit, SUB_FAILED);
}

static void listen(struct core *core, struct unit *unit)
{
	unit_set_state(core, unit, SUB_LISTENING);
	watch(core, unit);
}

static void run(struct core *core, struct unit *unit)
{
	unit_set_state(core, unit, SUB_RUNNING);
	watch(core, unit);
}

static bool open_all(struct core *core, const struct unit *unit)
{
	return core_push(core, &(struct action){ .kind = ACTION_OPEN_SOCKETS, .unit = unit->id });
}

void socket_start(struct core *core, struct unit *unit)
{
	const struct unit *triggered;

	unit_adopt_definition(core, unit);
	unit_clear_failure(unit);
	unit->result = RESULT_SUCCESS;
	triggered = trigger_target(core, unit);
	if (!trigger_is_possible(core, unit))
		return;
	if (!is_down(triggered)) {
		unit_set_failure(unit, "%s, which it triggers, runs already: stop it first",
				 triggered->definition->name);
		job_finish(core, unit, JOB_FAILED, unit->failure);
		return;
	}
	unit_set_state(core, unit, SUB_START_CHOWN);
	if (!open_all(core, unit))
		fail(core, unit, RESULT_RESOURCES, "out of memory");
}

void socket_opened(struct core *core, struct unit *unit, const struct event *event)
{
	if (event->sockets.error && !is_down(unit))
		fail(core, unit, RESULT_RESOURCES, event->sockets.text);
	else if (unit->sub_state == SUB_START_CHOWN)
		listen(core, unit);
	else if (is_up(unit))
		watch(core, unit); /* taken over */
}

void socket_stop(struct core *core, struct unit *unit)
{
	if (!is_down(unit))
		close_all(core, unit);
	unit_set_state(core, unit, SUB_DEAD);
}

void socket_ready(struct core *core, struct unit *unit)
{
	const struct socket_definition *definition = unit->definition->socket;
	struct unit *triggered = trigger_target(core, unit);

	if (unit->sub_state != SUB_LISTENING || core->shutdown.active || unit->job_type == JOB_STOP)
		return;
	if (!start_limit_take(&unit->private->start_limit, definition->trigger_limit_interval,
			      definition->trigger_limit_burst, core->now)) {
		fail(core, unit, RESULT_TRIGGER_LIMIT_HIT,
		     "it was triggered too often: TriggerLimitBurst= in TriggerLimitIntervalSec=");
		return;
	}
	if (!triggered || transaction_automatic(core, triggered, JOB_START, JOB_MODE_REPLACE) < 0) {
		fail(core, unit, RESULT_RESOURCES, "what it triggers cannot be started");
		return;
	}
	triggered->trigger = unit->id;
	run(core, unit);
	socket_triggered_changed(core, unit, triggered);
}

void socket_triggered_changed(struct core *core, struct unit *unit, const struct unit *triggered)
{
	bool over = is_down(triggered) && triggered->job_type == JOB_NONE;

	if (unit->sub_state == SUB_RUNNING && over && triggered->result == RESULT_START_LIMIT_HIT)
		fail(core, unit, RESULT_SERVICE_START_LIMIT_HIT, "its service was started too often");
	else if (unit->sub_state == SUB_RUNNING && over)
		listen(core, unit);
	else if (unit->sub_state == SUB_LISTENING && !is_down(triggered))
		run(core, unit);
}

void socket_resume(struct core *core, struct unit *unit)
{
	if (!open_all(core, unit))
		fail(core, unit, RESULT_RESOURCES, "out of memory");
}
