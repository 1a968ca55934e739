/* A service on its way up: condition, start-pre, start, start-post, running. */
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/idle_wait.h"
#include "supervisor/core/service.h"

void service_note(struct unit *unit, enum unit_result result)
{
	if (unit->result == RESULT_SUCCESS)
		unit->result = (uint8_t)result;
}

void service_spawn(struct core *core, struct unit *unit, enum exec_phase phase, unsigned index, enum process_role role)
{
	struct unit_private *private = unit->private;
	struct action action = { .kind = ACTION_SPAWN, .unit = unit->id };

	action.spawn.phase = phase;
	action.spawn.index = index;
	action.spawn.role = role;
	action.spawn.timeout = unit->watchdog;
	private->spawning = (uint8_t)(role + 1);
	if (role == ROLE_MAIN) {
		private->main_index = (uint8_t)index;
		unit->main_status = (struct exec_status){ 0 };
	} else {
		unit->control_phase = (uint8_t)phase;
		unit->control_index = (uint8_t)index;
		unit->control_status = (struct exec_status){ 0 };
	}
	if (!core_push(core, &action)) {
		private->spawn_lost = true;
		unit_set_deadline(core, unit, core->now);
	}
}

bool service_run_phase(struct core *core, struct unit *unit, enum exec_phase phase, enum sub_state state, usec timeout)
{
	if (commands_of(unit, phase)->count == 0 || control_is_alive(unit))
		return false;
	unit_set_deadline(core, unit, deadline_in(core, timeout));
	service_spawn(core, unit, phase, 0, ROLE_CONTROL);
	unit_set_state(core, unit, state);
	return true;
}

static void begin_run(struct core *core, struct unit *unit)
{
	struct unit_private *private = unit->private;

	if (unit->sub_state != SUB_AUTO_RESTART_QUEUED)
		unit->restarts = 0;
	unit_adopt_definition(core, unit);
	unit_clear_failure(unit);
	free(unit->status_text);
	unit->status_text = NULL;
	unit->notify_errno = 0;
	unit->result = RESULT_SUCCESS;
	unit->reload_failed = false;
	unit->watchdog = service_of(unit)->watchdog;
	unit->watchdog_last = 0;
	unit->main_status = (struct exec_status){ 0 };
	unit->control_status = (struct exec_status){ 0 };
	private->notify_state = NOTIFY_STATE_UNKNOWN;
	private->main_known = false;
	private->finding_main = false;
	private->forbid_restart = false;
	private->stop_after_spawn = false;
	private->hurry = false;
}

bool service_may_start(struct core *core, struct unit *unit)
{
	const struct unit_options *options = options_of(unit);

	if (start_limit_take(&unit->private->start_limit, options->start_limit_interval, options->start_limit_burst,
			     core->now))
		return true;
	unit_clear_failure(unit);
	unit_set_failure(unit, "start limit hit: started %u times within %g s; svctl reset-failed lets it start again",
			 options->start_limit_burst, (double)options->start_limit_interval / (double)USEC_PER_SEC);
	service_enter_dead(core, unit, RESULT_START_LIMIT_HIT, false);
	return false;
}

void service_start(struct core *core, struct unit *unit)
{
	begin_run(core, unit);
	if (!service_run_phase(core, unit, EXEC_CONDITION, SUB_CONDITION, service_of(unit)->timeout_start))
		service_enter_start_pre(core, unit);
}

void service_enter_start_pre(struct core *core, struct unit *unit)
{
	if (!service_run_phase(core, unit, EXEC_START_PRE, SUB_START_PRE, service_of(unit)->timeout_start))
		service_enter_start(core, unit);
}

static usec start_timeout(const struct unit *unit)
{
	enum service_type type = service_type_of(unit);

	return type == SERVICE_SIMPLE || type == SERVICE_IDLE ? USEC_INFINITY : service_of(unit)->timeout_start;
}

static void start_program(struct core *core, struct unit *unit)
{
	enum process_role role = service_type_of(unit) == SERVICE_FORKING ? ROLE_CONTROL : ROLE_MAIN;

	unit_set_deadline(core, unit, deadline_in(core, start_timeout(unit)));
	service_spawn(core, unit, EXEC_START, 0, role);
}

void service_idle_over(struct core *core, struct unit *unit)
{
	idle_wait_leave(core, unit);
	start_program(core, unit);
}

void service_enter_start(struct core *core, struct unit *unit)
{
	if (commands_of(unit, EXEC_START)->count == 0) {
		service_enter_start_post(core, unit);
		return;
	}
	unit_set_state(core, unit, SUB_START);
	if (service_type_of(unit) == SERVICE_IDLE && idle_wait_enter(core, unit))
		unit_set_deadline(core, unit, deadline_in(core, IDLE_PATIENCE));
	else
		start_program(core, unit);
}

static void start_watchdog(struct core *core, struct unit *unit)
{
	if (unit->watchdog == 0)
		return;
	unit->watchdog_last = core->now;
	unit_rearm(core, unit);
}

void service_enter_start_post(struct core *core, struct unit *unit)
{
	start_watchdog(core, unit);
	if (!service_run_phase(core, unit, EXEC_START_POST, SUB_START_POST, service_of(unit)->timeout_start))
		service_enter_running(core, unit, RESULT_SUCCESS);
}

/* Is there what a running service needs: its main process, or without a known one any process? */
static bool is_good(const struct unit *unit)
{
	if (unit->private->main_known) {
		if (main_is_alive(unit))
			return true;
		if (service_of(unit)->exit_type == EXIT_TYPE_MAIN)
			return false;
	}
	return unit->populated;
}

static void run(struct core *core, struct unit *unit)
{
	usec begin = unit->active_state == ACTIVE_STATE_ACTIVATING ? core->now : unit->active_enter;

	unit_set_deadline(core, unit, usec_add(begin, service_of(unit)->runtime_max));
	unit_set_state(core, unit, SUB_RUNNING);
	if (unit->sub_state != SUB_RUNNING)
		return;
	if (unit->private->notify_state == NOTIFY_STATE_RELOADING)
		service_enter_reload_notify(core, unit);
	else if (unit->private->notify_state == NOTIFY_STATE_STOPPING)
		service_enter_stop_by_notify(core, unit);
}

void service_enter_running(struct core *core, struct unit *unit, enum unit_result result)
{
	service_note(unit, result);
	if (unit->result != RESULT_SUCCESS) {
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
	} else if (is_good(unit)) {
		run(core, unit);
	} else if (service_of(unit)->remain_after_exit) {
		unit_set_deadline(core, unit, USEC_INFINITY);
		unit_set_state(core, unit, SUB_EXITED);
	} else {
		service_enter_stop(core, unit, RESULT_SUCCESS);
	}
}

void service_set_main(struct core *core, struct unit *unit, int32_t pid)
{
	if (unit->main_pid == pid)
		return;
	unit->main_pid = pid;
	unit->main_status = (struct exec_status){ .pid = pid, .start = core->now };
	unit->private->main_known = true;
	unit_changed(core, unit);
}

void service_find_main(struct core *core, struct unit *unit, bool wait)
{
	struct action action = { .kind = ACTION_FIND_MAIN_PROCESS, .unit = unit->id };

	/* Where nobody is left, nobody will write the file. */
	action.find_main_process.wait = wait && unit->populated;
	unit->private->finding_main = core_push(core, &action);
	if (unit->private->finding_main || is_up(unit))
		return;
	unit_set_failure(unit, "out of memory");
	service_enter_signal(core, unit, SUB_STOP_SIGTERM, RESULT_RESOURCES);
}
