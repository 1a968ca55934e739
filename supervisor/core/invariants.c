#include "supervisor/core/invariants.h"

#include <errno.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/idle_wait.h"
#include "supervisor/core/service.h"

static bool wrong(struct cause *cause, const struct unit *unit, const char *what)
{
	cause_set(cause, EINVAL, "%s (%s, job %s): %s", unit->definition->name,
		  sub_state_name((enum sub_state)unit->sub_state), job_type_name((enum job_type)unit->job_type), what);
	return false;
}

static bool check_edges(const struct core *core, const struct unit *unit, struct cause *cause)
{
	const struct unit_private *private = unit->private;

	for (uint32_t i = 0; i < private->edge_count; i++) {
		edge e = private->edges[i];
		const struct unit *other = core_at(core, edge_other(e));

		if (i > 0 && private->edges[i - 1] >= e)
			return wrong(cause, unit, "edges are not in order");
		if (!other || !has_edge(other, edge_inverse_code(edge_code(e)), unit->id))
			return wrong(cause, unit, "an edge has no other direction");
	}
	return true;
}

static bool stops(const struct unit *unit)
{
	return unit->job_type == JOB_STOP || unit->job_type == JOB_RESTART;
}

static uint32_t count_waits(const struct core *core, const struct unit *unit)
{
	uint32_t count = 0;

	for (struct edge_range range = edges_of(unit, EDGE_AFTER); range.at < range.end; range.at++)
		count += core_at(core, edge_other(*range.at))->private->ordered && !stops(unit);
	for (struct edge_range range = edges_of(unit, EDGE_BEFORE); range.at < range.end; range.at++) {
		const struct unit *later = core_at(core, edge_other(*range.at));

		count += later->private->ordered && stops(later);
	}
	return count;
}

static bool check_job(const struct core *core, const struct unit *unit, struct cause *cause)
{
	const struct unit_private *private = unit->private;

	if ((unit->job_type != JOB_NONE) != (unit->job != 0))
		return wrong(cause, unit, "a job without a number, or a number without a job");
	if (unit->job_type == JOB_NONE && (private->waiters || private->waiting || private->ordered))
		return wrong(cause, unit, "something waits for a job that is not there");
	if (unit->job_type != JOB_NONE && !private->ordered)
		return wrong(cause, unit, "a job is in no order");
	if (private->ordered && private->waiting != count_waits(core, unit))
		return wrong(cause, unit, "miscounted what the job waits for");
	return true;
}

static bool may_sleep(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_ACTIVATING || unit->active_state == ACTIVE_STATE_DEACTIVATING ||
	       unit->active_state == ACTIVE_STATE_RELOADING || unit->private->checking;
}

/* A job that nothing is in the way of runs, or waits for a state that will end. */
static bool check_progress(const struct core *core, const struct unit *unit, struct cause *cause)
{
	if (core->unsettled || unit->job_type == JOB_NONE)
		return true;
	if (unit->job_state == JOB_WAITING && (unit->private->waiting == 0 || unit->private->ignore_order) &&
	    !may_sleep(unit))
		return wrong(cause, unit, "a job could run and does not");
	if (unit->job_state == JOB_RUNNING && unit->sub_state == SUB_AUTO_RESTART_QUEUED && !unit->private->checking)
		return wrong(cause, unit, "a restart was queued and does not begin");
	if (unit->job_state == JOB_RUNNING && !may_sleep(unit) && !unit->private->spawning)
		return wrong(cause, unit, "a job runs and nothing happens");
	return true;
}

/* Type=idle: who waits has a program to start and an end of the wait, and nothing else is left to be waited for. */
static bool check_idle(const struct core *core, const struct unit *unit, struct cause *cause)
{
	const struct unit_private *private = unit->private;

	if (private->under_way != idle_wait_heeds(unit))
		return wrong(cause, unit, "a job is under way and not counted, or the other way round");
	if (!private->idle_waiting)
		return true;
	if (unit->sub_state != SUB_START || private->spawning || unit->main_pid != 0)
		return wrong(cause, unit, "it waits for an idle moment and has no program to start");
	if (private->state_deadline == USEC_INFINITY)
		return wrong(cause, unit, "it waits for an idle moment without end");
	return core->unsettled || core->under_way > 0 || wrong(cause, unit, "the idle moment is there and unused");
}

static bool check_idle_list(const struct core *core, uint32_t waiting, struct cause *cause)
{
	unit_id id = core->idle_head;
	uint32_t left = waiting;

	for (; id != UNIT_ID_NONE && left > 0; left--) {
		const struct unit *unit = core_at(core, id);

		if (!unit->private->idle_waiting)
			return wrong(cause, unit, "it is in the list of idle waits and does not wait");
		id = unit->private->rare->idle_next;
	}
	if (left == 0 && id == UNIT_ID_NONE)
		return true;
	cause_set(cause, EINVAL, "the list of idle waits is not that of the %u units that wait", waiting);
	return false;
}

static usec least(usec a, usec b)
{
	return a < b ? a : b;
}

static bool check_deadline(const struct core *core, const struct unit *unit, struct cause *cause)
{
	const struct unit_rare *rare = unit->private->rare;
	usec when = unit->private->state_deadline;

	if (rare)
		when = least(when, least(rare->job_queued_deadline, rare->job_running_deadline));
	if (deadline_heap_get(&core->heap, unit->id) > when)
		return wrong(cause, unit, "a deadline is not in the heap");
	return true;
}

/* A state that waits for a process has one, or an unanswered question. */
static bool check_processes(const struct unit *unit, struct cause *cause)
{
	switch (unit->sub_state) {
	case SUB_CONDITION:
	case SUB_START_PRE:
	case SUB_STOP:
	case SUB_STOP_POST:
		return control_is_alive(unit) || wrong(cause, unit, "no process to wait for");
	case SUB_AUTO_RESTART:
	case SUB_DEAD:
	case SUB_FAILED:
		return !unit->private->spawning || wrong(cause, unit, "a process is being started");
	case SUB_AUTO_RESTART_QUEUED:
		return unit->job_type != JOB_NONE || wrong(cause, unit, "a restart was queued and got lost");
	default:
		return true;
	}
}

static bool check_unit(const struct core *core, const struct unit *unit, struct cause *cause)
{
	if (unit->private->entry || (!core->unsettled && (unit->private->effect_queued || unit->private->run_queued)))
		return wrong(cause, unit, "something is left undone");
	return check_edges(core, unit, cause) && check_job(core, unit, cause) && check_progress(core, unit, cause) &&
	       check_idle(core, unit, cause) && check_deadline(core, unit, cause) && check_processes(unit, cause);
}

struct tally {
	uint32_t jobs, under_way, idle_waiting, up;
};

static void count_unit(struct tally *tally, const struct unit *unit)
{
	tally->jobs += unit->job_type != JOB_NONE;
	tally->under_way += unit->private->under_way;
	tally->idle_waiting += unit->private->idle_waiting;
	tally->up += !is_down(unit);
}

static bool check_tally(const struct core *core, const struct tally *tally, struct cause *cause)
{
	if (tally->jobs == core->job_count && tally->under_way == core->under_way && tally->up == core->up_count)
		return check_idle_list(core, tally->idle_waiting, cause);
	cause_set(cause, EINVAL, "miscounted: %u jobs of %u, %u under way of %u, %u units up of %u", tally->jobs,
		  core->job_count, tally->under_way, core->under_way, tally->up, core->up_count);
	return false;
}

bool core_check(const struct core *core, struct cause *cause)
{
	struct tally tally = { 0 };

	for (unit_id id = 0; id < core->table.count; id++) {
		const struct unit *unit = core_at(core, id);

		if (!unit)
			continue;
		if (!check_unit(core, unit, cause))
			return false;
		count_unit(&tally, unit);
	}
	return check_tally(core, &tally, cause);
}
