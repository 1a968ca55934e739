/* A service on its way down: stop, the signals, stop-post, the final signals; then dead, failed or to be restarted. */
#include "supervisor/core/service.h"

#include <signal.h>

#include "supervisor/core/job.h"
#include "supervisor/core/restart_policy.h"
#include "supervisor/core/transaction.h"

void service_stop(struct core *core, struct unit *unit)
{
	unit->private->forbid_restart = true;
	if (unit->private->spawning && unit->active_state != ACTIVE_STATE_DEACTIVATING) {
		unit->private->stop_after_spawn = true;
		return;
	}
	switch (unit->sub_state) {
	case SUB_AUTO_RESTART:
	case SUB_AUTO_RESTART_QUEUED:
		unit_set_deadline(core, unit, USEC_INFINITY);
		unit_set_state(core, unit, unit->result == RESULT_SUCCESS ? SUB_DEAD : SUB_FAILED);
		break;
	case SUB_RUNNING:
	case SUB_EXITED:
		service_enter_stop(core, unit, RESULT_SUCCESS);
		break;
	case SUB_CONDITION:
	case SUB_START_PRE:
	case SUB_START:
	case SUB_START_POST:
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, RESULT_SUCCESS);
		break;
	default: /* on its way already */
		break;
	}
}

void service_enter_stop(struct core *core, struct unit *unit, enum unit_result result)
{
	usec timeout = stop_span(unit, service_of(unit)->timeout_stop, false);

	service_note(unit, result);
	if (!service_run_phase(core, unit, EXEC_STOP, SUB_STOP, timeout))
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, RESULT_SUCCESS);
}

/* STOPPING=1: the service ends by itself, within the stop timeout. */
void service_enter_stop_by_notify(struct core *core, struct unit *unit)
{
	unit_set_deadline(core, unit, deadline_in(core, stop_span(unit, service_of(unit)->timeout_stop, false)));
	unit_set_state(core, unit, SUB_STOP_SIGTERM);
}

static int signal_for(const struct unit *unit, enum sub_state state)
{
	const struct service_options *options = service_of(unit);

	switch (state) {
	case SUB_STOP_WATCHDOG:
	case SUB_FINAL_WATCHDOG:
		return options->watchdog_signal;
	case SUB_STOP_SIGKILL:
	case SUB_FINAL_SIGKILL:
		return options->final_kill_signal;
	default:
		if (unit->job_type == JOB_RESTART && options->restart_kill_signal != 0)
			return options->restart_kill_signal;
		return options->kill_signal;
	}
}

static bool is_kill(enum sub_state state)
{
	return state == SUB_STOP_SIGKILL || state == SUB_FINAL_SIGKILL;
}

static void send(struct core *core, struct unit *unit, enum signal_scope scope, int signal)
{
	struct action action = { .kind = ACTION_SIGNAL, .unit = unit->id };

	action.signal.scope = scope;
	action.signal.signal = signal;
	action.signal.and_continue = signal != SIGKILL && signal != SIGCONT;
	unit->private->signal_lost |= !core_push(core, &action);
}

/* Signals what KillMode= says; true when there is something whose end is worth waiting for. */
static bool signal_processes(struct core *core, struct unit *unit, enum sub_state state)
{
	const struct service_options *options = service_of(unit);
	bool all = options->kill_mode == KILL_MODE_CONTROL_GROUP ||
		   (options->kill_mode == KILL_MODE_MIXED && is_kill(state));
	enum signal_scope scope = all ? SCOPE_ALL : SCOPE_MAIN_AND_CONTROL;

	if (options->kill_mode == KILL_MODE_NONE)
		return false;
	if (unit->main_pid == 0 && unit->control_pid == 0 && !(all && unit->populated))
		return false;
	send(core, unit, scope, signal_for(unit, state));
	if (options->send_sighup && (state == SUB_STOP_SIGTERM || state == SUB_FINAL_SIGTERM))
		send(core, unit, scope, SIGHUP);
	return true;
}

static usec signal_timeout(const struct unit *unit, enum sub_state state)
{
	const struct service_options *options = service_of(unit);

	if ((state == SUB_STOP_WATCHDOG || state == SUB_FINAL_WATCHDOG) && options->timeout_abort != 0)
		return stop_span(unit, options->timeout_abort, false);
	return stop_span(unit, options->timeout_stop, is_kill(state));
}

static bool is_final(enum sub_state state)
{
	return state == SUB_FINAL_WATCHDOG || state == SUB_FINAL_SIGTERM || state == SUB_FINAL_SIGKILL;
}

void service_enter_signal(struct core *core, struct unit *unit, enum sub_state state, enum unit_result result)
{
	usec timeout = signal_timeout(unit, state);

	service_note(unit, result);
	unit->private->signal_lost = false;
	if (signal_processes(core, unit, state)) {
		if (unit->private->signal_lost)
			timeout = MEMORY_PATIENCE;
		unit_set_deadline(core, unit, deadline_in(core, timeout));
		unit_set_state(core, unit, state);
	} else if (!is_kill(state) && service_of(unit)->send_sigkill) {
		service_enter_signal(core, unit, is_final(state) ? SUB_FINAL_SIGKILL : SUB_STOP_SIGKILL,
				     RESULT_SUCCESS);
	} else if (!is_final(state)) {
		service_enter_stop_post(core, unit, RESULT_SUCCESS);
	} else {
		service_enter_dead(core, unit, RESULT_SUCCESS, true);
	}
}

void service_enter_stop_post(struct core *core, struct unit *unit, enum unit_result result)
{
	usec timeout = stop_span(unit, service_of(unit)->timeout_stop, false);

	service_note(unit, result);
	if (!service_run_phase(core, unit, EXEC_STOP_POST, SUB_STOP_POST, timeout))
		service_enter_signal(core, unit, SUB_FINAL_SIGTERM, RESULT_SUCCESS);
}

static bool shall_restart(const struct core *core, const struct unit *unit)
{
	if (core->shutdown.active || unit->private->forbid_restart || unit->job_type == JOB_STOP ||
	    unit->job_type == JOB_RESTART)
		return false;
	if (unit->main_pid != 0 || unit->control_pid != 0)
		return false; /* outlived SIGKILL, or was not to be killed: never two of them */
	return restart_wanted(service_of(unit), (enum unit_result)unit->result, &unit->main_status);
}

static void clean_up(struct core *core, struct unit *unit, bool keep)
{
	struct action action = { .kind = ACTION_CLEAN_UP, .unit = unit->id };

	action.clean_up.keep = keep;
	core_push(core, &action);
}

static bool ended_well(const struct unit *unit)
{
	return unit->result == RESULT_SUCCESS || unit->result == RESULT_EXEC_CONDITION;
}

static void wait_for_restart(struct core *core, struct unit *unit)
{
	const struct service_options *options = service_of(unit);
	usec delay = restart_delay(options, unit->restarts);

	if (options->restart_mode != RESTART_MODE_DIRECT) {
		unit->private->will_restart = true;
		unit_set_state(core, unit,
			       ended_well(unit) ? SUB_DEAD_BEFORE_AUTO_RESTART : SUB_FAILED_BEFORE_AUTO_RESTART);
		unit->private->will_restart = false;
	}
	unit_set_deadline(core, unit, delay == 0 ? USEC_INFINITY : deadline_in(core, delay));
	unit_set_state(core, unit, SUB_AUTO_RESTART);
	if (delay == 0)
		service_enter_restart(core, unit);
}

static void record_end(struct core *core, struct unit *unit, bool restart)
{
	if (!ended_well(unit))
		core_record(core, unit, RECORD_WARNING, "failed: %s (%s)%s",
			    unit->failure ? unit->failure : "no reason known",
			    unit_result_name((enum unit_result)unit->result), restart ? "; will be restarted" : "");
}

/* Is a start of it still to come, by a job or when what blocks it recovers? */
static bool is_to_start(const struct unit *unit)
{
	return unit->blocked_by != UNIT_ID_NONE || unit->job_type == JOB_RESTART ||
	       (unit->job_type == JOB_START && unit->job_state == JOB_WAITING);
}

void service_enter_dead(struct core *core, struct unit *unit, enum unit_result result, bool allow_restart)
{
	bool restart;

	service_note(unit, result);
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit->private->finding_main = false;
	restart = allow_restart && shall_restart(core, unit);
	record_end(core, unit, restart);
	clean_up(core, unit, restart);
	if (restart) {
		wait_for_restart(core, unit);
		return;
	}
	if (unit->result == RESULT_SUCCESS && !is_to_start(unit) && unit->job_type != JOB_STOP)
		unit->wanted = false; /* it has done what it was started for */
	unit_set_state(core, unit, ended_well(unit) ? SUB_DEAD : SUB_FAILED);
}

/* The delay is over: the restart goes through the engine of jobs, so that dependencies are looked at again. */
void service_enter_restart(struct core *core, struct unit *unit)
{
	/* A stop that waits for its turn may still be taken back: then the restart is due. */
	if (unit->job_type == JOB_STOP || transaction_restart(core, unit) < 0) {
		unit_set_deadline(core, unit, deadline_in(core, USEC_PER_SEC));
		return;
	}
	unit->restarts++;
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_set_state(core, unit, SUB_AUTO_RESTART_QUEUED);
	/* RestartMode=direct keeps the start job of the run that failed: it has to begin once more. */
	if (unit->job_type == JOB_START && unit->job_state == JOB_RUNNING)
		job_change_type(core, unit, JOB_START);
}

void service_reset_failed(struct core *core, struct unit *unit)
{
	unit->private->start_limit = (struct start_limit){ 0 };
	unit->restarts = 0;
	if (unit->sub_state != SUB_FAILED)
		return;
	unit->result = RESULT_SUCCESS;
	unit->wanted = unit->wanted && is_to_start(unit);
	unit_clear_failure(unit);
	unit_set_state(core, unit, SUB_DEAD);
}
