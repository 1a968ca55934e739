#include "supervisor/core/order_cycle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum color { WHITE, ON_PATH, DONE };

int order_search_init(struct order_search *search, uint32_t count)
{
	size_t room = count ? count : 1;

	*search = (struct order_search){
		.colors = calloc(room, 1),
		.stack = malloc(room * sizeof *search->stack),
		.edges = malloc(room * sizeof *search->edges),
		.count = count,
	};
	if (search->colors && search->stack && search->edges)
		return 0;
	order_search_finish(search);
	return -ENOMEM;
}

void order_search_finish(struct order_search *search)
{
	free(search->colors);
	free(search->stack);
	free(search->edges);
	*search = (struct order_search){ 0 };
}

static uint32_t weakest_edge(const struct order_view *view, const struct order_cycle *cycle)
{
	enum order_strength best = ORDER_REQUIRED;
	uint32_t weakest = cycle->length - 1;

	for (uint32_t i = cycle->length; i-- > 0;) {
		uint32_t after = cycle->nodes[(i + 1) % cycle->length];
		enum order_strength strength = view->strength(view->context, cycle->nodes[i], after);

		if (strength < best) {
			best = strength;
			weakest = i;
		}
	}
	return weakest;
}

/* The path from `node`, which is on it, to its end is a cycle. */
static void take_cycle(const struct order_search *search, const struct order_view *view, uint32_t depth, uint32_t node,
		       struct order_cycle *cycle)
{
	uint32_t first = depth;

	while (search->stack[first] != node)
		first--;
	cycle->nodes = search->stack + first;
	cycle->length = depth - first + 1;
	cycle->weakest = weakest_edge(view, cycle);
}

/* The path is given up; its nodes may be reached again once the cycle is broken. */
static void forget_path(struct order_search *search, uint32_t depth)
{
	for (uint32_t i = 0; i <= depth; i++)
		search->colors[search->stack[i]] = WHITE;
}

static void enter(struct order_search *search, uint32_t depth, uint32_t node)
{
	search->stack[depth] = node;
	search->edges[depth] = 0;
	search->colors[node] = ON_PATH;
}

int order_cycle_find(struct order_search *search, const struct order_view *view, uint32_t start,
		     struct order_cycle *cycle)
{
	uint32_t depth = 0;

	if (start >= search->count || search->colors[start] == DONE)
		return 0;
	enter(search, 0, start);
	for (;;) {
		uint32_t node = search->stack[depth];
		uint32_t next = view->next(view->context, node, search->edges[depth]++);

		if (next == UINT32_MAX) {
			search->colors[node] = DONE;
			if (depth-- == 0)
				return 0;
			continue;
		}
		if (next >= search->count || search->colors[next] == DONE)
			continue;
		if (search->colors[next] == ON_PATH) {
			take_cycle(search, view, depth, next, cycle);
			forget_path(search, depth);
			return 1;
		}
		enter(search, ++depth, next);
	}
}
