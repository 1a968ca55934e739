#include "supervisor/core/core.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/transaction.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"
#include "supervisor/core/unit_table.h"

struct core *core_create(uint64_t random)
{
	struct core *core = calloc(1, sizeof *core);

	if (!core)
		return NULL;
	core->random = random;
	core->run_head = core->run_tail = UNIT_ID_NONE;
	core->effect_head = core->effect_tail = UNIT_ID_NONE;
	core->fail_head = UNIT_ID_NONE;
	core->idle_head = UNIT_ID_NONE;
	return core;
}

void core_destroy(struct core *core)
{
	if (!core)
		return;
	unit_table_finish(&core->table);
	dependency_graph_finish(&core->graph);
	deadline_heap_finish(&core->heap);
	touch_list_finish(&core->touched);
	transaction_finish(&core->transaction);
	free(core->waiters.items);
	free(core);
}

bool core_push(struct core *core, const struct action *action)
{
	struct action lost = *action;

	if (core->actions)
		return action_queue_push(core->actions, action);
	action_finish(&lost);
	return false;
}

void core_retry(struct core *core)
{
	core->retry = usec_add(core->now, MEMORY_PATIENCE);
}

void core_record(struct core *core, const struct unit *unit, enum record_level level, const char *format, ...)
{
	struct action action = { .kind = ACTION_RECORD, .unit = unit ? unit->id : UNIT_ID_NONE };
	char text[ACTION_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	action.record.level = level;
	action.record.text = strdup(text);
	if (action.record.text)
		core_push(core, &action);
}

static void keep_answer(struct core *core, const struct action *action)
{
	core_retry(core);
	if (core->lost_count < LOST_ANSWERS_MAX)
		core->lost[core->lost_count++] = (struct lost_answer){ action->answer.request, action->unit,
								       action->answer.job, action->answer.result };
}

void core_answer(struct core *core, unit_id unit, uint64_t request, job_id job, enum job_result result,
		 const char *text)
{
	struct action action = { .kind = ACTION_ANSWER, .unit = unit };

	if (request == 0)
		return;
	action.answer.request = request;
	action.answer.job = job;
	action.answer.result = result;
	action.answer.text = text ? strdup(text) : NULL;
	if (!core_push(core, &action))
		keep_answer(core, &action);
}

/* Loading. */

static int define_new(struct core *core, struct unit_definition *definition, unit_id *id)
{
	int result = deadline_heap_reserve(&core->heap, core->table.count + 1);

	if (result == 0)
		result = touch_list_reserve(&core->touched, core->table.count + 1);
	if (result == 0)
		result = unit_table_add(&core->table, definition, id);
	if (result < 0)
		return result;
	unit_touch(core, core_at(core, *id));
	return dependency_graph_mark(core, core_at(core, *id));
}

static bool same_definition(const struct unit_definition *a, const struct unit_definition *b)
{
	return a == b || (a->load_state == b->load_state && a->content_hash == b->content_hash && a->content_hash != 0);
}

/* A target that is up has nothing that was started by its old definition: what it says now holds at once. */
static bool is_bare_target(const struct unit *unit, const struct unit_definition *definition)
{
	return unit->definition->type == UNIT_TARGET && definition->load_state == LOAD_STATE_LOADED &&
	       !unit->private->checking;
}

/* Those are changed in the cgroup of a running unit, and nothing else of it is. */
static bool differs_in_limits_alone(const struct unit_definition *a, const struct unit_definition *b)
{
	return a->load_state == b->load_state && a->running_hash == b->running_hash && a->running_hash != 0;
}

/* Reverting to what is running needs no waiting definition. */
static void replace_definition(struct core *core, struct unit *unit, struct unit_definition *definition)
{
	unit_definition_release(unit->next_definition);
	unit->next_definition = NULL;
	if (same_definition(unit->definition, definition))
		return;
	unit->next_definition = unit_definition_reference(definition);
	if (unit_is_quiet(unit) || is_bare_target(unit, definition) ||
	    differs_in_limits_alone(unit->definition, definition)) {
		unit_adopt_definition(core, unit);
	} else if (unit_machine(unit)->refresh && unit->definition->type == definition->type) {
		unit_adopt_definition(core, unit);
		unit->private->stale = true;
		unit_set_deadline(core, unit, 0); /* the next step tells it */
	}
}

/* The same, perhaps in other lines of the file, which messages name. */
static void keep_lines(struct unit *unit, struct unit_definition *definition)
{
	if (unit->next_definition || !unit_is_quiet(unit))
		return;
	unit_definition_reference(definition);
	unit_definition_release(unit->definition);
	unit->definition = definition;
}

static int define_known(struct core *core, struct unit *unit, struct unit_definition *definition)
{
	int result;

	if (same_definition(newest_definition(unit), definition)) {
		keep_lines(unit, definition);
		return 0;
	}
	result = dependency_graph_mark(core, unit);
	if (result == 0)
		replace_definition(core, unit, definition);
	return result;
}

int core_define(struct core *core, struct unit_definition *definition, unit_id *id)
{
	int result;

	*id = unit_table_find(&core->table, definition->name);
	if (*id == UNIT_ID_NONE)
		result = define_new(core, definition, id);
	else
		result = define_known(core, core_at(core, *id), definition);
	/* A name that is another unit's keeps being that: one unit that is up cannot become another. */
	for (char **alias = definition->aliases; result == 0 && alias && *alias; alias++)
		if (core_alias(core, *alias, *id) == -ENOMEM)
			result = -ENOMEM;
	return result;
}

unit_id core_next_stub(const struct core *core, unit_id after)
{
	if (core->table.stub_count == 0)
		return UNIT_ID_NONE;
	for (unit_id id = after == UNIT_ID_NONE ? 0 : after + 1; id < core->table.count; id++) {
		const struct unit *unit = core_at(core, id);

		if (unit && unit->definition->load_state == LOAD_STATE_STUB)
			return id;
	}
	return UNIT_ID_NONE;
}

static bool is_idle_placeholder(const struct unit *unit)
{
	enum load_state state = unit->definition->load_state;

	return (state == LOAD_STATE_STUB || state == LOAD_STATE_NOT_FOUND) && unit_is_quiet(unit) &&
	       unit->job_type == JOB_NONE;
}

/* Those who named the placeholder are linked again, and find the unit that the name now belongs to. */
static int redirect(struct core *core, unit_id from, const char *name, unit_id to)
{
	struct unit *placeholder = core_at(core, from);
	int result = 0;

	if (!is_idle_placeholder(placeholder))
		return -EEXIST;
	for (uint32_t i = 0; i < placeholder->private->edge_count && result == 0; i++) {
		struct unit *other = core_at(core, edge_other(placeholder->private->edges[i]));

		if (other->blocked_by == from)
			unit_set_blocked(core, other, to);
		result = dependency_graph_mark(core, other);
	}
	if (result == 0)
		result = dependency_graph_mark(core, placeholder);
	return result < 0 ? result : unit_table_take_over(&core->table, name, to);
}

int core_alias(struct core *core, const char *name, unit_id id)
{
	unit_id found = unit_table_find(&core->table, name);

	if (!core_at(core, id))
		return -ENOENT;
	if (found != UNIT_ID_NONE && found != id)
		return redirect(core, found, name, id);
	return unit_table_alias(&core->table, name, id);
}

int core_forget(struct core *core, unit_id id)
{
	struct unit *unit = core_at(core, id);

	if (!unit)
		return -ENOENT;
	if (!unit_is_quiet(unit) || unit->job_type != JOB_NONE || unit->private->edge_count > 0 ||
	    unit->private->dirty || unit->private->effect_queued || unit->private->run_queued)
		return -EBUSY;
	unit_set_deadline(core, unit, USEC_INFINITY);
	unit_set_blocked(core, unit, UNIT_ID_NONE);
	deadline_heap_set(&core->heap, id, USEC_INFINITY);
	unit_touch(core, unit);
	unit_table_remove(&core->table, id);
	return 0;
}

/* Looking. */

unit_id core_find(const struct core *core, const char *name)
{
	return unit_table_find(&core->table, name);
}

uint32_t core_unit_count(const struct core *core)
{
	return core->table.count;
}

const struct unit *core_unit(const struct core *core, unit_id id)
{
	return core_at(core, id);
}

bool core_is_shutting_down(const struct core *core)
{
	return core->shutdown.active;
}

usec core_next_deadline(const struct core *core)
{
	uint32_t unit;
	usec when;

	if (core->unsettled)
		return 0;
	if (!deadline_heap_first(&core->heap, &unit, &when))
		when = USEC_INFINITY;
	return core->retry != 0 && core->retry < when ? core->retry : when;
}
