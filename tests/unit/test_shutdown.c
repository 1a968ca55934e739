/* The end of svinit: everything down, in order, then ACTION_LEAVE. */
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

TestSuite(shutdown, .init = set_up, .fini = tear_down);

static uint64_t shut_down(enum leave_kind leave, int status)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = UNIT_ID_NONE };

	event.request.verb = REQUEST_SHUTDOWN;
	event.request.request = ++world.last_request;
	event.request.leave = leave;
	event.request.exit_status = status;
	world_step(&world, &event);
	return world.last_request;
}

static const struct action *leaving(void)
{
	return find(&world, UNIT_ID_NONE, ACTION_LEAVE);
}

Test(shutdown, with_nothing_up_it_leaves_at_once)
{
	uint64_t request = shut_down(LEAVE_EXIT, 7);

	assert_answer(&world, request, JOB_DONE);
	cr_assert_eq(leaving()->leave.exit_status, 7);
	cr_assert_not(leaving()->leave.force);
	cr_assert(core_is_shutting_down(world.core));
}

Test(shutdown, stops_in_reverse_order_and_starts_nothing)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *third = define_service("c.service", SERVICE_NOTIFY);
	uint64_t start;
	unit_id a, b, c;

	service(upper)->restart = RESTART_ALWAYS;
	require(upper, "b.service");
	a = add(&world, upper);
	b = add(&world, define_service("b.service", SERVICE_SIMPLE));
	require(third, "b.service");
	c = add_and_link(&world, third);
	ask(&world, a, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	spawned(&world, a, ROLE_MAIN);
	start = ask(&world, c, REQUEST_START);
	shut_down(LEAVE_REBOOT, 0);
	assert_answer(&world, start, JOB_CANCELED);
	assert_state(&world, a, SUB_STOP_SIGTERM);
	assert_state(&world, b, SUB_RUNNING);
	cr_assert_eq(look(&world, c)->job_type, JOB_STOP);
	exited(&world, a, ROLE_MAIN, 1);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	assert_state(&world, b, SUB_RUNNING);
	spawned(&world, c, ROLE_MAIN);
	exited(&world, c, ROLE_MAIN, 0);
	assert_state(&world, b, SUB_STOP_SIGTERM);
	assert_answer(&world, ask(&world, c, REQUEST_START), JOB_REFUSED);
	cr_assert_null(leaving());
	exited(&world, b, ROLE_MAIN, 0);
	cr_assert_eq(leaving()->leave.leave, LEAVE_REBOOT);
	emptied(&world, b);
	cr_assert_null(leaving());
}

Test(shutdown, hurry_kills_at_once)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));

	set_up_running(&world, id);
	shut_down(LEAVE_EXIT, 0);
	ask(&world, UNIT_ID_NONE, REQUEST_HURRY);
	pass(&world, 0);
	assert_state(&world, id, SUB_STOP_SIGKILL);
	assert_signal(&world, id, SCOPE_ALL, SIGKILL);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	cr_assert_not_null(leaving());
}

Test(shutdown, hurry_shortens_every_stage_that_follows)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *upper = define_service("b.service", SERVICE_SIMPLE);
	unit_id a, b;

	service(definition)->timeout_stop = USEC_INFINITY;
	add_command(definition, EXEC_STOP, 0);
	add_command(definition, EXEC_STOP_POST, 0);
	require(upper, "a.service");
	a = add(&world, definition);
	b = add_and_link(&world, upper);
	ask(&world, b, REQUEST_START);
	spawned(&world, a, ROLE_MAIN);
	spawned(&world, b, ROLE_MAIN);
	shut_down(LEAVE_EXIT, 0);
	ask(&world, UNIT_ID_NONE, REQUEST_HURRY);
	pass(&world, 0);
	ended(&world, b, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_state(&world, a, SUB_STOP);
	spawned(&world, a, ROLE_CONTROL);
	pass(&world, 200 * USEC_PER_MSEC);
	assert_state(&world, a, SUB_STOP_SIGKILL);
	world.emptied = false;
	exited(&world, a, ROLE_CONTROL, 0);
	ended(&world, a, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_state(&world, a, SUB_STOP_POST);
	spawned(&world, a, ROLE_CONTROL);
	pass(&world, 200 * USEC_PER_MSEC);
	assert_state(&world, a, SUB_FINAL_SIGKILL);
	pass(&world, 1100 * USEC_PER_MSEC);
	cr_assert_not_null(leaving());
}

Test(shutdown, a_start_ends_the_hurry)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));

	set_up_running(&world, id);
	ask(&world, id, REQUEST_STOP);
	ask(&world, UNIT_ID_NONE, REQUEST_HURRY);
	pass(&world, 0);
	assert_state(&world, id, SUB_STOP_SIGKILL);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	set_up_running(&world, id);
	ask(&world, id, REQUEST_STOP);
	pass(&world, 0);
	assert_state(&world, id, SUB_STOP_SIGTERM);
}

Test(shutdown, failure_action_ends_svinit_with_the_status_of_the_unit)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id a, b;

	unit_definition_own_options(definition)->failure_action = EMERGENCY_ACTION_EXIT;
	a = add(&world, definition);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	set_up_running(&world, b);
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 42);
	assert_state(&world, b, SUB_STOP_SIGTERM);
	exited(&world, b, ROLE_MAIN, 0);
	cr_assert_eq(leaving()->leave.exit_status, 42);
}

Test(shutdown, a_forced_action_leaves_at_once)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id a, b;

	unit_definition_own_options(definition)->success_action = EMERGENCY_ACTION_EXIT_FORCE;
	unit_definition_own_options(definition)->success_action_exit_status = 3;
	a = add(&world, definition);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	set_up_running(&world, b);
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 0);
	cr_assert(leaving()->leave.force);
	cr_assert_eq(leaving()->leave.exit_status, 3);
}

Test(shutdown, failure_action_waits_for_the_last_restart)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id a;

	unit_definition_own_options(definition)->failure_action = EMERGENCY_ACTION_EXIT;
	unit_definition_own_options(definition)->start_limit_burst = 2;
	service(definition)->restart = RESTART_ON_FAILURE;
	service(definition)->restart_delay = 0;
	a = add_and_link(&world, definition);
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 5);
	cr_assert_null(leaving());
	spawned(&world, a, ROLE_MAIN);
	exited(&world, a, ROLE_MAIN, 5);
	cr_assert_eq(leaving()->leave.exit_status, 5);
}

Test(shutdown, a_unit_in_each_state_goes_down)
{
	unit_id notify = add(&world, define_service("n.service", SERVICE_NOTIFY));
	unit_id spawning = add_and_link(&world, define_service("s.service", SERVICE_SIMPLE));

	ask(&world, notify, REQUEST_START);
	spawned(&world, notify, ROLE_MAIN);
	ask(&world, spawning, REQUEST_START);
	shut_down(LEAVE_EXIT, 0);
	assert_state(&world, notify, SUB_STOP_SIGTERM);
	exited(&world, notify, ROLE_MAIN, 0);
	cr_assert_null(leaving());
	spawn_failed(&world, spawning, ROLE_MAIN);
	cr_assert_not_null(leaving());
}
