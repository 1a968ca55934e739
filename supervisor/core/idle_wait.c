#include "supervisor/core/idle_wait.h"

#include "supervisor/core/service.h"
#include "supervisor/core/unit_state.h"

static bool starts_idle_program(const struct unit *unit)
{
	return unit->sub_state == SUB_START && service_type_of(unit) == SERVICE_IDLE;
}

bool idle_wait_heeds(const struct unit *unit)
{
	const struct unit_private *private = unit->private;

	if (unit->job_type == JOB_NONE || starts_idle_program(unit))
		return false;
	return unit->job_state == JOB_RUNNING || private->waiting == 0 || private->ignore_order;
}

void idle_wait_recount(struct core *core, struct unit *unit)
{
	bool counts = idle_wait_heeds(unit);

	if (counts != unit->private->under_way)
		core->under_way += counts ? 1 : UINT32_MAX;
	unit->private->under_way = counts;
}

bool idle_wait_enter(struct core *core, struct unit *unit)
{
	struct unit_rare *rare = unit_own_rare(unit);

	if (!rare)
		return false;
	rare->idle_previous = UNIT_ID_NONE;
	rare->idle_next = core->idle_head;
	if (core->idle_head != UNIT_ID_NONE)
		core_at(core, core->idle_head)->private->rare->idle_previous = unit->id;
	core->idle_head = unit->id;
	unit->private->idle_waiting = true;
	return true;
}

void idle_wait_leave(struct core *core, struct unit *unit)
{
	const struct unit_rare *rare = unit->private->rare;

	if (!unit->private->idle_waiting)
		return;
	unit->private->idle_waiting = false;
	if (rare->idle_next != UNIT_ID_NONE)
		core_at(core, rare->idle_next)->private->rare->idle_previous = rare->idle_previous;
	if (rare->idle_previous != UNIT_ID_NONE)
		core_at(core, rare->idle_previous)->private->rare->idle_next = rare->idle_next;
	else
		core->idle_head = rare->idle_next;
}

struct unit *idle_wait_take(struct core *core)
{
	struct unit *unit;

	if (core->idle_head == UNIT_ID_NONE || core->under_way > 0)
		return NULL;
	unit = core_at(core, core->idle_head);
	idle_wait_leave(core, unit);
	return unit;
}
