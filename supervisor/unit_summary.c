/* What replies say of a unit in short. */
#include <signal.h>

#include "supervisor/unit_freshness.h"
#include "supervisor/unit_properties.h"

static const char *const phase_names[EXEC_PHASE_COUNT] = {
	[EXEC_CONDITION] = "ExecCondition", [EXEC_START_PRE] = "ExecStartPre",
	[EXEC_START] = "ExecStart",         [EXEC_START_POST] = "ExecStartPost",
	[EXEC_RELOAD] = "ExecReload",       [EXEC_RELOAD_POST] = "ExecReloadPost",
	[EXEC_STOP] = "ExecStop",           [EXEC_STOP_POST] = "ExecStopPost",
};

const char *unit_phase_name(enum exec_phase phase)
{
	return phase < EXEC_PHASE_COUNT ? phase_names[phase] : NULL;
}

void unit_write_time(struct json_writer *writer, const struct manager *manager, usec monotonic)
{
	if (monotonic == 0 || monotonic > INT64_MAX / 2)
		write_null(writer);
	else
		write_integer(writer, (int64_t)monotonic + manager->realtime_offset);
}

void unit_write_job(struct json_writer *writer, const struct unit *unit)
{
	if (unit->job_type == JOB_NONE) {
		write_null(writer);
		return;
	}
	write_begin_object(writer);
	write_key_integer(writer, "Id", unit->job);
	write_key_string(writer, "Unit", unit->definition->name);
	write_key_string(writer, "Type", job_type_name(unit->job_type));
	write_key_string(writer, "State", job_state_name(unit->job_state));
	write_end_object(writer);
}

enum load_state unit_load_state(const struct unit *unit)
{
	return (unit->next_definition ? unit->next_definition : unit->definition)->load_state;
}

/* Null where nobody looks at the files: in events, and while waiting. */
static void write_stale(struct json_writer *writer, const struct manager *manager, const struct unit *unit)
{
	bool known, stale = unit_is_stale(manager, unit, &known);

	if (known)
		write_boolean(writer, stale);
	else
		write_null(writer);
}

void unit_write_summary(struct json_writer *writer, const struct manager *manager, const struct unit *unit)
{
	const struct unit_definition *definition = unit->definition;
	const struct unit *blocker = core_unit(manager->core, unit->blocked_by);
	bool service = definition->service != NULL;

	write_begin_object(writer);
	write_key_string(writer, "Id", definition->name);
	write_key_string(writer, "Description", definition->description ? definition->description : definition->name);
	write_key_string(writer, "LoadState", load_state_name(unit_load_state(unit)));
	write_key_string(writer, "ActiveState", active_state_name(unit->active_state));
	write_key_string(writer, "SubState", sub_state_name(unit->sub_state));
	write_key_string(writer, "Result", service ? unit_result_name(unit->result) : NULL);
	write_key(writer, "MainPID");
	if (service)
		write_integer(writer, unit->main_pid);
	else
		write_null(writer);
	write_key_integer(writer, "NRestarts", unit->restarts);
	write_key(writer, "StateChangeTimestamp");
	unit_write_time(writer, manager, unit->state_change);
	write_key_string(writer, "StatusText", unit->status_text);
	write_key_string(writer, "FailureText", unit->failure);
	write_key_string(writer, "LoadError", definition->load_error);
	write_key_string(writer, "BlockedBy", blocker ? blocker->definition->name : NULL);
	write_key_string(writer, "Job", unit->job_type == JOB_NONE ? NULL : job_type_name(unit->job_type));
	write_key(writer, "NeedDaemonReload");
	write_stale(writer, manager, unit);
	write_key_boolean(writer, "NeedRestart", unit->next_definition != NULL);
	write_end_object(writer);
}

static const char *code_name(int code)
{
	return code == CLD_EXITED ? "exited" : code == CLD_KILLED ? "killed" : code == CLD_DUMPED ? "dumped" : NULL;
}

static void write_exit(struct json_writer *writer, const struct exec_status *status, enum exec_phase phase)
{
	write_begin_object(writer);
	write_key_string(writer, "command", unit_phase_name(phase));
	write_key_integer(writer, "pid", status->pid);
	write_key_string(writer, "code", code_name(status->code));
	write_key_integer(writer, "status", status->status);
	write_end_object(writer);
}

void unit_write_outcome(struct json_writer *writer, const struct unit *unit)
{
	const struct exec_status *main = &unit->main_status, *control = &unit->control_status;

	write_key(writer, "state");
	write_begin_object(writer);
	write_key_string(writer, "ActiveState", active_state_name(unit->active_state));
	write_key_string(writer, "SubState", sub_state_name(unit->sub_state));
	write_key_string(writer, "Result", unit->definition->service ? unit_result_name(unit->result) : NULL);
	write_end_object(writer);
	write_key(writer, "exit");
	if (control->code && (!main->code || control->exit > main->exit))
		write_exit(writer, control, unit->control_phase);
	else if (main->code)
		write_exit(writer, main, EXEC_START);
	else
		write_null(writer);
}
