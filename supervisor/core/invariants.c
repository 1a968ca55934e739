#include "supervisor/core/invariants.h"

#include <errno.h>

#include "supervisor/core/dependency_graph.h"
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
	       check_deadline(core, unit, cause) && check_processes(unit, cause);
}

bool core_check(const struct core *core, struct cause *cause)
{
	uint32_t jobs = 0, up = 0;

	for (unit_id id = 0; id < core->table.count; id++) {
		const struct unit *unit = core_at(core, id);

		if (!unit)
			continue;
		if (!check_unit(core, unit, cause))
			return false;
		jobs += unit->job_type != JOB_NONE;
		up += !is_down(unit);
	}
	if (jobs == core->job_count && up == core->up_count)
		return true;
	cause_set(cause, EINVAL, "miscounted: %u jobs of %u, %u units up of %u", jobs, core->job_count, up,
		  core->up_count);
	return false;
}
