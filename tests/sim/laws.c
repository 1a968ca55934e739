#include <signal.h>
#include <stdio.h>

#include "supervisor/core/invariants.h"
#include "supervisor/core/restart_policy.h"
#include "tests/sim/world.h"

/* Looking into the core costs more than a step of it, so only some of the small worlds are looked into. */
enum { FEW_UNITS = 10, ONE_IN = 5 };

void sim_break(struct sim_world *world, const char *law, unit_id id)
{
	const struct unit *unit = core_unit(world->core, id);

	if (world->broken)
		return;
	world->broken = law;
	snprintf(world->details, sizeof world->details, "step %llu, unit %s (%s/%s, job %s)",
		 (unsigned long long)world->steps, unit ? unit->definition->name : "-",
		 unit ? active_state_name(unit->active_state) : "-", unit ? sub_state_name(unit->sub_state) : "-",
		 unit ? job_type_name(unit->job_type) : "-");
}

static bool is_down(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_INACTIVE || unit->active_state == ACTIVE_STATE_FAILED;
}

static bool leaves_processes(const struct unit *unit)
{
	const struct service_options *options = unit->definition->service->options;

	return options->kill_mode == KILL_MODE_PROCESS || options->kill_mode == KILL_MODE_NONE ||
	       !options->send_sigkill || options->kill_mode == KILL_MODE_MIXED;
}

/* The first command of a start; not those that go on with one. */
static bool begins_start(const struct unit *unit, const struct action *action)
{
	for (enum exec_phase phase = EXEC_CONDITION; phase <= EXEC_START; phase++)
		if (unit->definition->service->phases[phase].count > 0)
			return action->spawn.phase == phase && action->spawn.index == 0;
	return false;
}

/* Automatic restarts keep RestartSec= and the start limit. */
static void check_start(struct sim_world *world, const struct unit *unit)
{
	struct sim_unit *mine = &world->units[unit->id];
	const struct unit_options *options = unit->definition->options;
	/* The limit counts in windows that follow each other, so the ends of two may meet: twice the burst. */
	uint32_t burst = 2 * options->start_limit_burst;

	if (mine->started_hash != unit->definition->content_hash)
		mine->start_count = 0; /* it has other limits now */
	mine->started_hash = unit->definition->content_hash;
	mine->starts[mine->start_count++ % SIM_STARTS_KEPT] = world->now;
	if (options->start_limit_interval > 0 && burst > 0 && burst < SIM_STARTS_KEPT && mine->start_count > burst) {
		usec earlier = mine->starts[(mine->start_count - 1 - burst) % SIM_STARTS_KEPT];
		if (world->now < usec_add(earlier, options->start_limit_interval))
			sim_break(world, "no more starts than StartLimitBurst= in StartLimitIntervalSec=", unit->id);
	}
	if (unit->restarts > mine->restarts_seen && world->now < mine->restart_due)
		sim_break(world, "RestartSec= and its steps are kept", unit->id);
	mine->restarts_seen = unit->restarts;
	mine->restart_due = 0;
}

enum { IDLE_PATIENCE = 5 * 1000 * 1000 }; /* µs, systemd.service(5) */

static bool starts_idle(const struct unit *unit)
{
	return unit->sub_state == SUB_START && unit->definition->service->type == SERVICE_IDLE;
}

static bool has_waited_idle(const struct sim_world *world, const struct unit *unit)
{
	/* With another svinit it may be of another type than when it began to wait. */
	return (starts_idle(unit) || (world->mortal && unit->sub_state == SUB_START)) &&
	       world->now > unit->state_change;
}

static bool holds_up_idle(const struct sim_world *world, const struct unit *unit)
{
	/* A job that came later in this step was not there yet. */
	return !starts_idle(unit) && unit->job != 0 && unit->job_state == JOB_RUNNING &&
	       world->units[unit->id].open_job == unit->job;
}

/* Type=idle: its program is not started while another unit's job runs, but for 5 s at most. */
static void check_idle_moment(struct sim_world *world, const struct unit *unit)
{
	if (!starts_idle(unit) || world->now >= usec_add(unit->state_change, IDLE_PATIENCE))
		return;
	for (unit_id id = 0; id < world->unit_count; id++)
		if (core_unit(world->core, id) && holds_up_idle(world, core_unit(world->core, id)))
			sim_break(world, "Type=idle starts behind all jobs", unit->id);
}

static bool stands_in_order(void *context, const struct edge_view *edge)
{
	struct sim_world *world = context;
	const struct unit *other = core_unit(world->core, edge->other);

	if (edge->kind != DEPENDENCY_AFTER || edge->inverse || !other)
		return true;
	if (other->job == 0 || world->units[edge->other].open_job != other->job)
		return true; /* it came later in this step, for another reason */
	if (other->job_type == JOB_START || other->job_type == JOB_STOP || other->job_type == JOB_RESTART)
		sim_break(world, "what a unit starts after has no start or stop under way", edge->other);
	return true;
}

void sim_check_spawn(struct sim_world *world, const struct action *action)
{
	const struct unit *unit = core_unit(world->core, action->unit);

	if (!unit || !unit->definition->service) {
		sim_break(world, "only services have processes", action->unit);
		return;
	}
	const struct sim_unit *mine = &world->units[action->unit];
	const struct sim_process *process = &mine->processes[action->spawn.role];
	if (process->alive || process->pending)
		sim_break(world, "never two processes of one role", action->unit);
	if (action->spawn.index >= unit->definition->service->phases[action->spawn.phase].count)
		sim_break(world, "a command that is spawned exists", action->unit);
	if (world->left)
		sim_break(world, "nothing is started after svinit was told to leave", action->unit);
	if (action->spawn.phase == EXEC_START)
		check_idle_moment(world, unit);
	if (!begins_start(unit, action) || mine->changed_in_between)
		return;
	if (sim_unit_has_processes(mine) && !mine->may_leave_processes)
		sim_break(world, "nothing of the last incarnation lives when the next one starts", action->unit);
	check_start(world, unit);
	/* What waits for its conditions, or for the idle moment, has begun before what came meanwhile. */
	if (unit->job_type == JOB_START && core_cycle_count(world->core) == 0 && !world->unordered &&
	    unit->definition->options->condition_count == 0 && !has_waited_idle(world, unit))
		core_each_edge(world->core, action->unit, stands_in_order, world);
}

void sim_check_signal(struct sim_world *world, const struct action *action)
{
	if (action->signal.signal <= 0 || action->signal.signal > 64)
		sim_break(world, "signals are between 1 and 64", action->unit);
}

static void note_restart(struct sim_world *world, const struct unit *unit)
{
	struct sim_unit *mine = &world->units[unit->id];
	bool awaits = unit->sub_state == SUB_AUTO_RESTART;

	if (awaits && !mine->awaits_restart)
		mine->restart_due =
			usec_add(world->now, restart_delay(unit->definition->service->options, unit->restarts));
	if (!awaits && unit->sub_state != SUB_AUTO_RESTART_QUEUED && is_down(unit))
		mine->restart_due = 0;
	mine->awaits_restart = awaits;
}

static void check_unit(struct sim_world *world, const struct unit *unit)
{
	const struct sim_unit *mine = &world->units[unit->id];
	const struct unit *blocker = unit->blocked_by == UNIT_ID_NONE ? NULL : core_unit(world->core, unit->blocked_by);
	bool down = is_down(unit);

	if (down || unit->sub_state == SUB_AUTO_RESTART)
		world->units[unit->id].changed_in_between = false;
	if (blocker && blocker->job_type != JOB_STOP && core_next_deadline(world->core) != 0 &&
	    (blocker->active_state == ACTIVE_STATE_ACTIVE || blocker->active_state == ACTIVE_STATE_RELOADING))
		sim_break(world, "nothing stays blocked by what is up", unit->id);
	if (blocker && !unit->wanted)
		sim_break(world, "what is blocked is wanted", unit->id);
	if (!unit->definition->service)
		return;
	note_restart(world, unit);
	if (leaves_processes(unit))
		world->units[unit->id].may_leave_processes = true;
	else if (!sim_unit_has_processes(mine))
		world->units[unit->id].may_leave_processes = false;
	if (down && (mine->processes[ROLE_MAIN].alive || mine->processes[ROLE_MAIN].pending) &&
	    !mine->may_leave_processes)
		sim_break(world, "a unit that is down has no main process", unit->id);
	if (down && mine->extras > 0 && !mine->may_leave_processes)
		sim_break(world, "a unit that is down has no process at all", unit->id);
	if (unit->sub_state == SUB_RUNNING && unit->main_pid == 0 && mine->extras == 0 &&
	    !mine->processes[ROLE_CONTROL].alive && unit->populated && !mine->owes_empty &&
	    unit->definition->service->type != SERVICE_FORKING)
		sim_break(world, "a running unit has a process", unit->id);
}

static void check_inside(struct sim_world *world)
{
	struct cause cause = { 0 };

	bool looked_at = world->unit_count <= FEW_UNITS && (world->verbose || world->seed % ONE_IN == 0);

	if (!looked_at || world->broken || core_check(world->core, &cause))
		return;
	sim_break(world, "the core is consistent", UNIT_ID_NONE);
	snprintf(world->details, sizeof world->details, "step %llu: %.200s", (unsigned long long)world->steps,
		 cause.text);
}

void sim_check_state(struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++) {
		const struct unit *unit = core_unit(world->core, id);
		if (unit)
			check_unit(world, unit);
	}
	check_inside(world);
}

void sim_check_left(struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++) {
		const struct unit *unit = core_unit(world->core, id);

		if (!unit)
			continue;
		if (unit->job_type != JOB_NONE)
			sim_break(world, "no job is left behind a shutdown", id);
		if (!is_down(unit))
			sim_break(world, "no unit is up behind a shutdown", id);
		if (unit->definition->service && sim_unit_has_processes(&world->units[id]) &&
		    !world->units[id].may_leave_processes)
			sim_break(world, "no process is left behind a shutdown", id);
	}
}
