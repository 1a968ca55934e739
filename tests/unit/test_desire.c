/* What is wanted of a unit, by whom it is kept from it, and that no job of it is forgotten. */
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

TestSuite(desire, .init = set_up, .fini = tear_down);

static struct unit_definition *with_hash(struct unit_definition *definition, uint64_t hash)
{
	definition->content_hash = hash;
	return definition;
}

/* a.service Requires= and After= b.service. */
static void two_services(unit_id *a, unit_id *b)
{
	struct unit_definition *upper = with_hash(define_service("a.service", SERVICE_SIMPLE), 1);

	require(upper, "b.service");
	*a = add(&world, upper);
	*b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
}

static void add_condition(struct unit_definition *definition)
{
	struct unit_options *options = unit_definition_own_options(definition);

	options->conditions = calloc(1, sizeof *options->conditions);
	options->conditions[0].type = CONDITION_PATH_EXISTS;
	options->conditions[0].parameter = strdup("/x");
	options->condition_count = 1;
}

static void conditions_hold(unit_id unit)
{
	struct event event = { .kind = EVENT_CONDITIONS, .unit = unit };

	event.conditions.outcome = CONDITIONS_HOLD;
	world_step(&world, &event);
}

Test(desire, a_direct_restart_goes_on_with_the_start_that_failed)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_NOTIFY);
	uint64_t start;
	unit_id id;

	service(definition)->restart = RESTART_ALWAYS;
	service(definition)->restart_mode = RESTART_MODE_DIRECT;
	service(definition)->restart_delay = USEC_PER_SEC;
	id = add_and_link(&world, definition);
	start = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	exited(&world, id, ROLE_MAIN, 1);
	assert_state(&world, id, SUB_AUTO_RESTART);
	cr_assert_null(answer(&world, start));
	pass(&world, USEC_PER_SEC);
	assert_spawn(&world, id, EXEC_START, 0);
	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	assert_answer(&world, start, JOB_DONE);
}

Test(desire, an_automatic_restart_outlives_a_stop_that_was_taken_back)
{
	struct unit_definition *lower = define_service("b.service", SERVICE_SIMPLE);
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	unit_id a, b;

	service(lower)->restart = RESTART_ALWAYS;
	service(lower)->restart_delay = USEC_PER_SEC;
	depend(upper, DEPENDENCY_AFTER, "b.service");
	a = add(&world, upper);
	b = add_and_link(&world, lower);
	set_up_running(&world, b);
	set_up_running(&world, a);
	exited(&world, b, ROLE_MAIN, 1);
	ask(&world, a, REQUEST_STOP); /* which goes first */
	ask(&world, b, REQUEST_STOP);
	pass(&world, 2 * USEC_PER_SEC);
	assert_state(&world, b, SUB_AUTO_RESTART);
	ask(&world, b, REQUEST_CANCEL);
	exited(&world, a, ROLE_MAIN, 0);
	pass(&world, 2 * USEC_PER_SEC);
	assert_state(&world, b, SUB_START);
}

Test(desire, a_reload_that_is_over_at_once_is_answered)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_NOTIFY_RELOAD);
	unit_id id;

	service(definition)->remain_after_exit = true;
	id = add_and_link(&world, definition);
	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	exited(&world, id, ROLE_MAIN, 0);
	assert_state(&world, id, SUB_EXITED);
	assert_answer(&world, ask(&world, id, REQUEST_RELOAD), JOB_FAILED);
}

Test(desire, a_restart_that_was_canceled_fails_nobody_who_requires_the_unit)
{
	struct unit_definition *third = define_service("c.service", SERVICE_SIMPLE);
	uint64_t start;
	unit_id a, b, c;

	require(third, "b.service");
	c = add(&world, third);
	two_services(&a, &b);
	ask(&world, a, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	spawned(&world, a, ROLE_MAIN);
	ask(&world, b, REQUEST_RESTART); /* it waits until a is down */
	start = ask(&world, c, REQUEST_START);
	cr_assert_null(answer(&world, start));
	ask(&world, b, REQUEST_CANCEL);
	cr_assert_null(answer(&world, start));
	assert_spawn(&world, c, EXEC_START, 0);
	cr_assert_eq(look(&world, c)->blocked_by, UNIT_ID_NONE);
}

Test(desire, reset_failed_does_not_end_a_start_whose_conditions_are_looked_at)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t start;
	unit_id id;

	add_condition(definition);
	id = add_and_link(&world, definition);
	ask(&world, id, REQUEST_START);
	conditions_hold(id);
	spawn_failed(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_FAILED);
	start = ask(&world, id, REQUEST_START);
	ask(&world, id, REQUEST_RESET_FAILED);
	cr_assert_null(answer(&world, start));
	conditions_hold(id);
	assert_spawn(&world, id, EXEC_START, 0);
}

Test(desire, what_is_not_required_any_more_blocks_nobody)
{
	struct unit_definition *alone = with_hash(define_service("a.service", SERVICE_SIMPLE), 2);
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, a, REQUEST_START);
	spawn_failed(&world, b, ROLE_MAIN);
	cr_assert_eq(look(&world, a)->blocked_by, b);
	add_and_link(&world, alone);
	cr_assert_eq(look(&world, a)->blocked_by, UNIT_ID_NONE);
	cr_assert_not(look(&world, a)->wanted);
	set_up_running(&world, b);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
}

Test(desire, what_waits_no_longer_after_a_reload_begins_at_once)
{
	struct unit_definition *alone = with_hash(define_service("a.service", SERVICE_SIMPLE), 2);
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, a, REQUEST_START); /* waits for b */
	add_and_link(&world, alone);
	cr_assert_leq(core_next_deadline(world.core), world.now);
	pass(&world, 0);
	assert_spawn(&world, a, EXEC_START, 0);
}

Test(desire, a_start_that_was_canceled_is_not_wanted)
{
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, a, REQUEST_START);
	cr_assert(look(&world, a)->wanted);
	ask(&world, a, REQUEST_CANCEL);
	cr_assert_not(look(&world, a)->wanted);
}

Test(desire, who_requires_a_bound_unit_comes_back_with_it)
{
	struct unit_definition *bound = define_service("b.service", SERVICE_SIMPLE);
	struct unit_definition *upper = define_service("c.service", SERVICE_SIMPLE);
	unit_id a, b, c;

	depend(bound, DEPENDENCY_BINDS_TO, "a.service");
	depend(bound, DEPENDENCY_AFTER, "a.service");
	require(upper, "b.service");
	c = add(&world, upper);
	b = add(&world, bound);
	a = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	ask(&world, c, REQUEST_START);
	spawned(&world, a, ROLE_MAIN);
	spawned(&world, b, ROLE_MAIN);
	spawned(&world, c, ROLE_MAIN);
	exited(&world, a, ROLE_MAIN, 1);
	exited(&world, c, ROLE_MAIN, 0);
	exited(&world, b, ROLE_MAIN, 0);
	cr_assert_eq(look(&world, b)->blocked_by, a);
	cr_assert_eq(look(&world, c)->blocked_by, b);
	set_up_running(&world, a);
	spawned(&world, b, ROLE_MAIN);
	assert_spawn(&world, c, EXEC_START, 0);
}

Test(desire, requests_that_announce_more_are_not_lost_when_none_come)
{
	struct event event = { .kind = EVENT_REQUEST };

	event.unit = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	event.request.verb = REQUEST_START;
	event.request.more = true;
	world_step(&world, &event);
	cr_assert_null(find(&world, event.unit, ACTION_SPAWN));
	cr_assert_leq(core_next_deadline(world.core), world.now);
	pass(&world, 0);
	assert_spawn(&world, event.unit, EXEC_START, 0);
}
