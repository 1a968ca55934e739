#include "supervisor/core/trigger.h"

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/unit_state.h"

struct unit *trigger_target(const struct core *core, const struct unit *unit)
{
	struct edge_range range = edges_of(unit, EDGE(DEPENDENCY_TRIGGERS));

	return range.at < range.end ? core_at(core, edge_other(*range.at)) : NULL;
}

bool trigger_is_possible(struct core *core, struct unit *unit)
{
	const struct unit *triggered = trigger_target(core, unit);

	if (triggered && newest_definition(triggered)->load_state == LOAD_STATE_LOADED)
		return true;
	unit_set_failure(unit, "%s, which it triggers, is %s", triggered ? triggered->definition->name : "the unit",
			 triggered ? load_state_name(newest_definition(triggered)->load_state) : "not known");
	job_finish(core, unit, JOB_FAILED, unit->failure);
	return false;
}
