/* Names and numbers of units, and the definitions behind them. */
#include <stdio.h>

#include "tests/unit/core_world.h"

static struct world world;

static void set_up(void)
{
	world_init(&world);
}

static void tear_down(void)
{
	world_finish(&world);
}

TestSuite(unit_table, .init = set_up, .fini = tear_down);

static unit_id add_numbered(unsigned number)
{
	char name[32];

	snprintf(name, sizeof name, "t%u.target", number);
	return add(&world, define(name));
}

static unit_id find_numbered(unsigned number)
{
	char name[32];

	snprintf(name, sizeof name, "t%u.target", number);
	return core_find(world.core, name);
}

Test(unit_table, finds_what_came_in_and_not_what_left)
{
	enum { MANY = 5000 };

	for (unsigned i = 0; i < MANY; i++)
		cr_assert_eq(add_numbered(i), i);
	link_all(&world);
	for (unsigned i = 0; i < MANY; i += 2)
		cr_assert_eq(core_forget(world.core, i), 0);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert_eq(find_numbered(i), i % 2 ? i : UNIT_ID_NONE);
	for (unsigned i = 0; i < MANY; i += 2)
		add_numbered(i);
	link_all(&world);
	cr_assert_eq(core_unit_count(world.core), MANY);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert_neq(find_numbered(i), UNIT_ID_NONE);
}

Test(unit_table, aliases_find_the_same_unit_and_leave_with_it)
{
	unit_id id = add(&world, define("a.service"));
	unit_id other = add_and_link(&world, define("c.service"));

	cr_assert_eq(core_alias(world.core, "b.service", id), 0);
	cr_assert_eq(core_alias(world.core, "b.service", id), 0);
	cr_assert_eq(core_alias(world.core, "b.service", other), -EEXIST);
	cr_assert_eq(core_alias(world.core, "d.service", 99), -ENOENT);
	cr_assert_eq(core_find(world.core, "b.service"), id);
	cr_assert_eq(core_forget(world.core, id), 0);
	cr_assert_eq(core_find(world.core, "b.service"), UNIT_ID_NONE);
}

/* It may say the same in other lines, which messages name. */
Test(unit_table, an_equal_definition_takes_the_place_of_the_first)
{
	struct unit_definition *first = define("a.service"), *second = define("a.service");
	unit_id id;

	first->content_hash = second->content_hash = 9;
	id = add_and_link(&world, first);
	add_and_link(&world, second);
	cr_assert_eq(look(&world, id)->definition, second);
	cr_assert_null(look(&world, id)->next_definition);
}

Test(unit_table, stubs_are_listed_until_they_are_loaded)
{
	struct unit_definition *definition = define("a.service");
	unit_id stub;

	depend(definition, DEPENDENCY_WANTS, "b.service");
	depend(definition, DEPENDENCY_WANTS, "not a unit");
	add_and_link(&world, definition);
	stub = core_next_stub(world.core, UNIT_ID_NONE);
	cr_assert_eq(stub, core_find(world.core, "b.service"));
	cr_assert_eq(core_next_stub(world.core, stub), UNIT_ID_NONE);
	add_and_link(&world, define("b.service"));
	cr_assert_eq(core_next_stub(world.core, UNIT_ID_NONE), UNIT_ID_NONE);
}

Test(unit_table, options_are_shared_until_they_are_written)
{
	struct unit_definition *definition = define("a.service");

	cr_assert_eq(definition->options, &unit_options_default);
	cr_assert_eq(definition->service->options, &service_options_default);
	unit_definition_own_service_options(definition)->kill_signal = 1;
	cr_assert_eq(unit_definition_own_service_options(definition), definition->service->options);
	cr_assert_eq(service_options_default.kill_signal, SIGTERM);
	unit_definition_own_exec_options(definition)->user = strdup("nobody");
	unit_definition_own_options(definition)->refuse_manual_stop = true;
	cr_assert_null(exec_options_default.user);
	unit_definition_release(unit_definition_reference(definition));
	unit_definition_release(definition);
	unit_definition_release(NULL);
}

Test(unit_table, types_are_known_by_their_suffix)
{
	cr_assert_eq(unit_type_from_name("a.b.socket"), UNIT_SOCKET);
	cr_assert_eq(unit_type_from_name("a"), UNIT_TYPE_INVALID);
	cr_assert_eq(unit_type_from_name("a.servicex"), UNIT_TYPE_INVALID);
	cr_assert_eq(unit_type_from_name(NULL), UNIT_TYPE_INVALID);
	cr_assert_str_eq(sub_state_name(SUB_STATE_COUNT), "unknown");
}
