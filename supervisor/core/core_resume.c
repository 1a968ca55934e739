/*
 * After a re-exec, a crash or an adoption: each unit is set going again, from its state as it was saved and from what
 * was found to live.
 *
 * What was decided just before a crash may or may not have been carried out. Each such thing is settled so that it is
 * never done twice where that could hurt: a process that may have been started is taken for started, and if it is gone,
 * for ended with a status that nobody knows; questions and signals are repeated.
 */
#include <limits.h>

#include "supervisor/core/core_snapshot.h"
#include "supervisor/core/service.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"

/* Stands for a process of which only that it existed is known; no kernel gives this number. */
enum { PID_UNKNOWN = INT_MAX - 1 };

static void tell_started(struct core *core, struct unit *unit, enum process_role role, int32_t pid)
{
	struct event event = { .kind = EVENT_SPAWNED, .unit = unit->id };

	event.spawned.role = role;
	event.spawned.pid = pid;
	service_spawned(core, unit, &event);
}

static void tell_ended(struct core *core, struct unit *unit, enum process_role role, const struct survivors *survivors)
{
	struct event event = { .kind = EVENT_EXITED, .unit = unit->id };

	event.exited.role = role;
	event.exited.pid = role == ROLE_MAIN ? unit->main_pid : unit->control_pid;
	event.exited.code = survivors->code[role];
	event.exited.status = survivors->status[role];
	event.exited.empty = !survivors->populated;
	if (event.exited.code == 0)
		core_record(core, unit, RECORD_NOTICE, "%s process ended while svinit was not there; how is not known",
			    role == ROLE_MAIN ? "main" : "control");
	service_exited(core, unit, &event);
}

static void start_again(struct core *core, struct unit *unit)
{
	enum process_role role = (enum process_role)(unit->private->spawning - 1);
	bool main = role == ROLE_MAIN;

	service_spawn(core, unit, main ? EXEC_START : (enum exec_phase)unit->control_phase,
		      main ? unit->private->main_index : unit->control_index, role);
}

static void settle_spawn(struct core *core, struct unit *unit, const struct survivors *survivors)
{
	enum process_role role = (enum process_role)(unit->private->spawning - 1);
	const struct survivors gone = { .populated = survivors->populated };

	if (unit->private->spawn_lost)
		return; /* its deadline says so */
	if (!survivors->begun) {
		start_again(core, unit);
		return;
	}
	tell_started(core, unit, role, survivors->started > 0 ? survivors->started : PID_UNKNOWN);
	if (survivors->started <= 0)
		tell_ended(core, unit, role, &gone);
}

static void ask_again(struct core *core, struct unit *unit)
{
	if (unit->private->checking)
		core_push(core, &(struct action){ .kind = ACTION_CHECK_CONDITIONS, .unit = unit->id });
	if (unit->private->finding_main)
		service_find_main(core, unit, true);
}

static bool sends_signals(const struct unit *unit)
{
	switch (unit->sub_state) {
	case SUB_STOP_WATCHDOG:
	case SUB_STOP_SIGTERM:
	case SUB_STOP_SIGKILL:
	case SUB_FINAL_WATCHDOG:
	case SUB_FINAL_SIGTERM:
	case SUB_FINAL_SIGKILL:
		return true;
	default:
		return false;
	}
}

/* Whether the signal went out is not known: it does again, and the processes have their time to heed it. */
static void signal_again(struct core *core, struct unit *unit)
{
	service_enter_signal(core, unit, (enum sub_state)unit->sub_state, RESULT_SUCCESS);
}

static void clean_up_again(struct core *core, struct unit *unit)
{
	core_push(core, &(struct action){ .kind = ACTION_CLEAN_UP,
					  .unit = unit->id,
					  .clean_up = { .keep = unit->active_state == ACTIVE_STATE_ACTIVATING } });
}

static bool waits_for_restart(const struct unit *unit)
{
	return unit->sub_state == SUB_AUTO_RESTART || unit->sub_state == SUB_AUTO_RESTART_QUEUED;
}

/* The processes that the unit had; those that it has got since it was set going are none of them. */
static void tell_ends(struct core *core, struct unit *unit, const int32_t pids[ROLE_COUNT],
		      const struct survivors *survivors)
{
	if (pids[ROLE_CONTROL] != 0 && unit->control_pid == pids[ROLE_CONTROL] && !survivors->alive[ROLE_CONTROL])
		tell_ended(core, unit, ROLE_CONTROL, survivors);
	if (pids[ROLE_MAIN] != 0 && unit->main_pid == pids[ROLE_MAIN] && !survivors->alive[ROLE_MAIN])
		tell_ended(core, unit, ROLE_MAIN, survivors);
}

static void resume_service(struct core *core, struct unit *unit, const struct survivors *survivors)
{
	const int32_t pids[ROLE_COUNT] = { unit->main_pid, unit->control_pid };
	bool was_populated = unit->populated;

	unit->populated |= survivors->populated;
	if (unit->private->spawning)
		settle_spawn(core, unit, survivors);
	else if (!survivors->orderly && sends_signals(unit))
		signal_again(core, unit);
	else if (!survivors->orderly && !survivors->populated && (is_down(unit) || waits_for_restart(unit)))
		clean_up_again(core, unit);
	tell_ends(core, unit, pids, survivors);
	if (was_populated && !survivors->populated && !unit->private->spawning)
		service_empty(core, unit);
}

void core_resume(struct core *core, unit_id id, const struct survivors *survivors, usec now,
		 struct action_queue *actions)
{
	struct unit *unit = core_at(core, id);

	if (!unit)
		return;
	core->now = now;
	core->actions = actions;
	core->step++;
	unit_touch(core, unit);
	ask_again(core, unit);
	if (unit->definition->type == UNIT_SERVICE && unit->definition->service)
		resume_service(core, unit, survivors);
	else if (unit_machine(unit)->resume && !is_down(unit))
		unit_machine(unit)->resume(core, unit);
	core->unsettled = true;
	core->actions = NULL;
}
