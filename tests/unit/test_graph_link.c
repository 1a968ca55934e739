#include <criterion/criterion.h>

#include "tests/unit/core_world.h"

static bool note_after(void *context, const struct edge_view *edge)
{
	unit_id *other = context;

	if (edge->kind == DEPENDENCY_AFTER && edge->other == *other)
		*other = UNIT_ID_NONE;
	return true;
}

static bool stands_after(struct world *world, unit_id unit, unit_id other)
{
	unit_id found = other;

	core_each_edge(world->core, unit, note_after, &found);
	return found == UNIT_ID_NONE;
}

/* A target that wants `name`, and stands behind it by default. */
static struct unit_definition *target_of(const char *name)
{
	struct unit_definition *target = define("all.target");

	depend(target, DEPENDENCY_WANTS, name);
	depend_as(target, DEPENDENCY_AFTER, name, true);
	return target;
}

Test(graph_link, a_target_stands_behind_what_it_pulls_in)
{
	struct world world;

	world_init(&world);
	unit_id target = add_and_link(&world, target_of("late.service"));
	struct unit_definition *late = define_service("late.service", SERVICE_SIMPLE);
	late->default_dependencies = true;
	unit_id service = add_and_link(&world, late);
	cr_assert(stands_after(&world, target, service));
	world_finish(&world);
}

/* Whichever of the two is loaded first. */
Test(graph_link, a_target_gives_way_to_a_unit_behind_it)
{
	for (int service_first = 0; service_first < 2; service_first++) {
		struct world world;
		unit_id service = UNIT_ID_NONE;

		world_init(&world);
		struct unit_definition *late = define_service("late.service", SERVICE_SIMPLE);
		late->default_dependencies = true;
		depend(late, DEPENDENCY_AFTER, "all.target");
		if (service_first)
			service = add_and_link(&world, late);
		unit_id target = add_and_link(&world, target_of("late.service"));
		if (!service_first)
			service = add_and_link(&world, late);
		cr_assert_not(stands_after(&world, target, service));
		cr_assert(stands_after(&world, service, target));
		cr_assert_eq(core_cycle_count(world.core), 0);
		world_finish(&world);
	}
}

Test(graph_link, a_target_gives_way_to_units_without_default_dependencies)
{
	struct world world;

	world_init(&world);
	unit_id target = add_and_link(&world, target_of("early.service"));
	struct unit_definition *early = define_service("early.service", SERVICE_SIMPLE);
	early->default_dependencies = false;
	unit_id service = add_and_link(&world, early);
	cr_assert_not(stands_after(&world, target, service));
	world_finish(&world);
}
