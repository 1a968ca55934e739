#include "supervisor/perform.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/bus_names.h"
#include "supervisor/child_events.h"
#include "supervisor/condition.h"
#include "supervisor/control_verbs.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/late_answer.h"
#include "supervisor/log_line.h"
#include "supervisor/main_process_finder.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/spawn.h"
#include "supervisor/pid_table.h"
#include "supervisor/sandbox_start.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/service_directories.h"
#include "supervisor/snapshot.h"
#include "supervisor/socket_units.h"
#include "supervisor/start_recipe.h"
#include "supervisor/timer_clock.h"
#include "supervisor/unit_runtime.h"

static void spawn_failed(struct manager *manager, const struct action *action, const struct spawn_error *error,
			 const struct cause *cause)
{
	char words[CAUSE_TEXT_MAX + 64];
	struct event event = {
		.kind = EVENT_SPAWN_FAILED,
		.unit = action->unit,
		.spawn_failed = {
			.role = action->spawn.role,
			.step = spawn_step_name(error->step),
			.error = error->error,
			.exit_status = error->exit_status,
			.text = words,
		},
	};

	snprintf(words, sizeof words, "%s: %s", spawn_step_name(error->step),
		 cause->error ? cause->text : strerror(error->error));
	manager_feed(manager, &event);
}

static int no_memory(struct spawn_error *error)
{
	*error = (struct spawn_error){ .step = SPAWN_STEP_FORK,
				       .error = ENOMEM,
				       .exit_status = spawn_step_exit_status(SPAWN_STEP_FORK) };
	return -ENOMEM;
}

/* What the program is called in an error: the words of errno alone do not say what was not found. */
static void name_program(const struct start_recipe *recipe, const struct spawn_error *error, struct cause *cause)
{
	const struct spawn_recipe *spawn = &recipe->spawn;

	if (cause->error)
		return;
	if (error->step == SPAWN_STEP_EXEC)
		cause_set_errno(cause, error->error, "%s", spawn->path);
	else if (error->step == SPAWN_STEP_CHDIR)
		cause_set_errno(cause, error->error, "%s", spawn->working_directory);
	else if (error->step == SPAWN_STEP_STDIN || error->step == SPAWN_STEP_STDOUT ||
		 error->step == SPAWN_STEP_STDERR) {
		const char *path = spawn->streams[error->step - SPAWN_STEP_STDIN].path;
		cause_set_errno(cause, error->error, "%s", path ? path : "descriptor");
	}
}

/* Makes the directories and the recipe, and starts it. `reports` is the line from svexec; -1 without a sandbox. */
static int start_process(struct manager *manager, const struct unit *unit, const struct action *action,
			 struct process *process, int *reports, struct spawn_error *error, struct cause *cause)
{
	const struct exec_command *command =
		&unit->definition->service->phases[action->spawn.phase].commands[action->spawn.index];
	struct start_recipe recipe;
	pid_t keeper = 0;
	int result = start_recipe_make(manager, unit, action->spawn.phase, action->spawn.index, &recipe, error, cause);

	if (result >= 0)
		result = service_directories_make(manager, unit, &recipe, error, cause);
	if (result >= 0 && sandbox_start_is_needed(&recipe, unit, command, manager->options.user_mode))
		result = sandbox_start_wrap(manager, unit, &recipe, error, cause);
	log_line_push(manager);
	snapshot_update(manager);
	if (result >= 0)
		result = spawn_kept(&recipe.spawn, process, &keeper, error);
	if (keeper > 0)
		containment_kept(&manager->runtimes[unit->id]->containment, keeper, process->pid);
	if (result < 0)
		name_program(&recipe, error, cause);
	else
		*reports = sandbox_line_take(&recipe.line);
	start_recipe_finish(&recipe);
	return result;
}

/*
 * What an earlier run left (KillMode=process, a process that SIGKILL did not end) is named, and no reason not to start
 * but where it was to be killed and must not be (SendSIGKILL=no): two databases on the same files.
 */
static int look_for_leftovers(struct manager *manager, unit_id id, struct spawn_error *error, struct cause *cause)
{
	enum { NAMED_MAX = 16 };
	const struct service_options *options = core_unit(manager->core, id)->definition->service->options;
	pid_t pids[NAMED_MAX];
	int count = manager_processes(manager, id, pids, NAMED_MAX);

	for (int i = 0; i < count && i < NAMED_MAX; i++) {
		struct proc_stat stat;
		if (proc_read_stat(pids[i], &stat) == 0)
			manager_record(manager, RECORD_WARNING, id, "left-over process %d (%s) of an earlier run",
				       (int)pids[i], stat.comm);
	}
	if (count <= 0 || options->send_sigkill ||
	    (options->kill_mode != KILL_MODE_CONTROL_GROUP && options->kill_mode != KILL_MODE_MIXED))
		return 0;
	*error = (struct spawn_error){ .step = SPAWN_STEP_CGROUP,
				       .error = EBUSY,
				       .exit_status = spawn_step_exit_status(SPAWN_STEP_CGROUP) };
	return cause_set(cause, EBUSY, "%d processes of an earlier run are left, which SendSIGKILL=no spares", count);
}

/* A new run begins with its first command. */
static int begin_run(struct manager *manager, struct unit_runtime *runtime, struct spawn_error *error,
		     struct cause *cause)
{
	if (runtime->invocation_id[0])
		return 0;
	int result = containment_is_empty(&runtime->containment) == 0
			     ? look_for_leftovers(manager, runtime->unit, error, cause)
			     : 0;
	if (result < 0)
		return result;
	return unit_runtime_begin_invocation(runtime) < 0 ? no_memory(error) : 0;
}

/* Whoever takes over from us is to know of the process, wherever we are stopped. */
static int start_noted_process(struct manager *manager, const struct unit *unit, const struct action *action,
			       struct process *process, int *reports, struct spawn_error *error, struct cause *cause)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);

	runtime->starting = (uint8_t)(action->spawn.role + 1);
	core_touch(manager->core, unit->id);
	int result = start_process(manager, unit, action, process, reports, error, cause);
	runtime->starting = 0;
	return result;
}

void perform_tell_spawned(struct manager *manager, unit_id unit, enum process_role role)
{
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	struct event event = {
		.kind = EVENT_SPAWNED,
		.unit = unit,
		.spawned = { .role = role, .pid = runtime->processes[role].pid },
	};

	manager_feed(manager, &event);
	if (role == ROLE_MAIN && core_unit(manager->core, unit)->definition->service->type == SERVICE_DBUS)
		bus_names_watch(manager, unit);
}

static void perform_spawn(struct manager *manager, const struct action *action)
{
	const struct unit *unit = core_unit(manager->core, action->unit);
	struct unit_runtime *runtime = unit_runtime_get(manager, action->unit);
	struct process process = PROCESS_NONE;
	struct spawn_error error = { 0 };
	struct cause cause = { 0 };
	int result, reports = -1;

	if (!runtime || pid_table_reserve(manager->pids) < 0)
		result = no_memory(&error);
	else if ((result = begin_run(manager, runtime, &error, &cause)) >= 0)
		result = start_noted_process(manager, unit, action, &process, &reports, &error, &cause);
	if (result < 0) {
		spawn_failed(manager, action, &error, &cause);
		return;
	}
	unit_runtime_set_process(manager, action->unit, action->spawn.role, process);
	containment_born(&runtime->containment, action->spawn.role, process.pid);
	if (reports < 0 || !sandbox_start_begin(manager, action->unit, action->spawn.role, reports))
		perform_tell_spawned(manager, action->unit, action->spawn.role);
}

static int signal_process(const struct process *process, int number, bool and_continue)
{
	if (process->pid == 0)
		return 0;
	int result = process_signal(process, number);
	if (result >= 0 && and_continue && number != SIGKILL && number != SIGCONT)
		process_signal(process, SIGCONT);
	return result < 0 ? result : 1;
}

int perform_signal(struct manager *manager, unit_id unit, enum signal_scope scope, int number, bool and_continue)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	int result = 0;

	if (!runtime)
		return 0;
	const struct process *main_process = &runtime->processes[ROLE_MAIN];
	/* Who is to do something about the signal has to run. */
	if (runtime->frozen && core_unit(manager->core, unit)->active_state == ACTIVE_STATE_DEACTIVATING)
		(void)manager_freeze(manager, unit, false, NULL);
	const struct process *control = &runtime->processes[ROLE_CONTROL];
	if (scope == SCOPE_ALL || scope == SCOPE_ALL_BUT_MAIN)
		return containment_signal(&runtime->containment, number, scope == SCOPE_ALL ? 0 : main_process->pid,
					  and_continue);
	if (scope != SCOPE_CONTROL)
		result = signal_process(main_process, number, and_continue);
	if (scope != SCOPE_MAIN && result >= 0) {
		int more = signal_process(control, number, and_continue);
		result = more < 0 ? more : result + more;
	}
	return result;
}

static bool may_pass(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE || error == EAGAIN || error == EINTR ||
	       error == EIO;
}

static void perform_signal_action(struct manager *manager, const struct action *action)
{
	int result = perform_signal(manager, action->unit, action->signal.scope, action->signal.signal,
				    action->signal.and_continue);

	if (result < 0 && result != -ESRCH)
		manager_record(manager, RECORD_WARNING, action->unit, "signal %d: %s", action->signal.signal,
			       strerror(-result));
	if (result < 0 && may_pass(-result))
		manager_feed(manager, &(struct event){ .kind = EVENT_SIGNAL_FAILED, .unit = action->unit });
	if (action->signal.scope == SCOPE_ALL || action->signal.scope == SCOPE_ALL_BUT_MAIN)
		child_events_expect_empty(manager, action->unit);
}

static void perform_conditions(struct manager *manager, const struct action *action)
{
	const struct unit *unit = core_unit(manager->core, action->unit);
	char failed[ACTION_TEXT_MAX] = "";
	struct event event = { .kind = EVENT_CONDITIONS, .unit = action->unit };

	event.conditions.outcome = conditions_check(unit->definition->options, failed, sizeof failed);
	event.conditions.failed = failed;
	manager_feed(manager, &event);
}

static void perform_clean_up(struct manager *manager, const struct action *action)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, action->unit);

	main_process_finder_forget(manager, action->unit);
	bus_names_forget(manager, action->unit);
	if (!runtime)
		return;
	service_directories_remove(manager, core_unit(manager->core, action->unit), action->clean_up.keep);
	log_line_end_lines(manager, action->unit);
	if (!action->clean_up.keep) {
		sandbox_start_remove_ipc(manager, core_unit(manager->core, action->unit));
		sandbox_state_release(manager, core_unit(manager->core, action->unit));
	}
	runtime->invocation_id[0] = '\0';
	runtime->frozen = false;
	/* Processes that KillMode= left are looked after until they end. */
	if (!action->clean_up.keep &&
	    (!runtime->containment.populated || containment_is_empty(&runtime->containment) != 0))
		containment_release(&runtime->containment);
}

static void perform_record(struct manager *manager, const struct action *action)
{
	if (action->record.level <= RECORD_INFO)
		manager_record(manager, action->record.level, action->unit, "%s", action->record.text);
}

static void perform_leave(struct manager *manager, const struct action *action)
{
	manager->leaving = true;
	manager->leave_kind = action->leave.leave;
	manager->exit_status = action->leave.exit_status;
}

static void perform_answer(struct manager *manager, struct action *action)
{
	if (action->answer.request >= MANAGER_REQUEST_FIRST)
		manager_answered(manager, action);
	else if (manager->control && !late_answer_take(manager, action))
		control_verbs_answer(manager->control, action);
}

void perform(struct manager *manager, struct action *action)
{
	switch (action->kind) {
	case ACTION_SPAWN:
		perform_spawn(manager, action);
		break;
	case ACTION_SIGNAL:
		perform_signal_action(manager, action);
		break;
	case ACTION_FIND_MAIN_PROCESS:
		main_process_finder_find(manager, action->unit, action->find_main_process.wait);
		break;
	case ACTION_CHECK_CONDITIONS:
		perform_conditions(manager, action);
		break;
	case ACTION_TIMER_FACTS:
		timer_clock_facts(manager, action);
		break;
	case ACTION_TIMER_ELAPSED:
		timer_clock_elapsed(manager, action->unit);
		break;
	case ACTION_OPEN_SOCKETS:
		socket_units_open_unit(manager, action->unit);
		break;
	case ACTION_WATCH_SOCKETS:
		socket_units_watch(manager, action->unit, action->watch_sockets.on);
		break;
	case ACTION_CLOSE_SOCKETS:
		socket_units_close_unit(manager, action->unit);
		break;
	case ACTION_CLEAN_UP:
		perform_clean_up(manager, action);
		break;
	case ACTION_UNIT_CHANGED:
		if (manager->control)
			control_verbs_unit_changed(manager->control, action->unit);
		break;
	case ACTION_JOB_CHANGED:
		if (manager->control)
			control_verbs_job_changed(manager->control, action);
		break;
	case ACTION_ANSWER:
		perform_answer(manager, action);
		break;
	case ACTION_RECORD:
		perform_record(manager, action);
		break;
	case ACTION_LEAVE:
		perform_leave(manager, action);
		break;
	case ACTION_KIND_COUNT:
		break;
	}
	action_finish(action);
}
