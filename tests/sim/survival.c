/* svinit ends and another one goes on: by re-exec, when all that was decided is done, or killed anywhere. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/core/core_snapshot.h"
#include "tests/sim/world.h"

/* µs that nobody may be there. */
enum { ABSENCE_MAX = 30 * 1000 * 1000 };

/* To look whether all that has changed was saved costs more than the rest. */
enum { LOOKED_AT_ONE_IN = 20 };

void sim_save_unit(struct sim_world *world, unit_id id)
{
	struct sim_unit *unit = &world->units[id];

	if (!world->mortal)
		return;
	unit->saved.size = 0;
	core_pack_unit(world->core, id, &unit->saved);
	unit->saved_begun = unit->processes[ROLE_MAIN].pending || unit->processes[ROLE_CONTROL].pending;
}

static bool is_up_to_date(const struct sim_world *world, unit_id id)
{
	const struct pack *saved = &world->units[id].saved;
	struct pack fresh = { 0 };
	bool same;

	core_pack_unit(world->core, id, &fresh);
	same = fresh.size == saved->size && memcmp(fresh.data, saved->data, fresh.size) == 0;
	pack_finish(&fresh);
	return same;
}

void sim_save(struct sim_world *world)
{
	bool looked_at = world->verbose || world->seed % LOOKED_AT_ONE_IN == 0;
	unit_id id;

	if (!world->mortal)
		return;
	while (core_take_touched(world->core, &id))
		sim_save_unit(world, id);
	world->saved.size = 0;
	core_pack(world->core, &world->saved);
	for (id = 0; looked_at && id < world->unit_count; id++)
		if (!is_up_to_date(world, id))
			sim_break(world, "a unit that has changed is saved", id);
}

void sim_forget_saved(struct sim_world *world)
{
	for (unit_id id = 0; id < SIM_UNITS_MAX; id++)
		pack_finish(&world->units[id].saved);
	pack_finish(&world->saved);
}

/* The files of the units are what was last read from them. */
static bool load_again(struct sim_world *world, const struct core *old)
{
	for (unit_id id = 0; id < world->unit_count; id++) {
		const struct unit *unit = core_unit(old, id);
		unit_id same;

		if (core_restore_unit(world->core, id, unit->definition->name) < 0)
			return false;
		if (core_define(world->core, unit->next_definition ? unit->next_definition : unit->definition, &same) <
			    0 ||
		    same != id)
			return false;
	}
	return core_link(world->core) >= 0;
}

/* What the laws had seen of the unit so far. */
static void carry_on(struct sim_world *world, unit_id id, const struct unit *before)
{
	const struct unit *unit = core_unit(world->core, id);
	struct sim_unit *mine = &world->units[id];

	mine->open_job = unit->job;
	if (unit->definition->content_hash != before->definition->content_hash)
		mine->changed_in_between = true;
	if (unit->sub_state == SUB_AUTO_RESTART && !mine->awaits_restart)
		mine->restart_due = 0;
	mine->awaits_restart = unit->sub_state == SUB_AUTO_RESTART;
}

static bool unpack(struct sim_world *world)
{
	bool done = core_unpack(world->core, world->saved.data, world->saved.size) == 0;

	for (unit_id id = 0; id < world->unit_count && done; id++)
		done = core_unpack_unit(world->core, world->units[id].saved.data, world->units[id].saved.size) == 0;
	return done && core_unpack_end(world->core, world->now) == 0;
}

/* Between the note that a process is being started and the answer: it was not born, or lives, or lived. */
static int32_t settle_birth(struct sim_world *world, struct sim_process *process)
{
	if (!process->pending)
		return process->alive ? process->pid : 0;
	process->pending = false;
	process->alive = sim_chance(&world->random, 40);
	process->pid = ++world->next_pid;
	return process->alive ? process->pid : 0;
}

/* A process of the unit that no record tells of as main or control is one of the others. */
static void demote(struct sim_unit *unit, struct sim_process *process)
{
	if (!process->alive)
		return;
	process->alive = false;
	unit->extras++;
	unit->extras_doomed |= process->doomed;
}

static struct survivors survey(struct sim_world *world, unit_id id, bool orderly)
{
	const struct unit *state = core_unit(world->core, id);
	const int32_t pids[ROLE_COUNT] = { state->main_pid, state->control_pid };
	struct sim_unit *unit = &world->units[id];
	struct survivors survivors = { .orderly = orderly, .begun = unit->saved_begun };

	unit->owes_empty = unit->owes_main = unit->owes_conditions = unit->owes_facts = false;
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct sim_process *process = &unit->processes[role];
		bool pending = process->pending;
		int32_t pid = orderly && !pending ? process->pid : settle_birth(world, process);

		survivors.alive[role] = process->alive && process->pid == pids[role];
		if (process->alive && !survivors.alive[role] && (pending || unit->saved_begun) && !survivors.started &&
		    core_is_starting(world->core, id, (enum process_role)role))
			survivors.started = pid;
		else if (!survivors.alive[role])
			demote(unit, process);
		if (sim_chance(&world->random, 30))
			survivors.code[role] = CLD_EXITED;
	}
	survivors.populated = sim_unit_has_processes(unit);
	return survivors;
}

static void take_over(struct sim_world *world, const struct core *old, bool orderly)
{
	struct event event = { .kind = EVENT_DEADLINE };
	struct survivors survivors[SIM_UNITS_MAX];

	for (unit_id id = 0; id < world->unit_count; id++) {
		carry_on(world, id, core_unit(old, id));
		survivors[id] = survey(world, id, orderly);
	}
	for (unit_id id = 0; id < world->unit_count; id++) {
		core_resume(world->core, id, &survivors[id], world->now, &world->actions);
	}
	sim_feed(world, &event);
}

static void replace(struct sim_world *world, bool orderly)
{
	struct core *old = world->core;
	struct action action;

	while (action_queue_take(&world->actions, &action))
		action_finish(&action);
	world->dying = world->dead = false;
	world->core = core_create(0);
	if (!world->core || !load_again(world, old) || !unpack(world))
		sim_break(world, "what was saved can be read again", UNIT_ID_NONE);
	else
		take_over(world, old, orderly);
	core_destroy(old);
}

void sim_reexec(struct sim_world *world)
{
	sim_bury_the_killed(world);
	if (!core_is_settled(world->core))
		return;
	if (world->verbose)
		printf("%6llu %12.6f re-exec\n", (unsigned long long)world->steps, (double)world->now / 1e6);
	sim_save(world);
	replace(world, true);
}

/* Processes end, and nobody is told. */
static void live_without(struct sim_world *world)
{
	world->now += sim_below(&world->random, ABSENCE_MAX);
	for (unit_id id = 0; id < world->unit_count; id++) {
		struct sim_unit *unit = &world->units[id];

		for (int role = 0; role < ROLE_COUNT; role++)
			if (unit->processes[role].alive &&
			    (unit->processes[role].doomed || sim_chance(&world->random, 10)))
				unit->processes[role].alive = false;
		if (unit->extras_killed)
			unit->extras = 0;
		if (unit->extras > 0 && (unit->extras_doomed || sim_chance(&world->random, 10)))
			unit->extras--;
		if (unit->extras == 0)
			unit->extras_doomed = unit->extras_killed = false;
	}
}

void sim_kill_svinit(struct sim_world *world)
{
	if (world->verbose)
		printf("%6llu %12.6f svinit will be killed\n", (unsigned long long)world->steps,
		       (double)world->now / 1e6);
	world->dying = true;
	if (sim_chance(&world->random, 80))
		sim_something_happens(world);
	live_without(world);
	world->first_certain = world->next_request;
	sim_forget_wishes(world);
	if (!world->left)
		replace(world, false);
	world->dying = world->dead = false;
}
