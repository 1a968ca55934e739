/* Reloading: by ExecReload=, by signal and RELOADING=1 (Type=notify-reload), or announced by the service itself. */
#include "supervisor/core/job.h"
#include "supervisor/core/service.h"

bool service_can_reload(const struct unit *unit)
{
	return unit->definition->service &&
	       (commands_of(unit, EXEC_RELOAD)->count > 0 || service_type_of(unit) == SERVICE_NOTIFY_RELOAD);
}

static void finish_reload(struct core *core, struct unit *unit, enum unit_result result)
{
	unit->reload_failed = result != RESULT_SUCCESS;
	if (unit->reload_failed)
		core_record(core, unit, RECORD_WARNING, "reload failed: %s",
			    unit_result_name((enum unit_result)result));
	service_enter_running(core, unit, RESULT_SUCCESS);
	job_check(core, unit); /* where the reload was over before it began, no change of state tells its job */
}

static void reload_by_signal(struct core *core, struct unit *unit)
{
	struct unit_rare *rare = unit_own_rare(unit);
	struct action action = { .kind = ACTION_SIGNAL, .unit = unit->id };

	if (!rare || unit->main_pid == 0) {
		finish_reload(core, unit, RESULT_RESOURCES);
		return;
	}
	rare->reload_begin = core->now;
	action.signal.scope = SCOPE_MAIN;
	action.signal.signal = service_of(unit)->reload_signal;
	core_push(core, &action);
	unit_set_deadline(core, unit, deadline_in(core, service_of(unit)->timeout_start));
	unit_set_state(core, unit, SUB_RELOAD_SIGNAL);
}

void service_reload(struct core *core, struct unit *unit)
{
	unit->reload_failed = false;
	unit->private->notify_state = NOTIFY_STATE_UNKNOWN;
	if (service_run_phase(core, unit, EXEC_RELOAD, SUB_RELOAD, service_of(unit)->timeout_start))
		return;
	reload_by_signal(core, unit);
}

/* The service says RELOADING=1: it will say READY=1 when that is over. */
void service_enter_reload_notify(struct core *core, struct unit *unit)
{
	unit_set_deadline(core, unit, deadline_in(core, service_of(unit)->timeout_start));
	unit_set_state(core, unit, SUB_RELOAD_NOTIFY);
}

static void run_reload_post(struct core *core, struct unit *unit)
{
	unit_set_deadline(core, unit, deadline_in(core, service_of(unit)->timeout_start));
	service_spawn(core, unit, EXEC_RELOAD_POST, 0, ROLE_CONTROL);
	unit_set_state(core, unit, SUB_RELOAD);
}

void service_reload_control_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	bool was_reload = unit->control_phase == EXEC_RELOAD;

	if (unit->private->main_known && !main_is_alive(unit)) {
		service_enter_stop(core, unit, RESULT_SUCCESS);
		return;
	}
	if (result == RESULT_SUCCESS && service_type_of(unit) == SERVICE_FORKING && service_of(unit)->pid_file)
		service_find_main(core, unit, false);
	if (result == RESULT_SUCCESS && was_reload && service_type_of(unit) == SERVICE_NOTIFY_RELOAD)
		reload_by_signal(core, unit);
	else if (result == RESULT_SUCCESS && was_reload && commands_of(unit, EXEC_RELOAD_POST)->count > 0)
		run_reload_post(core, unit);
	else if (result == RESULT_SUCCESS && unit->private->notify_state == NOTIFY_STATE_RELOADING)
		service_enter_reload_notify(core, unit);
	else
		finish_reload(core, unit, result);
}
