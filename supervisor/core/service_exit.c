/* Answers from the kernel side: a command was started or could not be, a process ended, the last one is gone. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/core/exit_reason.h"
#include "supervisor/core/service.h"

static struct exec_status *status_of(struct unit *unit, enum process_role role)
{
	return role == ROLE_MAIN ? &unit->main_status : &unit->control_status;
}

static const struct exec_command *command_of(const struct unit *unit, enum process_role role)
{
	const struct exec_command_list *list =
		commands_of(unit, role == ROLE_MAIN ? EXEC_START : (enum exec_phase)unit->control_phase);
	unsigned index = role == ROLE_MAIN ? unit->private->main_index : unit->control_index;

	return index < list->count ? &list->commands[index] : NULL;
}

/* A stop came in while the command was being started. */
static bool stop_now(struct core *core, struct unit *unit, enum unit_result result)
{
	if (!unit->private->stop_after_spawn)
		return false;
	unit->private->stop_after_spawn = false;
	service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
	return true;
}

static void main_spawned(struct core *core, struct unit *unit)
{
	if (unit->sub_state != SUB_START)
		return;
	switch (service_type_of(unit)) {
	case SERVICE_ONESHOT:
	case SERVICE_DBUS: /* whose name is looked for now */
		break;
	case SERVICE_NOTIFY:
	case SERVICE_NOTIFY_RELOAD:
		if (unit->private->notify_state == NOTIFY_STATE_READY)
			service_enter_start_post(core, unit);
		break;
	default:
		service_enter_start_post(core, unit);
		break;
	}
}

void service_spawned(struct core *core, struct unit *unit, const struct event *event)
{
	enum process_role role = event->spawned.role;
	struct exec_status *status = status_of(unit, role);

	unit->private->spawning = 0;
	unit->populated = true;
	*status = (struct exec_status){ .pid = event->spawned.pid, .start = core->now };
	if (role == ROLE_MAIN) {
		unit->main_pid = event->spawned.pid;
		unit->private->main_known = true;
	} else {
		unit->control_pid = event->spawned.pid;
	}
	unit_changed(core, unit);
	if (!stop_now(core, unit, RESULT_SUCCESS) && role == ROLE_MAIN)
		main_spawned(core, unit);
}

static void describe_failure(struct unit *unit, enum process_role role, enum unit_result result)
{
	const struct exec_status *status = status_of(unit, role);
	char reason[96];

	if (result == RESULT_SUCCESS)
		return;
	exit_describe(status->code, status->status, reason, sizeof reason);
	if (role == ROLE_MAIN)
		unit_set_failure(unit, "main process %d %s", (int)status->pid, reason);
	else
		unit_set_failure(unit, "%s= command %u %s", exec_phase_name((enum exec_phase)unit->control_phase),
				 unit->control_index + 1U, reason);
}

static void control_ended(struct core *core, struct unit *unit, enum unit_result result);
static void main_ended(struct core *core, struct unit *unit, enum unit_result result);

/* The '-' of ExecStart= is about the command, and of a daemon that forked that is not the main process. */
static bool ignores_failure(const struct unit *unit, enum process_role role)
{
	const struct exec_command *command = command_of(unit, role);

	if (role == ROLE_MAIN && service_type_of(unit) == SERVICE_FORKING)
		return false;
	return command && command->flags & EXEC_IGNORE_FAILURE;
}

/* An ignored failure is no failure of the unit, but should be seen somewhere. */
static void describe_spawn_failure(struct core *core, struct unit *unit, const struct event *event, bool ignored)
{
	const struct exec_command *command = command_of(unit, event->spawn_failed.role);
	const char *path = command ? command->path : NULL;
	char text[ACTION_TEXT_MAX];

	if (event->spawn_failed.text)
		snprintf(text, sizeof text, "%s", event->spawn_failed.text);
	else
		snprintf(text, sizeof text, "%s: %s%s%s", event->spawn_failed.step ? event->spawn_failed.step : "spawn",
			 path ? path : "", path ? ": " : "", strerror(event->spawn_failed.error));
	if (ignored)
		core_record(core, unit, RECORD_WARNING, "%s; ignored", text);
	else
		unit_set_failure(unit, "%s", text);
}

void service_spawn_failed(struct core *core, struct unit *unit, const struct event *event)
{
	enum process_role role = event->spawn_failed.role;
	bool resources = event->spawn_failed.exit_status <= 0;
	bool ignored = ignores_failure(unit, role);
	enum unit_result result = resources ? RESULT_RESOURCES : RESULT_EXIT_CODE;
	struct exec_status *status = status_of(unit, role);

	unit->private->spawning = 0;
	unit->private->spawn_lost = false;
	*status = (struct exec_status){ .start = core->now, .exit = core->now };
	if (!resources) {
		status->code = CLD_EXITED;
		status->status = (int16_t)event->spawn_failed.exit_status;
	}
	if (role == ROLE_MAIN)
		unit->private->main_known = true;
	if (ignored)
		result = RESULT_SUCCESS;
	describe_spawn_failure(core, unit, event, ignored);
	unit_changed(core, unit);
	if (stop_now(core, unit, result))
		return;
	if (role == ROLE_MAIN)
		main_ended(core, unit, result);
	else
		control_ended(core, unit, result);
}

/* ExecCondition=: 1 to 254 skips the unit, 255 and signals fail it. */
static enum unit_result condition_result_of(const struct unit *unit, enum unit_result result)
{
	const struct exec_status *status = &unit->control_status;

	if (unit->control_phase == EXEC_CONDITION && result == RESULT_EXIT_CODE && status->code == CLD_EXITED &&
	    status->status < 255)
		return RESULT_EXEC_CONDITION;
	return result;
}

static void forking_start_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	const struct service_options *options = service_of(unit);

	if (result != RESULT_SUCCESS)
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
	else if (options->pid_file)
		service_find_main(core, unit, commands_of(unit, EXEC_START_POST)->count == 0);
	else if (options->guess_main_pid)
		service_find_main(core, unit, false);
	else
		service_enter_start_post(core, unit);
}

static void start_post_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	if (result != RESULT_SUCCESS)
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
	else if (service_of(unit)->pid_file && !unit->private->main_known)
		service_find_main(core, unit, true);
	else
		service_enter_running(core, unit, RESULT_SUCCESS);
}

/* With KillMode=mixed the others have not been told yet; with process they are none of our business. */
static void final_process_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	const struct service_options *options = service_of(unit);

	if (main_is_alive(unit) || control_is_alive(unit))
		return;
	if (!unit->populated || options->kill_mode == KILL_MODE_PROCESS || options->kill_mode == KILL_MODE_NONE)
		service_enter_dead(core, unit, result, true);
	else if (options->kill_mode == KILL_MODE_MIXED && unit->sub_state != SUB_FINAL_SIGKILL)
		service_enter_signal(core, unit, options->send_sigkill ? SUB_FINAL_SIGKILL : SUB_FINAL_SIGTERM, result);
}

/* The last command of a phase has ended, or one of them failed. */
static void phase_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	switch (unit->sub_state) {
	case SUB_CONDITION:
		if (result == RESULT_SUCCESS)
			service_enter_start_pre(core, unit);
		else
			service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
		break;
	case SUB_START_PRE:
		if (result == RESULT_SUCCESS)
			service_enter_start(core, unit);
		else
			service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
		break;
	case SUB_START:
		forking_start_ended(core, unit, result);
		break;
	case SUB_START_POST:
		start_post_ended(core, unit, result);
		break;
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		service_reload_control_ended(core, unit, result);
		break;
	case SUB_STOP:
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
		break;
	case SUB_STOP_WATCHDOG:
	case SUB_STOP_SIGTERM:
	case SUB_STOP_SIGKILL:
		if (!main_is_alive(unit))
			service_enter_stop_post(core, unit, result);
		break;
	case SUB_STOP_POST:
		service_enter_signal(core, unit, SUB_FINAL_SIGTERM, result);
		break;
	case SUB_FINAL_WATCHDOG:
	case SUB_FINAL_SIGTERM:
	case SUB_FINAL_SIGKILL:
		final_process_ended(core, unit, result);
		break;
	default:
		break;
	}
}

/* Does the unit's state run the commands of a phase, one after the other? */
static bool runs_phase(const struct unit *unit)
{
	switch (unit->sub_state) {
	case SUB_CONDITION:
	case SUB_START_PRE:
	case SUB_START:
	case SUB_START_POST:
	case SUB_RELOAD:
	case SUB_STOP:
	case SUB_STOP_POST:
		return true;
	default:
		return false;
	}
}

static void control_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	enum exec_phase phase = (enum exec_phase)unit->control_phase;
	unsigned next = unit->control_index + 1U;

	result = condition_result_of(unit, result);
	if (result == RESULT_SUCCESS && runs_phase(unit) && next < commands_of(unit, phase)->count)
		service_spawn(core, unit, phase, next, ROLE_CONTROL);
	else
		phase_ended(core, unit, result);
}

static void oneshot_command_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	unsigned next = unit->private->main_index + 1U;

	if (result != RESULT_SUCCESS)
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
	else if (next < commands_of(unit, EXEC_START)->count)
		service_spawn(core, unit, EXEC_START, next, ROLE_MAIN);
	else
		service_enter_start_post(core, unit);
}

static void main_ended_in_start(struct core *core, struct unit *unit, enum unit_result result)
{
	if (service_type_of(unit) == SERVICE_ONESHOT) {
		oneshot_command_ended(core, unit, result);
		return;
	}
	if (!is_notify_type(unit)) {
		service_enter_running(core, unit, result);
		return;
	}
	if (result != RESULT_SUCCESS) {
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, result);
		return;
	}
	if (service_of(unit)->remain_after_exit && service_of(unit)->notify_access != NOTIFY_ACCESS_MAIN)
		return; /* another process may still say that it is ready */
	unit_set_failure(unit, "main process ended without READY=1");
	service_enter_signal(core, unit, SUB_STOP_SIGTERM, RESULT_PROTOCOL);
}

static void main_ended(struct core *core, struct unit *unit, enum unit_result result)
{
	if (result != RESULT_SUCCESS)
		service_note(unit, result);
	if (service_of(unit)->exit_type == EXIT_TYPE_CGROUP && unit->populated &&
	    (is_up(unit) || unit->sub_state == SUB_START_POST))
		return; /* EVENT_EMPTY will tell */
	switch (unit->sub_state) {
	case SUB_START:
		main_ended_in_start(core, unit, result);
		break;
	case SUB_START_POST:
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		if (!control_is_alive(unit))
			service_enter_stop(core, unit, result);
		break;
	case SUB_RUNNING:
		service_enter_running(core, unit, result);
		break;
	case SUB_STOP_WATCHDOG:
	case SUB_STOP_SIGTERM:
	case SUB_STOP_SIGKILL:
		if (!control_is_alive(unit))
			service_enter_stop_post(core, unit, result);
		break;
	case SUB_STOP_POST:
		if (!control_is_alive(unit))
			service_enter_signal(core, unit, SUB_FINAL_SIGTERM, result);
		break;
	case SUB_FINAL_WATCHDOG:
	case SUB_FINAL_SIGTERM:
	case SUB_FINAL_SIGKILL:
		final_process_ended(core, unit, result);
		break;
	default:
		break;
	}
}

static enum unit_result take_exit(struct core *core, struct unit *unit, const struct event *event)
{
	enum process_role role = event->exited.role;
	struct exec_status *status = status_of(unit, role);
	enum unit_result result =
		exit_result(event->exited.code, event->exited.status, service_type_of(unit) != SERVICE_ONESHOT,
			    &service_of(unit)->success_exit);

	status->pid = event->exited.pid;
	status->code = (int16_t)event->exited.code;
	status->status = (int16_t)event->exited.status;
	status->exit = core->now;
	if (role == ROLE_MAIN)
		unit->main_pid = 0;
	else
		unit->control_pid = 0;
	return ignores_failure(unit, role) ? RESULT_SUCCESS : result;
}

/* What a stop left behind on purpose keeps the unit's cgroup until it ends by itself. */
static void last_one_ended(struct core *core, struct unit *unit)
{
	if (unit->populated && is_down(unit))
		core_push(core, &(struct action){ .kind = ACTION_CLEAN_UP, .unit = unit->id });
	unit->populated = false;
}

void service_exited(struct core *core, struct unit *unit, const struct event *event)
{
	enum process_role role = event->exited.role;
	int32_t expected = role == ROLE_MAIN ? unit->main_pid : unit->control_pid;
	enum unit_result result;

	if (expected == 0 || expected != event->exited.pid) {
		core_record(core, unit, RECORD_DEBUG, "exit of process %d ignored: not expected",
			    (int)event->exited.pid);
		if (event->exited.empty)
			service_empty(core, unit);
		return;
	}
	if (event->exited.empty)
		last_one_ended(core, unit);
	result = take_exit(core, unit, event);
	unit_changed(core, unit);
	describe_failure(unit, role, result);
	if (role == ROLE_MAIN)
		main_ended(core, unit, result);
	else
		control_ended(core, unit, result);
}

static void never_ready(struct core *core, struct unit *unit, const char *why)
{
	unit_set_failure(unit, "%s", why);
	service_enter_stop_post(core, unit, RESULT_PROTOCOL);
}

static void empty_in_start(struct core *core, struct unit *unit)
{
	if (is_notify_type(unit))
		never_ready(core, unit, "all processes ended without READY=1");
	else if (unit->private->finding_main && service_of(unit)->pid_file)
		never_ready(core, unit, "the daemon ended without a valid PID file");
}

void service_empty(struct core *core, struct unit *unit)
{
	if (unit->main_pid != 0 || unit->control_pid != 0)
		return; /* old news: the exit will say more */
	last_one_ended(core, unit);
	if (unit->private->spawning)
		return; /* the answer will say more */
	switch (unit->sub_state) {
	case SUB_START:
		empty_in_start(core, unit);
		break;
	case SUB_START_POST:
		if (unit->private->finding_main)
			never_ready(core, unit, "the daemon ended without a valid PID file");
		break;
	case SUB_RUNNING:
		service_enter_running(core, unit, RESULT_SUCCESS);
		break;
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		service_enter_stop(core, unit, RESULT_SUCCESS);
		break;
	case SUB_STOP_WATCHDOG:
	case SUB_STOP_SIGTERM:
	case SUB_STOP_SIGKILL:
		service_enter_stop_post(core, unit, RESULT_SUCCESS);
		break;
	case SUB_FINAL_WATCHDOG:
	case SUB_FINAL_SIGTERM:
	case SUB_FINAL_SIGKILL:
		service_enter_dead(core, unit, RESULT_SUCCESS, true);
		break;
	default:
		break;
	}
}

static void main_found(struct core *core, struct unit *unit, int32_t pid)
{
	unit->private->finding_main = false;
	service_set_main(core, unit, pid);
	if (unit->sub_state == SUB_START && service_type_of(unit) == SERVICE_FORKING)
		service_enter_start_post(core, unit);
	else if (unit->sub_state == SUB_START_POST && !control_is_alive(unit))
		service_enter_running(core, unit, RESULT_SUCCESS);
}

static void main_not_found(struct core *core, struct unit *unit, const struct event *event)
{
	bool pid_file = service_of(unit)->pid_file;
	bool later = unit->sub_state == SUB_START && commands_of(unit, EXEC_START_POST)->count > 0;

	if (pid_file && !later && !event->main_process.final && unit->populated)
		return; /* the file may still come; the shell watches for it */
	unit->private->finding_main = false;
	if (pid_file && !later) {
		unit_set_failure(unit, "PID file: %s",
				 event->main_process.why_not ? event->main_process.why_not
							     : "no running process in it");
		service_enter_signal(core, unit, SUB_STOP_SIGTERM, RESULT_PROTOCOL);
	} else if (unit->sub_state == SUB_START) {
		service_enter_start_post(core, unit);
	} else {
		service_enter_running(core, unit, RESULT_SUCCESS);
	}
}

void service_main_process(struct core *core, struct unit *unit, const struct event *event)
{
	bool starting = (unit->sub_state == SUB_START || unit->sub_state == SUB_START_POST) &&
			!unit->private->spawning && !unit->private->idle_waiting && unit->control_pid == 0;

	if (event->main_process.pid > 0) {
		if (starting || unit->sub_state == SUB_RUNNING)
			main_found(core, unit, event->main_process.pid);
	} else if (unit->private->finding_main && starting) {
		main_not_found(core, unit, event);
	}
}
