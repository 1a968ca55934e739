#include "supervisor/core/shutdown_plan.h"

#include <signal.h>

#include "supervisor/core/job.h"
#include "supervisor/core/unit_state.h"

static void stop_everything(struct core *core)
{
	static const struct job_order stop = { .type = JOB_STOP };

	for (unit_id id = 0; id < core->table.count; id++) {
		struct unit *unit = core_at(core, id);

		if (!unit)
			continue;
		unit->wanted = false;
		unit_touch(core, unit);
		unit_set_blocked(core, unit, UNIT_ID_NONE);
		if (!is_down(unit) || unit->private->checking)
			job_install(core, unit, &stop);
		else if (unit->job_type != JOB_NONE && unit->job_type != JOB_STOP)
			job_finish(core, unit, JOB_CANCELED, "svinit is shutting down");
	}
}

void shutdown_begin(struct core *core, enum leave_kind leave, int exit_status, bool force)
{
	struct shutdown_plan *plan = &core->shutdown;
	bool was_active = plan->active;

	plan->active = true;
	plan->leave = leave;
	plan->exit_status = exit_status;
	plan->force |= force;
	if (was_active)
		return;
	core_record(core, NULL, RECORD_NOTICE, "shutting down: stopping all units");
	if (!plan->force)
		stop_everything(core);
}

void shutdown_continue(struct core *core)
{
	struct shutdown_plan *plan = &core->shutdown;
	struct action action = { .kind = ACTION_LEAVE, .unit = UNIT_ID_NONE };

	if (!plan->active || plan->left || (!plan->force && (core->up_count > 0 || core->job_count > 0)))
		return;
	action.leave.leave = plan->leave;
	action.leave.force = plan->force;
	action.leave.exit_status = plan->exit_status;
	plan->left = core_push(core, &action);
	if (!plan->left)
		core_retry(core);
}

static void hurry(struct core *core, struct unit *unit)
{
	bool kill = unit->sub_state == SUB_STOP_SIGKILL || unit->sub_state == SUB_FINAL_SIGKILL;
	usec latest = usec_add(core->now, kill ? KILL_PATIENCE : 0);

	unit->private->hurry = true;
	unit_touch(core, unit);
	if (unit->active_state == ACTIVE_STATE_DEACTIVATING && unit->private->state_deadline > latest)
		unit_set_deadline(core, unit, latest);
}

/* What is still to come of the stops that were asked for is shortened too, not only the stage they are in. */
void shutdown_hurry(struct core *core)
{
	for (unit_id id = 0; id < core->table.count; id++) {
		struct unit *unit = core_at(core, id);

		if (unit && (unit->active_state == ACTIVE_STATE_DEACTIVATING || unit->job_type == JOB_STOP))
			hurry(core, unit);
	}
}

static int status_of_main(const struct unit *unit)
{
	switch (unit->main_status.code) {
	case CLD_EXITED:
		return unit->main_status.status;
	case CLD_KILLED:
	case CLD_DUMPED:
		return 128 + unit->main_status.status;
	default:
		return 1;
	}
}

struct ending {
	enum leave_kind leave;
	bool force;
};

static const struct ending endings[EMERGENCY_ACTION_COUNT] = {
	[EMERGENCY_ACTION_REBOOT] = { LEAVE_REBOOT, false },
	[EMERGENCY_ACTION_REBOOT_FORCE] = { LEAVE_REBOOT, true },
	[EMERGENCY_ACTION_REBOOT_IMMEDIATE] = { LEAVE_REBOOT, true },
	[EMERGENCY_ACTION_POWEROFF] = { LEAVE_POWEROFF, false },
	[EMERGENCY_ACTION_POWEROFF_FORCE] = { LEAVE_POWEROFF, true },
	[EMERGENCY_ACTION_POWEROFF_IMMEDIATE] = { LEAVE_POWEROFF, true },
	[EMERGENCY_ACTION_EXIT] = { LEAVE_EXIT, false },
	[EMERGENCY_ACTION_EXIT_FORCE] = { LEAVE_EXIT, true },
	[EMERGENCY_ACTION_HALT] = { LEAVE_HALT, false },
	[EMERGENCY_ACTION_HALT_FORCE] = { LEAVE_HALT, true },
	[EMERGENCY_ACTION_HALT_IMMEDIATE] = { LEAVE_HALT, true },
};

void shutdown_emergency(struct core *core, const struct unit *unit, enum emergency_action action, int exit_status)
{
	if (action == EMERGENCY_ACTION_NONE || action >= EMERGENCY_ACTION_COUNT || core->shutdown.active)
		return;
	core_record(core, unit, RECORD_NOTICE, "ends svinit, as its unit file says");
	shutdown_begin(core, endings[action].leave, exit_status >= 0 ? exit_status : status_of_main(unit),
		       endings[action].force);
}
