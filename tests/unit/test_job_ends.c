/* How jobs end that do not end well, and what becomes of those that depend on them. */
#include "tests/unit/core_world.h"

static struct unit_definition *depends_on(const char *name, const char *other)
{
	struct unit_definition *definition = define_service(name, SERVICE_SIMPLE);

	require(definition, other);
	return definition;
}

Test(job_ends, a_failure_goes_up_the_whole_chain)
{
	struct world world;

	world_init(&world);
	unit_id c = add(&world, define_service("c.service", SERVICE_NOTIFY));
	unit_id b = add(&world, depends_on("b.service", "c.service"));
	unit_id a = add(&world, depends_on("a.service", "b.service"));
	link_all(&world);
	uint64_t request = ask(&world, a, REQUEST_START);
	spawn_failed(&world, c, ROLE_MAIN);
	assert_answer(&world, request, JOB_DEPENDENCY);
	cr_assert_eq(look(&world, b)->job_type, JOB_NONE);
	cr_assert_null(find(&world, b, ACTION_SPAWN));
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	cr_assert_eq(look(&world, a)->blocked_by, b);
	world_finish(&world);
}

Test(job_ends, a_job_that_runs_too_long_is_given_up)
{
	struct world world;
	struct unit_definition *definition = define_service("a.service", SERVICE_ONESHOT);

	world_init(&world);
	unit_definition_own_options(definition)->job_running_timeout = 5 * USEC_PER_SEC;
	unit_id a = add_and_link(&world, definition);
	uint64_t request = ask(&world, a, REQUEST_START);
	spawned(&world, a, ROLE_MAIN);
	pass(&world, 4 * USEC_PER_SEC);
	cr_assert_eq(look(&world, a)->job_type, JOB_START);
	pass(&world, 2 * USEC_PER_SEC);
	cr_assert_eq(look(&world, a)->job_type, JOB_NONE);
	assert_answer(&world, request, JOB_TIMEOUT);
	world_finish(&world);
}

Test(job_ends, a_start_on_request_counts_restarts_anew)
{
	struct world world;
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);

	world_init(&world);
	service(definition)->restart = RESTART_ALWAYS;
	unit_id a = add_and_link(&world, definition);
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 1);
	pass(&world, 2 * USEC_PER_SEC);
	spawned(&world, a, ROLE_MAIN);
	cr_assert_eq(look(&world, a)->restarts, 1);
	ask(&world, a, REQUEST_RESTART);
	exited(&world, a, ROLE_MAIN, 0);
	spawned(&world, a, ROLE_MAIN);
	assert_state(&world, a, SUB_RUNNING);
	cr_assert_eq(look(&world, a)->restarts, 0);
	world_finish(&world);
}

/* When everything is stopped, a job whose time is over does not wait for its turn any longer. */
Test(job_ends, a_stop_that_waits_too_long_at_a_shutdown_goes_out_of_turn)
{
	struct world world;

	world_init(&world);
	struct unit_definition *first = define_service("first.service", SERVICE_SIMPLE);
	unit_definition_own_options(first)->job_timeout = 5 * USEC_PER_SEC;
	unit_id b = add(&world, first);
	unit_id a = add(&world, depends_on("second.service", "first.service"));
	link_all(&world);
	set_up_running(&world, b);
	set_up_running(&world, a);
	struct event event = { .kind = EVENT_REQUEST, .unit = UNIT_ID_NONE };
	event.request.verb = REQUEST_SHUTDOWN;
	world_step(&world, &event);
	cr_assert_not_null(find(&world, a, ACTION_SIGNAL));
	cr_assert_null(find(&world, b, ACTION_SIGNAL));
	pass(&world, 6 * USEC_PER_SEC);
	assert_state(&world, b, SUB_STOP_SIGTERM);
	assert_state(&world, a, SUB_STOP_SIGTERM);
	world_finish(&world);
}
