/* The life of one service, type by type: events in, actions and states out. */
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

TestSuite(service, .init = set_up, .fini = tear_down);

Test(service, simple_is_up_when_its_program_is_executed)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t request = ask(&world, id, REQUEST_START);

	assert_spawn(&world, id, EXEC_START, 0);
	assert_state(&world, id, SUB_START);
	cr_assert_null(answer(&world, request));
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, request, JOB_DONE);
	cr_assert_eq(look(&world, id)->main_pid, world.last_pid);
}

Test(service, a_program_that_cannot_be_executed_fails_the_start)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawn_failed(&world, id, ROLE_MAIN);
	assert_answer(&world, request, JOB_FAILED);
	cr_assert_str_eq(answer(&world, request)->answer.text, "exec: /bin/true: No such file or directory");
	assert_state(&world, id, SUB_FAILED);
	assert_result(&world, id, RESULT_EXIT_CODE);
	cr_assert_eq(look(&world, id)->main_status.status, 203);
}
