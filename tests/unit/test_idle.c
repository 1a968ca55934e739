/* Type=idle: the program starts behind all jobs, or when it has waited for 5 s. */
#include "tests/unit/core_world.h"

static struct world world;
static unit_id slow, idle;

static void set_up(void)
{
	struct unit_definition *oneshot = define_service("slow.service", SERVICE_ONESHOT);

	world_init(&world);
	service(oneshot)->remain_after_exit = true;
	slow = add(&world, oneshot);
	idle = add_and_link(&world, define_service("idle.service", SERVICE_IDLE));
}

static void tear_down(void)
{
	world_finish(&world);
}

TestSuite(idle, .init = set_up, .fini = tear_down);

static uint64_t wait_behind_slow(void)
{
	uint64_t request;

	set_up_running(&world, slow);
	request = ask(&world, idle, REQUEST_START);
	assert_state(&world, idle, SUB_START);
	cr_assert_null(find(&world, idle, ACTION_SPAWN));
	return request;
}

Test(idle, starts_at_once_where_there_is_nothing_else_to_do)
{
	uint64_t request = ask(&world, idle, REQUEST_START);

	assert_spawn(&world, idle, EXEC_START, 0);
	cr_assert_eq(core_unit_deadline(world.core, idle, NULL), USEC_INFINITY);
	spawned(&world, idle, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
	assert_state(&world, idle, SUB_RUNNING);
}

Test(idle, starts_when_the_last_job_ends)
{
	uint64_t request = wait_behind_slow();

	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
	spawned(&world, idle, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
	assert_state(&world, idle, SUB_RUNNING);
}

Test(idle, waits_for_jobs_that_come_later_and_for_stops)
{
	unit_id late = add_and_link(&world, define_service("late.service", SERVICE_NOTIFY));

	wait_behind_slow();
	set_up_running(&world, late);
	exited(&world, slow, ROLE_MAIN, 0);
	cr_assert_null(find(&world, idle, ACTION_SPAWN));
	ask(&world, late, REQUEST_STOP);
	cr_assert_null(find(&world, idle, ACTION_SPAWN));
	exited(&world, late, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
}

Test(idle, does_not_wait_longer_than_five_seconds)
{
	const char *what;

	wait_behind_slow();
	cr_assert_eq(core_unit_deadline(world.core, idle, &what), world.now + 5 * USEC_PER_SEC);
	cr_assert_str_eq(what, "idle wait");
	pass(&world, 5 * USEC_PER_SEC - 1);
	cr_assert_null(find(&world, idle, ACTION_SPAWN));
	pass(&world, 1);
	assert_spawn(&world, idle, EXEC_START, 0);
	spawned(&world, idle, ROLE_MAIN);
	assert_state(&world, idle, SUB_RUNNING);
	assert_state(&world, slow, SUB_START);
}

Test(idle, those_who_wait_do_not_wait_for_each_other)
{
	unit_id other = add_and_link(&world, define_service("other.service", SERVICE_IDLE));

	wait_behind_slow();
	ask(&world, other, REQUEST_START);
	cr_assert_null(find(&world, other, ACTION_SPAWN));
	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
	assert_spawn(&world, other, EXEC_START, 0);
}

Test(idle, a_target_behind_it_does_not_hold_it_up)
{
	struct unit_definition *definition = define("all.target");
	uint64_t request;
	unit_id target;

	require(definition, "idle.service");
	target = add_and_link(&world, definition);
	request = ask(&world, target, REQUEST_START);
	assert_spawn(&world, idle, EXEC_START, 0);
	spawned(&world, idle, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
}

Test(idle, only_the_program_is_put_off_not_what_prepares_it)
{
	struct unit_definition *definition = define_service("prepared.service", SERVICE_IDLE);
	unit_id prepared;

	add_command(definition, EXEC_START_PRE, 0);
	prepared = add_and_link(&world, definition);
	wait_behind_slow();
	ask(&world, prepared, REQUEST_START);
	assert_spawn(&world, prepared, EXEC_START_PRE, 0);
	spawned(&world, prepared, ROLE_CONTROL);
	exited(&world, prepared, ROLE_CONTROL, 0);
	cr_assert_null(find(&world, prepared, ACTION_SPAWN));
	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, prepared, EXEC_START, 0);
}

Test(idle, a_stop_ends_the_wait)
{
	uint64_t stop;

	wait_behind_slow();
	stop = ask(&world, idle, REQUEST_STOP);
	assert_answer(&world, stop, JOB_DONE);
	assert_state(&world, idle, SUB_DEAD);
	cr_assert_eq(core_unit_deadline(world.core, idle, NULL), USEC_INFINITY);
	exited(&world, slow, ROLE_MAIN, 0);
	cr_assert_null(find(&world, idle, ACTION_SPAWN));
	pass(&world, 6 * USEC_PER_SEC);
	assert_state(&world, idle, SUB_DEAD);
}

Test(idle, a_restart_begins_the_wait_anew)
{
	uint64_t restart;

	wait_behind_slow();
	pass(&world, 3 * USEC_PER_SEC);
	restart = ask(&world, idle, REQUEST_RESTART);
	assert_state(&world, idle, SUB_START);
	cr_assert_eq(core_unit_deadline(world.core, idle, NULL), world.now + 5 * USEC_PER_SEC);
	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
	spawned(&world, idle, ROLE_MAIN);
	assert_answer(&world, restart, JOB_DONE);
}

Test(idle, one_in_the_middle_of_those_who_wait_can_leave)
{
	unit_id second = add_and_link(&world, define_service("second.service", SERVICE_IDLE));
	unit_id third = add_and_link(&world, define_service("third.service", SERVICE_IDLE));

	wait_behind_slow();
	ask(&world, second, REQUEST_START);
	ask(&world, third, REQUEST_START);
	ask(&world, second, REQUEST_STOP);
	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
	assert_spawn(&world, third, EXEC_START, 0);
	cr_assert_null(find(&world, second, ACTION_SPAWN));
}

Test(idle, a_word_from_elsewhere_names_no_main_process_while_it_waits)
{
	struct event event = { .kind = EVENT_NOTIFY, .unit = UNIT_ID_NONE };
	struct unit_definition *definition = define_service("open.service", SERVICE_IDLE);
	unit_id open;

	service(definition)->notify_access = NOTIFY_ACCESS_ALL;
	open = add_and_link(&world, definition);
	wait_behind_slow();
	ask(&world, open, REQUEST_START);
	event.unit = open;
	event.notify.flags = NOTIFY_MAIN_PID | NOTIFY_EXTEND_TIMEOUT;
	event.notify.sender = SENDER_OTHER;
	event.notify.main_pid = 4711;
	event.notify.main_pid_ok = true;
	event.notify.extend_timeout = 60 * USEC_PER_SEC;
	world_step(&world, &event);
	cr_assert_eq(look(&world, open)->main_pid, 0);
	cr_assert_eq(core_unit_deadline(world.core, open, NULL), world.now + 5 * USEC_PER_SEC);
	main_process(&world, open, 4711, true);
	cr_assert_eq(look(&world, open)->main_pid, 0);
}

Test(idle, goes_on_waiting_when_only_its_job_is_cancelled)
{
	wait_behind_slow();
	ask(&world, idle, REQUEST_CANCEL);
	exited(&world, slow, ROLE_MAIN, 0);
	assert_spawn(&world, idle, EXEC_START, 0);
}
