/* Cycles of order: the pure search, and what core_link() does with what it finds. */
#include <stdio.h>

#include "supervisor/core/order_cycle.h"
#include "tests/unit/core_world.h"

/* Edges as pairs "node after node". */
struct graph {
	const uint32_t (*edges)[2];
	uint32_t count;
	const enum order_strength *strengths;
};

static uint32_t next_edge(const void *context, uint32_t node, uint32_t index)
{
	const struct graph *graph = context;

	for (uint32_t i = 0; i < graph->count; i++)
		if (graph->edges[i][0] == node && index-- == 0)
			return graph->edges[i][1];
	return UINT32_MAX;
}

static enum order_strength strength(const void *context, uint32_t node, uint32_t after)
{
	const struct graph *graph = context;

	for (uint32_t i = 0; i < graph->count; i++)
		if (graph->edges[i][0] == node && graph->edges[i][1] == after)
			return graph->strengths[i];
	return ORDER_REQUIRED;
}

Test(order_cycle, names_the_nodes_and_the_weakest_edge)
{
	static const uint32_t edges[][2] = { { 0, 1 }, { 1, 2 }, { 2, 3 }, { 3, 1 }, { 0, 4 } };
	static const enum order_strength strengths[] = { ORDER_IMPLICIT, ORDER_REQUIRED, ORDER_WANTED, ORDER_REQUIRED,
							 ORDER_IMPLICIT };
	struct graph graph = { edges, 5, strengths };
	struct order_view view = { &graph, 5, next_edge, strength };
	struct order_search search;
	struct order_cycle cycle;

	cr_assert_eq(order_search_init(&search, 5), 0);
	cr_assert_eq(order_cycle_find(&search, &view, 0, &cycle), 1);
	cr_assert_eq(cycle.length, 3);
	cr_assert_eq(cycle.nodes[0], 1);
	cr_assert_eq(cycle.nodes[cycle.weakest], 2);
	order_search_finish(&search);
}

Test(order_cycle, finds_none_where_there_is_none)
{
	static const uint32_t edges[][2] = { { 0, 1 }, { 0, 2 }, { 1, 3 }, { 2, 3 } };
	static const enum order_strength strengths[4] = { 0 };
	struct graph graph = { edges, 4, strengths };
	struct order_view view = { &graph, 4, next_edge, strength };
	struct order_search search;
	struct order_cycle cycle;

	cr_assert_eq(order_search_init(&search, 4), 0);
	for (uint32_t node = 0; node < 4; node++)
		cr_assert_eq(order_cycle_find(&search, &view, node, &cycle), 0);
	order_search_finish(&search);
}

static struct world world;

static void set_up(void)
{
	world_init(&world);
}

static void tear_down(void)
{
	world_finish(&world);
}

TestSuite(cycles, .init = set_up, .fini = tear_down);

Test(cycles, are_broken_at_the_implicit_edge_and_named)
{
	struct unit_definition *a = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *b = define_service("b.service", SERVICE_SIMPLE);
	struct unit_definition *c = define_service("c.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id id;

	require(a, "b.service");
	require(b, "c.service");
	depend_as(c, DEPENDENCY_AFTER, "a.service", true);
	id = add(&world, a);
	add(&world, b);
	add_and_link(&world, c);
	cr_assert_eq(core_cycle_count(world.core), 1);
	cr_assert(strstr(core_cycle_text(world.core, 0), "left out: c.service After=a.service"), "%s",
		  core_cycle_text(world.core, 0));
	request = ask(&world, id, REQUEST_START);
	cr_assert_not_null(find(&world, core_find(world.core, "c.service"), ACTION_SPAWN));
	cr_assert_eq(count(&world, UNIT_ID_NONE, ACTION_SPAWN), 1);
	cr_assert_null(answer(&world, request));
}

Test(cycles, of_two_units_that_want_each_other)
{
	struct unit_definition *a = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *b = define_service("b.service", SERVICE_SIMPLE);

	depend(a, DEPENDENCY_AFTER, "b.service");
	depend(a, DEPENDENCY_BEFORE, "b.service");
	add(&world, a);
	add_and_link(&world, b);
	cr_assert_eq(core_cycle_count(world.core), 1);
	ask(&world, 0, REQUEST_START);
	cr_assert_not_null(find(&world, 0, ACTION_SPAWN));
}

Test(cycles, a_chain_of_100000_units_does_not_exhaust_the_stack)
{
	enum { LENGTH = 100000 };
	char name[32];
	struct action_queue queue = { 0 };
	struct event event = { .kind = EVENT_REQUEST };
	struct action action;
	unit_id first = UNIT_ID_NONE;
	size_t active = 0;

	for (unsigned i = 0; i < LENGTH; i++) {
		struct unit_definition *definition;

		snprintf(name, sizeof name, "t%u.target", i);
		definition = define(name);
		snprintf(name, sizeof name, "t%u.target", i + 1);
		if (i + 1 < LENGTH)
			require(definition, name);
		if (i == 0)
			first = add(&world, definition);
		else
			add(&world, definition);
	}
	link_all(&world);
	cr_assert_eq(core_cycle_count(world.core), 0);
	event.unit = first;
	event.request.verb = REQUEST_START;
	event.request.request = 1;
	core_step(world.core, &event, world.now, &queue);
	while (core_next_deadline(world.core) <= world.now)
		core_step(world.core, &(struct event){ .kind = EVENT_DEADLINE }, world.now, &queue);
	while (action_queue_take(&queue, &action)) {
		active += action.kind == ACTION_UNIT_CHANGED;
		action_finish(&action);
	}
	action_queue_finish(&queue);
	cr_assert_eq(active, LENGTH);
	cr_assert_eq(look(&world, first)->active_state, ACTIVE_STATE_ACTIVE);
}
