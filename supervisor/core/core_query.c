/* What a unit waits for: the questions behind `svctl why`. */
#include "supervisor/core/service.h"
#include "supervisor/core/unit_state.h"

usec core_unit_deadline(const struct core *core, unit_id id, const char **what)
{
	const struct unit *unit = core_at(core, id);
	const struct unit_rare *rare;
	usec when;

	if (what)
		*what = NULL;
	when = unit ? deadline_heap_get(&core->heap, id) : USEC_INFINITY;
	if (when == USEC_INFINITY || !what)
		return when;
	rare = unit->private->rare;
	if (when == unit->private->state_deadline)
		*what = service_deadline_name(unit);
	else if (rare && (when == rare->job_queued_deadline || when == rare->job_running_deadline))
		*what = "job timeout";
	else
		*what = "watchdog";
	return when;
}

/* Jobs that stop go first; see job.c. */
static bool goes_first(const struct unit *first, const struct unit *second)
{
	return second->job_type != JOB_STOP && second->job_type != JOB_RESTART && first->private->ordered;
}

struct waits {
	unit_id *ids;
	size_t count, max;
	unit_id last;
};

static void add_wait(struct waits *waits, unit_id id)
{
	if (id == waits->last)
		return;
	waits->last = id;
	if (waits->count < waits->max)
		waits->ids[waits->count] = id;
	waits->count++;
}

size_t core_waits_for(const struct core *core, unit_id id, unit_id *ids, size_t max)
{
	const struct unit *unit = core_at(core, id);
	struct waits waits = { ids, 0, max, UNIT_ID_NONE };

	if (!unit || unit->job_type == JOB_NONE || unit->job_state != JOB_WAITING || unit->private->ignore_order)
		return 0;
	for (struct edge_range range = edges_of(unit, EDGE_AFTER); range.at < range.end; range.at++)
		if (goes_first(core_at(core, edge_other(*range.at)), unit))
			add_wait(&waits, edge_other(*range.at));
	for (struct edge_range range = edges_of(unit, EDGE_BEFORE); range.at < range.end; range.at++) {
		const struct unit *later = core_at(core, edge_other(*range.at));

		if (later->private->ordered && !goes_first(unit, later))
			add_wait(&waits, later->id);
	}
	return waits.count;
}
