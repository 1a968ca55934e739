/* A gathered transaction: is it allowed as a whole? Then it happens. */
#include <errno.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/service.h"
#include "supervisor/core/transaction.h"

static bool is_start(unsigned type)
{
	return type == JOB_START || type == JOB_RESTART || type == JOB_RELOAD_OR_START;
}

static int check_loaded(struct core *core, const struct transaction_entry *entry)
{
	const struct unit *unit = core_at(core, entry->unit);
	const struct unit_definition *definition = unit->definition;
	struct cause *cause = core->transaction.cause;

	if (!entry->matters || !is_start(entry->type) || is_up(unit) ||
	    newest_definition(unit)->load_state == LOAD_STATE_LOADED)
		return 0;
	if (entry->from == entry->unit)
		return cause_set(cause, ENOENT, "%s is %s%s%s", definition->name,
				 load_state_name(definition->load_state), definition->load_error ? ": " : "",
				 definition->load_error ? definition->load_error : "");
	return cause_set(cause, ENOENT, "%s, which %s requires, is %s%s%s", definition->name,
			 core_at(core, entry->from)->definition->name, load_state_name(definition->load_state),
			 definition->load_error ? ": " : "", definition->load_error ? definition->load_error : "");
}

/* Would it undo what is under way? */
static int check_harmless(struct core *core, const struct transaction_entry *entry)
{
	const struct unit *unit = core_at(core, entry->unit);
	bool conflicts;

	if (unit->job_type == JOB_NONE)
		return 0;
	conflicts = job_merge((enum job_type)unit->job_type, (enum job_type)entry->type) == JOB_TYPE_COUNT;
	if (!conflicts || (core->transaction.mode != JOB_MODE_FAIL && !unit->private->irreversible))
		return 0;
	return cause_set(core->transaction.cause, EBUSY, "destructive: %s has a %s job %u%s", unit->definition->name,
			 job_type_name((enum job_type)unit->job_type), unit->job,
			 unit->private->irreversible ? ", which must not be replaced" : "");
}

static int check_shutdown(struct core *core, const struct transaction_entry *entry)
{
	if (!core->shutdown.active || !is_start(entry->type))
		return 0;
	return cause_set(core->transaction.cause, ESHUTDOWN, "svinit is shutting down, nothing is started any more");
}

/* What a unit that is to start requires must not have to stop; seen here when it is up and needs no start of its own.
 */
static int check_requirements(struct core *core, const struct transaction_entry *entry, unsigned code)
{
	const struct unit *unit = core_at(core, entry->unit);
	struct edge_range range = edges_of(unit, code);

	for (; entry->matters && is_start(entry->type) && range.at < range.end; range.at++) {
		const struct unit *other = core_at(core, edge_other(*range.at));
		uint32_t index = other->private->entry;

		if (index && core->transaction.entries[index - 1].type == JOB_STOP)
			return cause_set(core->transaction.cause, EDEADLK,
					 "contradictory: %s, which %s requires, would have to stop for %s",
					 other->definition->name, unit->definition->name,
					 core_at(core, core->transaction.entries[index - 1].from)->definition->name);
	}
	return 0;
}

int transaction_check(struct core *core)
{
	for (uint32_t i = 0; i < core->transaction.count; i++) {
		const struct transaction_entry *entry = &core->transaction.entries[i];
		int result = check_shutdown(core, entry);

		if (result == 0)
			result = check_loaded(core, entry);
		if (result == 0)
			result = check_requirements(core, entry, EDGE(DEPENDENCY_REQUIRES));
		if (result == 0)
			result = check_requirements(core, entry, EDGE(DEPENDENCY_BINDS_TO));
		if (result == 0)
			result = check_harmless(core, entry);
		if (result < 0)
			return result;
	}
	return 0;
}

static void flush_others(struct core *core)
{
	for (unit_id id = 0; id < core->table.count; id++) {
		struct unit *unit = core_at(core, id);

		if (unit && !unit->private->entry && unit->job_type != JOB_NONE && !unit->private->irreversible)
			job_cancel(core, unit, "flushed by a later request");
	}
}

static bool can_reload(const struct unit *unit)
{
	return unit->definition->type != UNIT_SERVICE || service_can_reload(unit);
}

static void install(struct core *core, const struct transaction_entry *entry)
{
	struct unit *unit = core_at(core, entry->unit);
	enum job_mode mode = core->transaction.mode;
	struct job_order order = {
		.type = job_collapse((enum job_type)entry->type, unit),
		.ignore_order = mode == JOB_MODE_IGNORE_DEPENDENCIES,
		.irreversible = mode == JOB_MODE_REPLACE_IRREVERSIBLY,
		.bound = entry->bound,
	};

	if (transaction_is_redundant(unit, order.type)) {
		job_note_desire(core, unit, &order);
		return;
	}
	if (order.type == JOB_RELOAD && !can_reload(unit) && entry->from != entry->unit)
		return;
	job_install(core, unit, &order);
}

/* Those that cannot be started end first, so that what requires them is told before it would run. */
static void end_hopeless(struct core *core)
{
	for (uint32_t i = 0; i < core->transaction.count; i++) {
		const struct transaction_entry *entry = &core->transaction.entries[i];
		struct unit *unit = core_at(core, entry->unit);

		if (is_start(entry->type) && is_down(unit) && unit->job_type != JOB_NONE &&
		    newest_definition(unit)->load_state != LOAD_STATE_LOADED)
			job_finish(core, unit, JOB_INVALID, unit->definition->load_error);
	}
}

void transaction_install(struct core *core)
{
	if (core->transaction.mode == JOB_MODE_FLUSH)
		flush_others(core);
	/* What was pulled in goes first: dependents are told to stop, not that what they require was canceled. */
	for (uint32_t i = core->transaction.count; i-- > 0;)
		install(core, &core->transaction.entries[i]);
	end_hopeless(core);
}

/* Only what is stopped for the reason given: a part of it stays down for good. */
static void block_bound(struct core *core)
{
	unit_id bound_to = core->transaction.bound_to;

	for (uint32_t i = 0; i < core->transaction.count; i++) {
		const struct transaction_entry *entry = &core->transaction.entries[i];
		struct unit *unit = core_at(core, entry->unit);

		if (entry->bound && unit->wanted)
			unit_set_blocked(core, unit, i == 0 ? bound_to : entry->from);
	}
}

static int carry_out(struct core *core, struct unit *anchor, enum job_type type)
{
	int result = transaction_build(core, anchor, type);

	if (result == 0)
		result = transaction_check(core);
	if (result == 0)
		transaction_install(core);
	if (result == 0 && core->transaction.bound_to != UNIT_ID_NONE)
		block_bound(core);
	transaction_clear(core);
	return result;
}

static void prepare(struct core *core, enum job_mode mode, struct cause *cause)
{
	core->transaction.mode = mode;
	core->transaction.restart_dependencies = false;
	core->transaction.bound_to = UNIT_ID_NONE;
	core->transaction.cause = cause;
}

int transaction_request(struct core *core, struct unit *anchor, enum job_type type, enum job_mode mode,
			struct cause *cause)
{
	prepare(core, mode, cause);
	return carry_out(core, anchor, type);
}

int transaction_automatic(struct core *core, struct unit *anchor, enum job_type type, enum job_mode mode)
{
	struct cause cause = { 0 };
	int result;

	prepare(core, mode, &cause);
	result = carry_out(core, anchor, type);
	if (result < 0)
		core_record(core, anchor, RECORD_WARNING, "no %s job: %s", job_type_name(type), cause.text);
	return result;
}

int transaction_restart(struct core *core, struct unit *anchor)
{
	struct cause cause = { 0 };
	int result;

	prepare(core, JOB_MODE_REPLACE, &cause);
	core->transaction.restart_dependencies = service_of(anchor)->restart_mode != RESTART_MODE_DIRECT;
	result = carry_out(core, anchor, JOB_START);
	if (result < 0)
		core_record(core, anchor, RECORD_WARNING, "not restarted: %s", cause.text);
	return result;
}

int transaction_bound_stop(struct core *core, struct unit *anchor, unit_id bound_to)
{
	struct cause cause = { 0 };

	prepare(core, JOB_MODE_REPLACE, &cause);
	core->transaction.bound_to = bound_to;
	return carry_out(core, anchor, JOB_STOP);
}
