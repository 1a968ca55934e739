/* core_link(): names into edges, both directions, for a batch of new and changed units; cycles of order are broken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/edge_list.h"
#include "supervisor/core/job.h"
#include "supervisor/core/order_cycle.h"
#include "supervisor/core/unit_state.h"
#include "supervisor/core/unit_table.h"

/* The new edges of a unit that the batch touches. */
struct replacement {
	struct unit *unit;
	edge *edges;
	uint32_t count;
};

struct link {
	struct edge_list added, removed;
	struct replacement *replacements;
	size_t count;
};

static void link_finish(struct link *link)
{
	for (size_t i = 0; i < link->count; i++)
		free(link->replacements[i].edges);
	free(link->replacements);
	edge_list_finish(&link->added);
	edge_list_finish(&link->removed);
}

/* The unit of that name; one that nobody has loaded yet becomes a stub. */
static int find_or_stub(struct core *core, const char *name, unit_id *id)
{
	enum unit_type type = unit_type_from_name(name);
	struct unit_definition *stub;
	int result;

	*id = unit_table_find(&core->table, name);
	if (*id != UNIT_ID_NONE || type == UNIT_TYPE_INVALID)
		return 0;
	stub = unit_definition_create(name, type);
	if (!stub)
		return -ENOMEM;
	result = deadline_heap_reserve(&core->heap, core->table.count + 1);
	if (result == 0)
		result = unit_table_add(&core->table, stub, id);
	unit_definition_release(stub);
	return result;
}

static int add_both(struct edge_list *list, unit_id unit, edge e)
{
	int result = edge_list_add(list, unit, e);

	return result < 0 ? result : edge_list_add(list, edge_other(e), edge_inverse(e, unit));
}

static bool names_in_order(const struct unit_definition *definition, enum dependency_kind kind, const char *name)
{
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (definition->dependencies[i].kind == kind && strcmp(definition->dependencies[i].name, name) == 0)
			return true;
	return false;
}

/*
 * A target's own After= on what it pulls in gives way where that unit wants no default dependencies, or has put itself
 * behind the target, or the target itself in front of it: systemd.target(5), "Default Dependencies".
 */
static bool gives_way(const struct unit_definition *target, const struct unit_definition *pulled_in)
{
	if (target->type != UNIT_TARGET || pulled_in->load_state == LOAD_STATE_STUB)
		return false;
	return (pulled_in->load_state == LOAD_STATE_LOADED && !pulled_in->default_dependencies) ||
	       names_in_order(pulled_in, DEPENDENCY_AFTER, target->name) ||
	       names_in_order(target, DEPENDENCY_BEFORE, pulled_in->name);
}

/* The orders that targets had before this unit's own file was known. */
static int drop_given_way(struct core *core, struct link *link, struct unit *unit)
{
	for (uint32_t i = 0; i < unit->private->edge_count; i++) {
		edge e = unit->private->edges[i];
		const struct unit *target = core_at(core, edge_other(e));
		int result = 0;

		if (edge_code(e) == EDGE_BEFORE && edge_is_borrowed(e) && edge_is_implicit(e) && target &&
		    gives_way(newest_definition(target), newest_definition(unit)))
			result = add_both(&link->removed, unit->id, e);
		if (result < 0)
			return result;
	}
	return 0;
}

static bool is_meant(const struct core *core, const struct unit_definition *definition,
		     const struct dependency *dependency, unit_id other)
{
	return !dependency->implicit || dependency->kind != DEPENDENCY_AFTER ||
	       !gives_way(definition, newest_definition(core_at(core, other)));
}

static int collect_unit(struct core *core, struct link *link, struct unit *unit)
{
	const struct unit_definition *definition = newest_definition(unit);
	unit_id id = unit->id;
	int result = drop_given_way(core, link, unit);

	for (uint32_t i = 0; i < unit->private->edge_count && result == 0; i++)
		if (!edge_is_borrowed(unit->private->edges[i]))
			result = add_both(&link->removed, id, unit->private->edges[i]);
	for (size_t i = 0; i < definition->dependency_count && result == 0; i++) {
		const struct dependency *dependency = &definition->dependencies[i];
		unit_id other;

		result = find_or_stub(core, dependency->name, &other);
		if (result == 0 && other != UNIT_ID_NONE && other != id &&
		    is_meant(core, definition, dependency, other))
			result = add_both(&link->added, id,
					  edge_make(EDGE(dependency->kind), other, false, dependency->implicit));
	}
	return result;
}

static bool same_but_implicit(edge a, edge b)
{
	return a >> 1 == b >> 1;
}

/* A part of a sorted edge_list that is about one unit. */
struct span {
	const uint64_t *at, *end;
};

static bool is_removed(struct span *removed, edge e)
{
	while (removed->at < removed->end && (edge)*removed->at < e)
		removed->at++;
	return removed->at < removed->end && (edge)*removed->at == e;
}

/* Merges the unit's sorted edges with the sorted additions, without the sorted removals and duplicates. */
static uint32_t merge_edges(const struct unit *unit, struct span added, struct span removed, edge *to)
{
	uint32_t old = 0, count = 0;

	for (;;) {
		bool has_old = old < unit->private->edge_count;
		bool has_new = added.at < added.end;
		edge e;

		if (!has_old && !has_new)
			return count;
		if (has_old && (!has_new || unit->private->edges[old] <= (edge)*added.at)) {
			e = unit->private->edges[old++];
			if (is_removed(&removed, e))
				continue;
		} else {
			e = (edge)*added.at++;
		}
		if (count == 0 || !same_but_implicit(to[count - 1], e))
			to[count++] = e;
	}
}

static struct span take_span(const struct edge_list *list, size_t *at, unit_id unit)
{
	struct span span = { list->items + *at, list->items + *at };

	while (*at < list->count && list->items[*at] >> 32 == unit) {
		++*at;
		++span.end;
	}
	return span;
}

static unit_id first_unit(const struct edge_list *list, size_t at)
{
	return at < list->count ? (unit_id)(list->items[at] >> 32) : UNIT_ID_NONE;
}

static int replace_one(struct core *core, struct link *link, unit_id id, size_t *added, size_t *removed)
{
	struct span additions = take_span(&link->added, added, id);
	struct span removals = take_span(&link->removed, removed, id);
	struct replacement *replacement = &link->replacements[link->count];
	struct unit *unit = core_at(core, id);
	size_t room = unit->private->edge_count + (size_t)(additions.end - additions.at);

	replacement->unit = unit;
	replacement->edges = malloc((room ? room : 1) * sizeof(edge));
	if (!replacement->edges)
		return -ENOMEM;
	link->count++;
	replacement->count = merge_edges(unit, additions, removals, replacement->edges);
	if (replacement->count < room && replacement->count > 0) {
		edge *smaller = realloc(replacement->edges, replacement->count * sizeof(edge));

		if (smaller)
			replacement->edges = smaller;
	}
	return 0;
}

static size_t count_units(const struct edge_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		if (i == 0 || list->items[i] >> 32 != list->items[i - 1] >> 32)
			count++;
	return count;
}

static int make_replacements(struct core *core, struct link *link)
{
	size_t room = count_units(&link->added) + count_units(&link->removed);
	size_t added = 0, removed = 0;
	int result = 0;

	link->replacements = calloc(room ? room : 1, sizeof *link->replacements);
	if (!link->replacements)
		return -ENOMEM;
	while (result == 0 && (added < link->added.count || removed < link->removed.count)) {
		unit_id from_added = first_unit(&link->added, added);
		unit_id from_removed = first_unit(&link->removed, removed);

		result = replace_one(core, link, from_added < from_removed ? from_added : from_removed, &added,
				     &removed);
	}
	return result;
}

static void swap_edges(struct replacement *replacement)
{
	struct unit_private *private = replacement->unit ? replacement->unit->private : NULL;

	if (!private)
		return;
	free(private->edges);
	private->edges = replacement->edges;
	private->edge_count = replacement->count;
	replacement->edges = NULL;
	edges_have_changed(replacement->unit);
}

static bool is_required(const struct unit *unit, unit_id other)
{
	return has_edge(unit, EDGE(DEPENDENCY_REQUIRES), other) || has_edge(unit, EDGE(DEPENDENCY_BINDS_TO), other) ||
	       has_edge(unit, EDGE(DEPENDENCY_REQUISITE), other);
}

void dependency_graph_forget_blocker(struct core *core, struct unit *unit)
{
	if (!unit || unit->blocked_by == UNIT_ID_NONE || is_required(unit, unit->blocked_by))
		return;
	unit_set_blocked(core, unit, UNIT_ID_NONE);
	if (unit->job_type == JOB_STOP ||
	    (is_down(unit) && unit->job_type != JOB_START && unit->job_type != JOB_RESTART))
		unit->wanted = false; /* nor does it start because a file was changed */
}

/* From here on nothing can fail. Waiting jobs are counted anew, for what they wait for may have changed. */
static void put_in_place(struct core *core, struct link *link)
{
	for (size_t i = 0; i < link->count; i++)
		job_order_detach(core, link->replacements[i].unit);
	for (size_t i = 0; i < link->count; i++)
		swap_edges(&link->replacements[i]);
	for (size_t i = 0; i < link->count; i++)
		dependency_graph_forget_blocker(core, link->replacements[i].unit);
	for (size_t i = 0; i < link->count; i++)
		job_order_attach(core, link->replacements[i].unit);
}

/* Order as order_cycle sees it. */

static uint32_t next_after(const void *context, uint32_t node, uint32_t index)
{
	const struct unit *unit = core_at(context, node);
	struct edge_range range;

	if (!unit)
		return UINT32_MAX;
	range = edges_of(unit, EDGE_AFTER);
	return range.at && index < (uint32_t)(range.end - range.at) ? edge_other(range.at[index]) : UINT32_MAX;
}

static enum order_strength strength_of(const void *context, uint32_t node, uint32_t after)
{
	const struct unit *unit = core_at(context, node);
	bool implicit = true;

	for (struct edge_range range = edges_of(unit, EDGE_AFTER); range.at < range.end; range.at++)
		if (edge_other(*range.at) == after && !edge_is_implicit(*range.at))
			implicit = false;
	if (implicit)
		return ORDER_IMPLICIT;
	return is_required(unit, after) || is_required(core_at(context, after), node) ? ORDER_REQUIRED : ORDER_WANTED;
}

/* Gives the edges of `code` to `other` another code and puts them where they belong. */
static void recode(struct unit *unit, unsigned code, unit_id other, unsigned to)
{
	edge *edges = unit->private->edges;

	for (uint32_t i = 0; i < unit->private->edge_count; i++) {
		edge e = edges[i];
		uint32_t at = i;

		if (edge_code(e) != code || edge_other(e) != other)
			continue;
		e = edge_make(to, other, edge_is_borrowed(e), edge_is_implicit(e));
		for (; at + 1 < unit->private->edge_count && edges[at + 1] < e; at++)
			edges[at] = edges[at + 1];
		edges[at] = e;
		i -= i < at; /* another one has moved here */
	}
	edges_have_changed(unit);
}

static void describe_cycle(const struct core *core, const struct order_cycle *cycle, char *text, size_t size)
{
	size_t length = 0;
	const struct unit *cut = core_at(core, cycle->nodes[cycle->weakest]);
	const struct unit *after = core_at(core, cycle->nodes[(cycle->weakest + 1) % cycle->length]);

	for (uint32_t i = 0; i <= cycle->length && length < size / 2; i++) {
		const struct unit *unit = core_at(core, cycle->nodes[i % cycle->length]);

		length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? " → " : "",
					   unit->definition->name);
	}
	if (length >= size / 2)
		length += (size_t)snprintf(text + length, size - length, " → … (%u units)", (unsigned)cycle->length);
	if (length < size)
		snprintf(text + length, size - length, "; left out: %s After=%s", cut->definition->name,
			 after->definition->name);
}

static void keep_text(struct dependency_graph *graph, const char *text)
{
	char **cycles = realloc(graph->cycles, (graph->cycle_count + 1) * sizeof *cycles);

	if (!cycles)
		return;
	graph->cycles = cycles;
	cycles[graph->cycle_count] = strdup(text);
	if (cycles[graph->cycle_count])
		graph->cycle_count++;
}

static void break_cycle(struct core *core, const struct order_cycle *cycle)
{
	struct unit *unit = core_at(core, cycle->nodes[cycle->weakest]);
	struct unit *after = core_at(core, cycle->nodes[(cycle->weakest + 1) % cycle->length]);
	char text[2048];

	describe_cycle(core, cycle, text, sizeof text);
	keep_text(&core->graph, text);
	job_order_detach(core, unit);
	job_order_detach(core, after);
	recode(unit, EDGE_AFTER, after->id, EDGE_BROKEN_AFTER);
	recode(after, EDGE_BEFORE, unit->id, EDGE_BROKEN_BEFORE);
	job_order_attach(core, unit);
	job_order_attach(core, after);
}

/* A new cycle goes through an edge of a unit that was just linked. */
static int break_cycles(struct core *core)
{
	struct order_view view = { core, core->table.count, next_after, strength_of };
	struct order_search search;
	struct order_cycle cycle;

	if (order_search_init(&search, core->table.count) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < core->graph.dirty_count; i++)
		while (order_cycle_find(&search, &view, core->graph.dirty[i], &cycle))
			break_cycle(core, &cycle);
	order_search_finish(&search);
	return 0;
}

/* An alias has taken its name over, and nobody refers to it any more. */
static bool is_superseded(const struct core *core, const struct unit *unit)
{
	return unit->private->edge_count == 0 && unit->job_type == JOB_NONE && unit_is_quiet(unit) &&
	       unit_table_find(&core->table, unit->definition->name) != unit->id;
}

static void clean_dirty(struct core *core)
{
	for (uint32_t i = 0; i < core->graph.dirty_count; i++) {
		struct unit *unit = core_at(core, core->graph.dirty[i]);

		if (!unit)
			continue;
		unit->private->dirty = false;
		if (is_superseded(core, unit))
			unit_table_remove(&core->table, unit->id);
	}
	core->graph.dirty_count = 0;
}

int core_link(struct core *core)
{
	struct link link = { 0 };
	int result = 0;

	for (uint32_t i = 0; i < core->graph.dirty_count && result == 0; i++) {
		struct unit *unit = core_at(core, core->graph.dirty[i]);

		if (unit)
			result = collect_unit(core, &link, unit);
	}
	if (result == 0)
		result = edge_list_sort(&link.added);
	if (result == 0)
		result = edge_list_sort(&link.removed);
	if (result == 0)
		result = make_replacements(core, &link);
	if (result == 0) {
		put_in_place(core, &link);
		result = break_cycles(core);
	}
	if (result == 0)
		clean_dirty(core);
	/* What waits no longer begins at the next EVENT_DEADLINE, which is at once. */
	if (core->run_head != UNIT_ID_NONE || core->effect_head != UNIT_ID_NONE)
		core->unsettled = true;
	link_finish(&link);
	return result;
}

size_t core_cycle_count(const struct core *core)
{
	return core->graph.cycle_count;
}

const char *core_cycle_text(const struct core *core, size_t index)
{
	return index < core->graph.cycle_count ? core->graph.cycles[index] : NULL;
}
