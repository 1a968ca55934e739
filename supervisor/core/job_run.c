/* A job meets its unit: what it does to it, and what the unit's changes of state do to the job. */
#include <stdio.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/idle_wait.h"
#include "supervisor/core/job.h"
#include "supervisor/core/service.h"
#include "supervisor/core/shutdown_plan.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"

static void wait_again(struct core *core, struct unit *unit)
{
	unit->job_state = JOB_WAITING;
	unit_touch(core, unit);
	idle_wait_recount(core, unit);
}

/* BindsTo= with After=: the other must be up at this moment. */
static const struct unit *missing_bond(const struct core *core, const struct unit *unit)
{
	for (struct edge_range range = edges_of(unit, EDGE(DEPENDENCY_BINDS_TO)); range.at < range.end; range.at++) {
		const struct unit *other = core_at(core, edge_other(*range.at));

		if (!is_up(other) && !other->definition->left_out && has_edge(unit, EDGE_AFTER, other->id))
			return other;
	}
	return NULL;
}

static void end_for_bond(struct core *core, struct unit *unit, const struct unit *other)
{
	unit_clear_failure(unit);
	unit_set_failure(unit, "%s, to which it is bound, is not up", other->definition->name);
	unit_set_blocked(core, unit, other->id);
	job_finish(core, unit, JOB_DEPENDENCY, unit->failure);
}

static void end_unloaded(struct core *core, struct unit *unit)
{
	const struct unit_definition *definition = newest_definition(unit);
	char text[ACTION_TEXT_MAX];

	snprintf(text, sizeof text, "%s%s%s", load_state_name(definition->load_state),
		 definition->load_error ? ": " : "", definition->load_error ? definition->load_error : "");
	job_finish(core, unit, JOB_INVALID, text);
}

static void end_at_limit(struct core *core, struct unit *unit)
{
	const struct unit_options *options = options_of(unit);

	job_finish(core, unit, JOB_FAILED, unit->failure);
	unit_plan_uphold(core, unit);
	shutdown_emergency(core, unit, options->start_limit_action, options->failure_action_exit_status);
}

/* Past the conditions. */
static void start_now(struct core *core, struct unit *unit)
{
	if (unit->definition->type == UNIT_SERVICE && !service_may_start(core, unit)) {
		end_at_limit(core, unit);
		return;
	}
	unit_set_blocked(core, unit, UNIT_ID_NONE);
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_machine(unit)->start(core, unit);
}

static void check_conditions(struct core *core, struct unit *unit)
{
	if (unit->private->checking)
		return; /* asked already; the answer serves */
	unit->private->checking =
		core_push(core, &(struct action){ .kind = ACTION_CHECK_CONDITIONS, .unit = unit->id });
	if (unit->private->checking)
		return;
	unit_clear_failure(unit);
	unit_set_failure(unit, "out of memory");
	job_finish(core, unit, JOB_FAILED, "out of memory");
}

/* While the question was out, something may have been queued that goes first; then it is asked again later. */
static void start_in_turn(struct core *core, struct unit *unit)
{
	if (unit->private->waiting > 0 && !unit->private->ignore_order)
		wait_again(core, unit);
	else
		start_now(core, unit);
}

void job_conditions(struct core *core, struct unit *unit, enum conditions_outcome outcome, const char *failed)
{
	char text[ACTION_TEXT_MAX];

	unit->private->checking = false;
	unit->condition_time = core->now;
	unit->condition_result = outcome != CONDITIONS_SKIP;
	unit->assert_result = outcome != CONDITIONS_ASSERT_FAILED;
	if (unit->job_type != JOB_START || unit->job_state != JOB_RUNNING || !is_down(unit))
		return; /* nobody asks any more */
	if (outcome == CONDITIONS_HOLD) {
		start_in_turn(core, unit);
		return;
	}
	snprintf(text, sizeof text, "%s does not hold", failed ? failed : "a condition");
	core_record(core, unit, outcome == CONDITIONS_SKIP ? RECORD_INFO : RECORD_WARNING, "not started: %s", text);
	unit_clear_failure(unit);
	unit_set_failure(unit, "%s", text);
	if (outcome == CONDITIONS_SKIP) {
		unit->wanted = false;
		unit_set_blocked(core, unit, UNIT_ID_NONE);
	}
	unit_changed(core, unit);
	job_finish(core, unit, outcome == CONDITIONS_SKIP ? JOB_SKIPPED : JOB_ASSERT, text);
}

static bool has_left_processes(const struct unit *unit)
{
	return is_down(unit) && (unit->main_pid != 0 || unit->control_pid != 0);
}

static void begin_start(struct core *core, struct unit *unit)
{
	if (has_left_processes(unit)) {
		unit_clear_failure(unit);
		unit_set_failure(unit, "a process of its last run is still alive");
		job_finish(core, unit, JOB_FAILED, "a process of its last run is still alive");
		return;
	}
	if (is_down(unit) && options_of(unit)->condition_count > 0)
		check_conditions(core, unit);
	else
		start_now(core, unit);
}

static void run_start(struct core *core, struct unit *unit)
{
	const struct unit *bond;

	if (is_up(unit)) {
		job_finish(core, unit, JOB_DONE, NULL);
	} else if (unit->active_state == ACTIVE_STATE_DEACTIVATING || unit->sub_state == SUB_AUTO_RESTART) {
		wait_again(core, unit);
	} else if (!is_down(unit) && unit->sub_state != SUB_AUTO_RESTART_QUEUED) {
		return; /* on its way up */
	} else if (newest_definition(unit)->load_state != LOAD_STATE_LOADED) {
		end_unloaded(core, unit);
	} else if ((bond = missing_bond(core, unit)) != NULL) {
		end_for_bond(core, unit, bond);
	} else {
		begin_start(core, unit);
	}
}

static void run_verify(struct core *core, struct unit *unit)
{
	if (is_up(unit))
		job_finish(core, unit, JOB_DONE, NULL);
	else if (unit->active_state == ACTIVE_STATE_ACTIVATING)
		wait_again(core, unit);
	else
		job_finish(core, unit, JOB_FAILED, "not active");
}

static void stop_unit(struct core *core, struct unit *unit)
{
	unit_set_deadline(core, unit, is_down(unit) ? USEC_INFINITY : unit->private->state_deadline);
	unit_machine(unit)->stop(core, unit);
}

static void run_stop(struct core *core, struct unit *unit)
{
	if (is_down(unit)) {
		unit_set_deadline(core, unit, USEC_INFINITY);
		job_finish(core, unit, JOB_DONE, NULL);
	} else {
		stop_unit(core, unit);
	}
}

static void run_restart(struct core *core, struct unit *unit)
{
	if (is_down(unit))
		job_change_type(core, unit, JOB_START);
	else
		stop_unit(core, unit);
}

static void run_reload(struct core *core, struct unit *unit)
{
	bool service = unit->definition->type == UNIT_SERVICE;

	if (unit->active_state == ACTIVE_STATE_ACTIVATING || unit->active_state == ACTIVE_STATE_RELOADING)
		wait_again(core, unit);
	else if (!is_up(unit))
		job_finish(core, unit, JOB_SKIPPED, "not active");
	else if (!service)
		job_finish(core, unit, JOB_DONE, NULL);
	else if (!service_can_reload(unit))
		job_finish(core, unit, JOB_UNSUPPORTED, "it has no ExecReload=");
	else
		service_reload(core, unit);
}

static void arm_running_timeout(struct core *core, struct unit *unit)
{
	usec timeout = options_of(unit)->job_running_timeout;
	struct unit_rare *rare;

	if (timeout == USEC_INFINITY || timeout == 0)
		return;
	rare = unit_own_rare(unit);
	if (!rare || rare->job_running_deadline != USEC_INFINITY)
		return;
	rare->job_running_deadline = usec_add(core->now, timeout);
	unit_rearm(core, unit);
}

void job_run(struct core *core, struct unit *unit)
{
	if (unit->job_type == JOB_NONE || unit->job_state != JOB_WAITING ||
	    (unit->private->waiting > 0 && !unit->private->ignore_order))
		return;
	unit->job_state = JOB_RUNNING;
	unit_touch(core, unit);
	arm_running_timeout(core, unit);
	switch (unit->job_type) {
	case JOB_START:
		run_start(core, unit);
		break;
	case JOB_VERIFY_ACTIVE:
		run_verify(core, unit);
		break;
	case JOB_STOP:
		run_stop(core, unit);
		break;
	case JOB_RESTART:
		run_restart(core, unit);
		break;
	default:
		run_reload(core, unit);
		break;
	}
}

/* A start job's unit went down instead of up. */
static void end_start(struct core *core, struct unit *unit)
{
	bool oneshot = unit->definition->type == UNIT_SERVICE && service_type_of(unit) == SERVICE_ONESHOT;

	if (unit->result == RESULT_EXEC_CONDITION)
		job_finish(core, unit, JOB_SKIPPED, unit->failure ? unit->failure : "its condition does not hold");
	else if (unit->active_state == ACTIVE_STATE_FAILED)
		job_finish(core, unit, JOB_FAILED, unit->failure);
	else if (oneshot)
		job_finish(core, unit, JOB_DONE, NULL);
	else
		job_finish(core, unit, JOB_FAILED, unit->failure ? unit->failure : "it ended before it was up");
}

static void check_start(struct core *core, struct unit *unit)
{
	if (is_up(unit))
		job_finish(core, unit, JOB_DONE, NULL);
	else if (unit->job_state == JOB_RUNNING && is_down(unit) && !unit->private->checking)
		end_start(core, unit);
}

static const char *left_over(const struct unit *unit)
{
	return unit->main_pid != 0 || unit->control_pid != 0
		       ? "processes are left that were not, or could not be, killed"
		       : NULL;
}

static void check_stop(struct core *core, struct unit *unit)
{
	const char *left = left_over(unit);

	if (is_down(unit))
		job_finish(core, unit, left ? JOB_FAILED : JOB_DONE, left);
}

static void check_restart(struct core *core, struct unit *unit)
{
	if (is_down(unit))
		job_change_type(core, unit, JOB_START);
}

static void check_reload(struct core *core, struct unit *unit)
{
	if (unit->job_state != JOB_RUNNING)
		return;
	if (unit->active_state == ACTIVE_STATE_ACTIVE)
		job_finish(core, unit, unit->reload_failed ? JOB_FAILED : JOB_DONE,
			   unit->reload_failed ? "its reload failed" : NULL);
	else if (unit->active_state != ACTIVE_STATE_RELOADING)
		job_finish(core, unit, JOB_FAILED, unit->failure ? unit->failure : "it ended while it reloaded");
}

void job_check(struct core *core, struct unit *unit)
{
	switch (unit->job_type) {
	case JOB_NONE:
		return;
	case JOB_START:
	case JOB_VERIFY_ACTIVE:
		check_start(core, unit);
		break;
	case JOB_STOP:
		check_stop(core, unit);
		break;
	case JOB_RESTART:
		check_restart(core, unit);
		break;
	default:
		check_reload(core, unit);
		break;
	}
	job_queue_run(core, unit); /* one that could not go on before may now */
}
