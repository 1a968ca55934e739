#include "supervisor/core/dependency_graph.h"

#include <errno.h>
#include <stdlib.h>

void dependency_graph_finish(struct dependency_graph *graph)
{
	for (size_t i = 0; i < graph->cycle_count; i++)
		free(graph->cycles[i]);
	free(graph->cycles);
	free(graph->dirty);
	*graph = (struct dependency_graph){ 0 };
}

int dependency_graph_mark(struct core *core, struct unit *unit)
{
	struct dependency_graph *graph = &core->graph;

	if (unit->private->dirty)
		return 0;
	if (graph->dirty_count == graph->dirty_capacity) {
		uint32_t capacity = graph->dirty_capacity ? graph->dirty_capacity * 2 : 16;
		uint32_t *dirty = realloc(graph->dirty, capacity * sizeof *dirty);

		if (!dirty)
			return -ENOMEM;
		graph->dirty = dirty;
		graph->dirty_capacity = capacity;
	}
	graph->dirty[graph->dirty_count++] = unit->id;
	unit->private->dirty = true;
	return 0;
}

const struct unit_definition *newest_definition(const struct unit *unit)
{
	return unit->next_definition ? unit->next_definition : unit->definition;
}

/* The first edge that is not below `bound`. */
static const edge *lower_bound(const edge *edges, uint32_t count, edge bound)
{
	while (count > 0) {
		uint32_t half = count / 2;

		if (edges[half] < bound) {
			edges += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return edges;
}

struct edge_range edges_of(const struct unit *unit, unsigned code)
{
	const struct unit_private *private = unit->private;
	struct edge_range range;

	if (!(private->edge_codes >> code & 1))
		return (struct edge_range){ NULL, NULL };
	const edge *end = private->edges + private->edge_count;
	range.at = lower_bound(private->edges, private->edge_count, edge_make(code, 0, false, false));
	range.end = lower_bound(range.at, (uint32_t)(end - range.at), edge_make(code + 1, 0, false, false));
	return range;
}

void edges_have_changed(struct unit *unit)
{
	struct unit_private *private = unit->private;

	private->edge_codes = 0;
	for (uint32_t i = 0; i < private->edge_count; i++)
	private->edge_codes |= UINT64_C(1) << edge_code(private->edges[i]);
}

bool has_edge(const struct unit *unit, unsigned code, unit_id other)
{
	const struct unit_private *private = unit->private;
	const edge *end = private->edges + private->edge_count;
	const edge *at;

	if (!(private->edge_codes >> code & 1))
		return false;
	at = lower_bound(private->edges, private->edge_count, edge_make(code, other, false, false));
	return at < end && edge_code(*at) == code && edge_other(*at) == other;
}

static bool view_range(struct edge_range range, enum dependency_kind kind, bool inverse,
		       bool (*each)(void *, const struct edge_view *), void *context)
{
	unit_id last = UNIT_ID_NONE;

	for (; range.at < range.end; range.at++) {
		struct edge_view view = { edge_other(*range.at), kind, inverse };

		if (view.other != last && !each(context, &view))
			return false;
		last = view.other;
	}
	return true;
}

void core_each_edge(const struct core *core, unit_id id, bool (*each)(void *context, const struct edge_view *edge),
		    void *context)
{
	const struct unit *unit = core_at(core, id);

	if (!unit)
		return;
	for (unsigned kind = 0; kind < DEPENDENCY_KIND_COUNT; kind++) {
		if (!view_range(edges_of(unit, EDGE(kind)), (enum dependency_kind)kind, false, each, context))
			return;
		if (!view_range(edges_of(unit, EDGE_INVERSE(kind)), (enum dependency_kind)kind, true, each, context))
			return;
	}
}
