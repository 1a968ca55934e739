#include "supervisor/core/transaction.h"

#include <errno.h>
#include <stdlib.h>

#include "supervisor/core/job.h"

void transaction_finish(struct transaction *transaction)
{
	free(transaction->entries);
	*transaction = (struct transaction){ 0 };
}

static struct transaction_entry *entry_of(const struct core *core, const struct unit *unit)
{
	return unit->private->entry ? &core->transaction.entries[unit->private->entry - 1] : NULL;
}

static int fail(struct core *core, int error)
{
	core->transaction.error = -error;
	return -error;
}

static int append(struct core *core, struct unit *unit, const struct transaction_entry *entry)
{
	struct transaction *transaction = &core->transaction;

	if (!transaction->entries || transaction->count == transaction->capacity) {
		uint32_t capacity = transaction->capacity ? transaction->capacity * 2 : 64;
		struct transaction_entry *entries = realloc(transaction->entries, capacity * sizeof *entries);

		if (!entries) {
			cause_set(transaction->cause, ENOMEM, "out of memory");
			return fail(core, ENOMEM);
		}
		transaction->entries = entries;
		transaction->capacity = capacity;
	}
	transaction->entries[transaction->count++] = *entry;
	unit->private->entry = transaction->count;
	return 0;
}

/* Two wishes for one unit that contradict each other: the one that does not matter gives way. */
static int contradict(struct core *core, struct transaction_entry *have, const struct transaction_entry *wish)
{
	const struct transaction *transaction = &core->transaction;

	if (have->matters && wish->matters) {
		cause_set(transaction->cause, EDEADLK, "contradictory: %s would have to %s for %s and to %s for %s",
			  core_at(core, wish->unit)->definition->name, job_type_name((enum job_type)have->type),
			  core_at(core, have->from)->definition->name, job_type_name((enum job_type)wish->type),
			  core_at(core, wish->from)->definition->name);
		return fail(core, EDEADLK);
	}
	if (wish->matters) {
		*have = *wish;
		have->expanded = false;
	}
	return 0;
}

static int merge(struct core *core, struct transaction_entry *have, const struct transaction_entry *wish)
{
	enum job_type type = job_merge((enum job_type)have->type, (enum job_type)wish->type);

	if (type == JOB_TYPE_COUNT)
		return contradict(core, have, wish);
	if (type != have->type || (wish->matters && !have->matters))
		have->expanded = false;
	have->type = (uint8_t)type;
	have->matters |= wish->matters;
	have->bound &= wish->bound;
	return 0;
}

bool transaction_is_redundant(const struct unit *unit, enum job_type type)
{
	if (unit->job_type != JOB_NONE)
		return false;
	if (type == JOB_START || type == JOB_VERIFY_ACTIVE)
		return is_up(unit);
	if (type == JOB_STOP)
		return is_down(unit) && !unit->private->checking;
	return false;
}

static int add(struct core *core, struct unit *unit, const struct transaction_entry *wish)
{
	struct transaction_entry *have = entry_of(core, unit);

	return have ? merge(core, have, wish) : append(core, unit, wish);
}

/* One rule of how a job spreads: along edges of `code`, jobs of `type` on the other units. */
struct rule {
	uint8_t code;
	uint8_t type;
	bool matters; /* as far as the job it comes from does */
	bool only_up; /* only units that are up or about to be: the try- jobs */
};

static const struct rule start_rules[] = {
	{ EDGE(DEPENDENCY_REQUIRES), JOB_START, true, false },
	{ EDGE(DEPENDENCY_BINDS_TO), JOB_START, true, false },
	{ EDGE(DEPENDENCY_REQUISITE), JOB_VERIFY_ACTIVE, true, false },
	{ EDGE(DEPENDENCY_WANTS), JOB_START, false, false },
	{ EDGE(DEPENDENCY_UPHOLDS), JOB_START, false, false },
	{ EDGE(DEPENDENCY_CONFLICTS), JOB_STOP, true, false },
	{ EDGE_INVERSE(DEPENDENCY_CONFLICTS), JOB_STOP, false, false },
};

static const struct rule stop_rules[] = {
	{ EDGE_INVERSE(DEPENDENCY_REQUIRES), JOB_STOP, true, false },
	{ EDGE_INVERSE(DEPENDENCY_BINDS_TO), JOB_STOP, true, false },
	{ EDGE_INVERSE(DEPENDENCY_REQUISITE), JOB_STOP, true, false },
	{ EDGE_INVERSE(DEPENDENCY_PART_OF), JOB_STOP, true, false },
	{ EDGE(DEPENDENCY_PROPAGATES_STOP_TO), JOB_STOP, true, false },
	{ EDGE_INVERSE(DEPENDENCY_STOP_PROPAGATED_FROM), JOB_STOP, true, false },
};

static const struct rule restart_rules[] = {
	{ EDGE_INVERSE(DEPENDENCY_REQUIRES), JOB_RESTART, true, true },
	{ EDGE_INVERSE(DEPENDENCY_BINDS_TO), JOB_RESTART, true, true },
	{ EDGE_INVERSE(DEPENDENCY_REQUISITE), JOB_RESTART, true, true },
	{ EDGE_INVERSE(DEPENDENCY_PART_OF), JOB_RESTART, true, true },
};

static const struct rule reload_rules[] = {
	{ EDGE(DEPENDENCY_PROPAGATES_RELOAD_TO), JOB_RELOAD, false, true },
	{ EDGE_INVERSE(DEPENDENCY_RELOAD_PROPAGATED_FROM), JOB_RELOAD, false, true },
};

/* What is up is taken as it is, with all that it needs; so a start costs what has to be started. */
static bool is_of_use(const struct core *core, const struct unit *unit, const struct rule *rule)
{
	if (unit->definition->left_out && rule->type != JOB_STOP)
		return false;
	if (rule->only_up)
		return !is_down(unit) && (unit->active_state != ACTIVE_STATE_DEACTIVATING || unit->wanted);
	if (rule->type == JOB_STOP)
		return unit->private->entry || !transaction_is_redundant(unit, JOB_STOP);
	return core->transaction.mode == JOB_MODE_ISOLATE || !transaction_is_redundant(unit, (enum job_type)rule->type);
}

/* Who requires a unit that stops with what it is bound to comes back with it; who is part of it does not. */
static bool keeps_wanted(const struct rule *rule)
{
	return rule->type == JOB_STOP &&
	       (rule->code == EDGE_INVERSE(DEPENDENCY_REQUIRES) || rule->code == EDGE_INVERSE(DEPENDENCY_BINDS_TO) ||
		rule->code == EDGE_INVERSE(DEPENDENCY_REQUISITE));
}

static int spread(struct core *core, const struct transaction_entry *from, const struct rule *rule)
{
	const struct unit *unit = core_at(core, from->unit);
	int result = 0;

	for (struct edge_range range = edges_of(unit, rule->code); range.at < range.end && result == 0; range.at++) {
		struct unit *other = core_at(core, edge_other(*range.at));
		struct transaction_entry wish = { .unit = other->id,
						  .from = from->unit,
						  .type = rule->type,
						  .matters = rule->matters && from->matters,
						  .bound = from->bound && keeps_wanted(rule) };

		if (is_of_use(core, other, rule))
			result = add(core, other, &wish);
	}
	return result;
}

static int spread_all(struct core *core, const struct transaction_entry *from, const struct rule *rules, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = spread(core, from, &rules[i]);
	return result;
}

#define SPREAD(rules) spread_all(core, &from, rules, sizeof(rules) / sizeof *(rules))

static bool restarts_dependents(const struct core *core, uint32_t index)
{
	return core->transaction.entries[index].type == JOB_RESTART ||
	       (index == 0 && core->transaction.restart_dependencies);
}

static int expand(struct core *core, uint32_t index)
{
	/* A copy: the list may move while it grows. */
	const struct transaction_entry from = core->transaction.entries[index];
	int result = 0;

	core->transaction.entries[index].expanded = true;
	if (from.type == JOB_STOP)
		return SPREAD(stop_rules);
	if (from.type == JOB_RELOAD || from.type == JOB_RELOAD_OR_START)
		result = SPREAD(reload_rules);
	if (result == 0 && (from.type == JOB_START || from.type == JOB_RESTART || from.type == JOB_RELOAD_OR_START))
		result = SPREAD(start_rules);
	if (result == 0 && restarts_dependents(core, index))
		result = SPREAD(restart_rules);
	return result;
}

/* Merging may ask for an entry to be looked at again; each entry changes only a few times, so this ends. */
static int expand_all(struct core *core)
{
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = 0; i < core->transaction.count; i++) {
			int result;

			if (core->transaction.entries[i].expanded)
				continue;
			again = true;
			result = expand(core, i);
			if (result < 0)
				return result;
		}
	}
	return 0;
}

static int isolate(struct core *core, const struct unit *anchor)
{
	int result = 0;

	for (unit_id id = 0; id < core->table.count && result == 0; id++) {
		struct unit *unit = core_at(core, id);
		struct transaction_entry wish = { .unit = id, .from = anchor->id, .type = JOB_STOP };

		if (!unit || unit->private->entry || options_of(unit)->ignore_on_isolate ||
		    transaction_is_redundant(unit, JOB_STOP))
			continue;
		result = append(core, unit, &wish);
	}
	return result;
}

int transaction_build(struct core *core, struct unit *anchor, enum job_type type)
{
	struct transaction *transaction = &core->transaction;
	struct transaction_entry wish = {
		.unit = anchor->id, .from = anchor->id, .type = (uint8_t)type, .matters = true
	};
	bool alone =
		transaction->mode == JOB_MODE_IGNORE_DEPENDENCIES || transaction->mode == JOB_MODE_IGNORE_REQUIREMENTS;
	int result;

	transaction->error = 0;
	wish.bound = transaction->bound_to != UNIT_ID_NONE;
	result = append(core, anchor, &wish);
	if (result == 0 && !alone)
		result = expand_all(core);
	if (result == 0 && transaction->mode == JOB_MODE_ISOLATE)
		result = isolate(core, anchor);
	return result;
}

void transaction_clear(struct core *core)
{
	struct transaction *transaction = &core->transaction;

	for (uint32_t i = 0; i < transaction->count; i++)
		core_at(core, transaction->entries[i].unit)->private->entry = 0;
	transaction->count = 0;
	transaction->cause = NULL;
}
