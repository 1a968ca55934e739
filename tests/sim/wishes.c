/* The last request wins: what somebody asked of a unit, was granted, and that nothing else can have undone. */
#include <stdio.h>

#include "tests/sim/world.h"

static enum sim_wish_kind wish_of(enum request_verb verb)
{
	switch (verb) {
	case REQUEST_STOP:
		return WISH_DOWN;
	case REQUEST_START:
	case REQUEST_RESTART:
		return WISH_UP;
	default:
		return WISH_NONE;
	}
}

void sim_forget_wishes(struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++)
		world->units[id].wish.kind = WISH_NONE;
}

void sim_note_request(struct sim_world *world, const struct event *event)
{
	struct sim_unit *unit = &world->units[event->unit];

	if (event->request.mode == JOB_MODE_ISOLATE || event->request.mode == JOB_MODE_FLUSH)
		sim_forget_wishes(world);
	if (event->request.verb == REQUEST_VERIFY_ACTIVE || event->request.verb == REQUEST_RESET_FAILED ||
	    event->request.verb == REQUEST_HURRY)
		return;
	unit->wish = (struct sim_wish){ .kind = wish_of(event->request.verb),
					.request = event->request.request,
					.when = world->now };
}

/* Whoever was told that it did not happen expects nothing. */
void sim_note_answer(struct sim_world *world, const struct action *action)
{
	struct sim_wish *wish;

	if (action->unit >= world->unit_count || action->answer.result == JOB_DONE)
		return;
	wish = &world->units[action->unit].wish;
	if (wish->request == action->answer.request)
		wish->kind = WISH_NONE;
}

static bool is_moving(const struct unit *unit)
{
	return unit->job_type != JOB_NONE || unit->active_state == ACTIVE_STATE_ACTIVATING ||
	       unit->active_state == ACTIVE_STATE_DEACTIVATING || unit->active_state == ACTIVE_STATE_RELOADING;
}

bool sim_is_at_rest(const struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++)
		if (is_moving(core_unit(world->core, id)))
			return false;
	return true;
}

/* What other units can do to this one. */
struct influence {
	bool starts, stops;
};

static bool note_influence(void *context, const struct edge_view *edge)
{
	struct influence *influence = context;

	switch (edge->kind) {
	case DEPENDENCY_REQUIRES:
	case DEPENDENCY_REQUISITE:
	case DEPENDENCY_BINDS_TO:
	case DEPENDENCY_PART_OF:
		influence->starts = true; /* also by a restart that comes this way */
		influence->stops |= !edge->inverse;
		break;
	case DEPENDENCY_WANTS:
	case DEPENDENCY_UPHOLDS:
	case DEPENDENCY_ON_FAILURE:
	case DEPENDENCY_TRIGGERS:
		influence->starts |= edge->inverse;
		break;
	case DEPENDENCY_CONFLICTS:
		influence->stops = true;
		break;
	default:
		break;
	}
	return true;
}

static bool has_reason(const struct sim_world *world, const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_FAILED || unit->failure || unit->result != RESULT_SUCCESS ||
	       core_unit(world->core, unit->blocked_by) ||
	       (unit->condition_time && (!unit->condition_result || !unit->assert_result));
}

static bool is_down(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_INACTIVE || unit->active_state == ACTIVE_STATE_FAILED;
}

static void check_wish(struct sim_world *world, const struct unit *unit)
{
	const struct sim_unit *mine = &world->units[unit->id];
	struct influence influence = { 0 };

	core_each_edge(world->core, unit->id, note_influence, &influence);
	if (mine->wish.kind == WISH_DOWN && !influence.starts && !is_down(unit))
		sim_break(world, "what was to stop is down", unit->id);
	if (mine->wish.kind == WISH_UP && !influence.stops && !unit->definition->options->stop_when_unneeded &&
	    is_down(unit) && !has_reason(world, unit) && mine->last_spawn < mine->wish.when &&
	    unit->inactive_enter < mine->wish.when)
		sim_break(world, "what was to start did, or says why not", unit->id);
	if (unit->wanted && is_down(unit) && !has_reason(world, unit))
		sim_break(world, "what is wanted is up, or says why not", unit->id);
}

void sim_check_wishes(struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count && !world->broken; id++)
		check_wish(world, core_unit(world->core, id));
}
