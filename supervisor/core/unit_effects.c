/* What a unit's change of state means for other units, once the step that changed it is through. */
#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/service.h"
#include "supervisor/core/shutdown_plan.h"
#include "supervisor/core/transaction.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"

enum { UPHOLD_DELAY = 100 * 1000 }; /* µs; a unit that is upheld is not started again faster than that */

/* The unit is up: those that waited for it with `blocked_by` may come. */
static void unblock(struct core *core, struct unit *unit)
{
	static const unsigned codes[] = { EDGE_INVERSE(DEPENDENCY_REQUIRES), EDGE_INVERSE(DEPENDENCY_BINDS_TO),
					  EDGE_INVERSE(DEPENDENCY_REQUISITE) };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		for (struct edge_range range = edges_of(unit, codes[i]);
		     range.at < range.end && unit->private->blocked_count > 0; range.at++) {
			struct unit *other = core_at(core, edge_other(*range.at));

			if (other->blocked_by == unit->id)
				unit_queue_effect(core, other, EFFECT_RETRY);
		}
	}
}

static void retry(struct core *core, struct unit *unit)
{
	struct cause cause = { 0 };

	unit_set_blocked(core, unit, UNIT_ID_NONE);
	if (!unit->wanted || core->shutdown.active || unit->job_type == JOB_START || unit->job_type == JOB_RESTART)
		return;
	if (!is_down(unit) && !(unit->job_type == JOB_STOP && unit->private->stopping_for_other))
		return;
	if (transaction_request(core, unit, JOB_START, JOB_MODE_REPLACE, &cause) == 0)
		return;
	unit_clear_failure(unit);
	unit_set_failure(unit, "not started again: %s", cause.text);
	core_record(core, unit, RECORD_WARNING, "not started again: %s", cause.text);
	unit_changed(core, unit);
}

/* BindsTo=: who is bound to a unit that went down goes down too, and comes back with it. */
static void stop_bound(struct core *core, const struct unit *unit)
{
	struct edge_range range = edges_of(unit, EDGE_INVERSE(DEPENDENCY_BINDS_TO));

	for (; range.at < range.end; range.at++) {
		struct unit *other = core_at(core, edge_other(*range.at));

		if (is_down(other) || other->active_state == ACTIVE_STATE_DEACTIVATING || other->job_type == JOB_STOP ||
		    other->job_type == JOB_RESTART)
			continue;
		if (other->active_state == ACTIVE_STATE_ACTIVATING && !has_edge(other, EDGE_AFTER, unit->id))
			continue;
		core_record(core, other, RECORD_NOTICE, "stopping: %s, to which it is bound, went down",
			    unit->definition->name);
		transaction_bound_stop(core, other, unit->id);
	}
}

static bool is_upheld(const struct core *core, const struct unit *unit)
{
	struct edge_range range = edges_of(unit, EDGE_INVERSE(DEPENDENCY_UPHOLDS));

	for (; range.at < range.end; range.at++)
		if (is_up(core_at(core, edge_other(*range.at))))
			return true;
	return false;
}

/* A little spread, so that what went down together does not come back in one burst. */
static usec spread(struct core *core)
{
	core->random = core->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (core->random >> 33) % (UPHOLD_DELAY / 10);
}

/* Upholds=: it is started again, not before its start limit lets it. */
void unit_plan_uphold(struct core *core, struct unit *unit)
{
	const struct unit_options *options = options_of(unit);
	usec delay = UPHOLD_DELAY + spread(core);
	usec open;

	if (!is_down(unit) || unit->job_type != JOB_NONE || core->shutdown.active || !is_upheld(core, unit))
		return;
	open = start_limit_open_again(&unit->private->start_limit, options->start_limit_interval,
				      options->start_limit_burst);
	if (open < usec_add(core->now, delay))
		open = usec_add(core->now, delay);
	unit_set_deadline(core, unit, open);
}

static bool needs(const struct core *core, struct edge_range range)
{
	for (; range.at < range.end; range.at++) {
		const struct unit *other = core_at(core, edge_other(*range.at));

		if (!is_down(other) || other->job_type == JOB_START || other->job_type == JOB_RESTART)
			return true;
	}
	return false;
}

static bool is_needed(const struct core *core, const struct unit *unit)
{
	return needs(core, edges_of(unit, EDGE_INVERSE(DEPENDENCY_REQUIRES))) ||
	       needs(core, edges_of(unit, EDGE_INVERSE(DEPENDENCY_BINDS_TO))) ||
	       needs(core, edges_of(unit, EDGE_INVERSE(DEPENDENCY_REQUISITE))) ||
	       needs(core, edges_of(unit, EDGE_INVERSE(DEPENDENCY_WANTS))) ||
	       needs(core, edges_of(unit, EDGE_INVERSE(DEPENDENCY_UPHOLDS)));
}

static void stop_if_unneeded(struct core *core, struct unit *unit)
{
	if (!options_of(unit)->stop_when_unneeded || !is_up(unit) || unit->job_type != JOB_NONE ||
	    core->shutdown.active || is_needed(core, unit))
		return;
	core_record(core, unit, RECORD_INFO, "no longer needed, stopping");
	transaction_automatic(core, unit, JOB_STOP, JOB_MODE_REPLACE);
}

static void look_at_needed(struct core *core, const struct unit *unit)
{
	static const unsigned codes[] = { EDGE(DEPENDENCY_REQUIRES), EDGE(DEPENDENCY_BINDS_TO),
					  EDGE(DEPENDENCY_REQUISITE), EDGE(DEPENDENCY_WANTS),
					  EDGE(DEPENDENCY_UPHOLDS) };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		for (struct edge_range range = edges_of(unit, codes[i]); range.at < range.end; range.at++) {
			struct unit *other = core_at(core, edge_other(*range.at));

			if (options_of(other)->stop_when_unneeded)
				unit_queue_effect(core, other, EFFECT_UNNEEDED);
		}
	}
}

static void start_each(struct core *core, const struct unit *unit, unsigned code, enum job_mode mode)
{
	if (core->shutdown.active)
		return;
	for (struct edge_range range = edges_of(unit, code); range.at < range.end; range.at++)
		transaction_automatic(core, core_at(core, edge_other(*range.at)), JOB_START, mode);
}

static void act_on_end(struct core *core, const struct unit *unit, unsigned effects)
{
	const struct unit_options *options = options_of(unit);

	if (effects & EFFECT_FAILED)
		start_each(core, unit, EDGE(DEPENDENCY_ON_FAILURE), options->on_failure_job_mode);
	if (effects & EFFECT_SUCCEEDED)
		start_each(core, unit, EDGE(DEPENDENCY_ON_SUCCESS), options->on_success_job_mode);
	if (!(effects & EFFECT_FINAL))
		return;
	if (effects & EFFECT_FAILED) {
		shutdown_emergency(core, unit, options->failure_action, options->failure_action_exit_status);
	} else if (effects & EFFECT_SUCCEEDED) {
		shutdown_emergency(core, unit, options->success_action, options->success_action_exit_status);
	}
}

void unit_retry_uphold(struct core *core, struct unit *unit)
{
	if (is_down(unit) && unit->job_type == JOB_NONE && !core->shutdown.active && is_upheld(core, unit) &&
	    transaction_automatic(core, unit, JOB_START, JOB_MODE_REPLACE) < 0)
		unit_plan_uphold(core, unit);
}

static void tell_triggers(struct core *core, const struct unit *unit)
{
	struct edge_range range = edges_of(unit, EDGE_INVERSE(DEPENDENCY_TRIGGERS));

	for (; range.at < range.end; range.at++) {
		struct unit *other = core_at(core, edge_other(*range.at));

		if (unit_machine(other)->triggered_changed && !is_down(other))
			unit_machine(other)->triggered_changed(core, other, unit);
	}
}

void unit_run_effects(struct core *core, struct unit *unit)
{
	unsigned effects = unit->private->effects;

	unit->private->effects = 0;
	if (effects & EFFECT_UP && is_up(unit) && unit->private->blocked_count > 0)
		unblock(core, unit);
	if (effects & EFFECT_RETRY)
		retry(core, unit);
	if (effects & EFFECT_DOWN) {
		stop_bound(core, unit);
		look_at_needed(core, unit);
		unit_plan_uphold(core, unit);
	}
	act_on_end(core, unit, effects);
	if (effects & EFFECT_UNNEEDED)
		stop_if_unneeded(core, unit);
	if (effects & EFFECT_TRIGGERS)
		tell_triggers(core, unit);
}
