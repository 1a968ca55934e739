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

Test(service, a_dash_before_the_command_forgives_that_it_cannot_be_executed)
{
	struct unit_definition *definition = define("a.service");
	unit_id id;

	definition->service->type = SERVICE_ONESHOT;
	add_command(definition, EXEC_START, EXEC_IGNORE_FAILURE);
	id = add_and_link(&world, definition);
	ask(&world, id, REQUEST_START);
	spawn_failed(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_DEAD);
	assert_result(&world, id, RESULT_SUCCESS);
}

Test(service, dbus_is_up_when_svinit_has_seen_its_name)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_DBUS));
	uint64_t request = ask(&world, id, REQUEST_START);
	struct event event = { .kind = EVENT_NOTIFY, .unit = id, .notify = { .flags = NOTIFY_READY } };

	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_START);
	event.notify.sender = SENDER_MAIN;
	world_step(&world, &event);
	assert_state(&world, id, SUB_START);
	cr_assert_null(answer(&world, request));
	event.notify.sender = SENDER_SUPERVISOR;
	world_step(&world, &event);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, request, JOB_DONE);
}

Test(service, exec_is_up_as_simple_is)
{
	static const enum service_type types[] = { SERVICE_EXEC, SERVICE_IDLE };
	static const char *const names[] = { "exec.service", "idle.service" };

	for (size_t i = 0; i < 2; i++) {
		unit_id id = add_and_link(&world, define_service(names[i], types[i]));
		uint64_t request = ask(&world, id, REQUEST_START);

		cr_assert_null(answer(&world, request));
		spawned(&world, id, ROLE_MAIN);
		assert_state(&world, id, SUB_RUNNING);
		assert_answer(&world, request, JOB_DONE);
	}
}

Test(service, oneshot_runs_its_commands_one_after_the_other)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_ONESHOT);
	uint64_t request;
	unit_id id;

	add_command(definition, EXEC_START, 0);
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_START);
	exited(&world, id, ROLE_MAIN, 0);
	assert_spawn(&world, id, EXEC_START, 1);
	cr_assert_null(answer(&world, request));
	spawned(&world, id, ROLE_MAIN);
	exited(&world, id, ROLE_MAIN, 0);
	assert_answer(&world, request, JOB_DONE);
	assert_state(&world, id, SUB_DEAD);
	cr_assert_eq(look(&world, id)->active_state, ACTIVE_STATE_INACTIVE);
}

Test(service, oneshot_stays_up_with_remain_after_exit)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_ONESHOT);
	uint64_t request;
	unit_id id;

	service(definition)->remain_after_exit = true;
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	exited(&world, id, ROLE_MAIN, 0);
	assert_answer(&world, request, JOB_DONE);
	assert_state(&world, id, SUB_EXITED);
	request = ask(&world, id, REQUEST_STOP);
	assert_answer(&world, request, JOB_DONE);
	assert_state(&world, id, SUB_DEAD);
}

Test(service, oneshot_that_fails_fails_the_start_with_its_status)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_ONESHOT));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_MAIN);
	exited(&world, id, ROLE_MAIN, 3);
	assert_answer(&world, request, JOB_FAILED);
	cr_assert(strstr(answer(&world, request)->answer.text, "exited with status 3"));
	assert_state(&world, id, SUB_FAILED);
}

Test(service, notify_is_up_when_it_says_so)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_START);
	notified(&world, id, NOTIFY_READY);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, request, JOB_DONE);
}

Test(service, notify_that_ends_without_ready_is_a_protocol_failure)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_MAIN);
	exited(&world, id, ROLE_MAIN, 0);
	assert_answer(&world, request, JOB_FAILED);
	assert_result(&world, id, RESULT_PROTOCOL);
}

Test(service, who_may_not_notify_is_not_believed)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_NOTIFY);
	struct event event = { .kind = EVENT_NOTIFY };
	unit_id id = add_and_link(&world, definition);

	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	event.unit = id;
	event.notify.flags = NOTIFY_READY;
	event.notify.sender = SENDER_OTHER;
	world_step(&world, &event);
	assert_state(&world, id, SUB_START);
	cr_assert_eq(count(&world, id, ACTION_RECORD), 1);
}

Test(service, notify_start_times_out_and_is_killed)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_MAIN);
	pass(&world, 90 * USEC_PER_SEC);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	assert_signal(&world, id, SCOPE_ALL, SIGTERM);
	cr_assert_null(answer(&world, request));
	pass(&world, 90 * USEC_PER_SEC);
	assert_state(&world, id, SUB_STOP_SIGKILL);
	assert_signal(&world, id, SCOPE_ALL, SIGKILL);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_state(&world, id, SUB_FAILED);
	assert_result(&world, id, RESULT_TIMEOUT);
	assert_answer(&world, request, JOB_FAILED);
}

Test(service, a_service_may_ask_for_more_time)
{
	struct event event = { .kind = EVENT_NOTIFY };
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));

	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	pass(&world, 80 * USEC_PER_SEC);
	event.unit = id;
	event.notify.flags = NOTIFY_EXTEND_TIMEOUT;
	event.notify.extend_timeout = 60 * USEC_PER_SEC;
	world_step(&world, &event);
	pass(&world, 59 * USEC_PER_SEC);
	assert_state(&world, id, SUB_START);
	pass(&world, 2 * USEC_PER_SEC);
	assert_state(&world, id, SUB_STOP_SIGTERM);
}

Test(service, forking_with_pid_file_waits_for_the_file)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_FORKING);
	uint64_t request;
	unit_id id;

	service(definition)->pid_file = strdup("/run/a.pid");
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	cr_assert_eq(find(&world, id, ACTION_SPAWN)->spawn.role, ROLE_CONTROL);
	spawned(&world, id, ROLE_CONTROL);
	world.emptied = false;
	exited(&world, id, ROLE_CONTROL, 0);
	cr_assert(find(&world, id, ACTION_FIND_MAIN_PROCESS)->find_main_process.wait);
	assert_state(&world, id, SUB_START);
	main_process(&world, id, 0, false);
	assert_state(&world, id, SUB_START);
	main_process(&world, id, 4711, false);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, request, JOB_DONE);
	cr_assert_eq(look(&world, id)->main_pid, 4711);
}

Test(service, a_daemon_that_is_killed_has_failed_though_its_start_command_may_fail)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_FORKING);
	unit_id id;

	service(definition)->pid_file = strdup("/run/a.pid");
	definition->service->phases[EXEC_START].commands[0].flags = EXEC_IGNORE_FAILURE;
	id = add_and_link(&world, definition);
	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_CONTROL);
	world.emptied = false;
	exited(&world, id, ROLE_CONTROL, 1);
	main_process(&world, id, 4711, false);
	assert_state(&world, id, SUB_RUNNING);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	emptied(&world, id);
	assert_state(&world, id, SUB_FAILED);
	assert_result(&world, id, RESULT_SIGNAL);
}

Test(service, forking_whose_pid_file_is_wrong_fails)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_FORKING);
	uint64_t request;
	unit_id id;

	service(definition)->pid_file = strdup("/run/a.pid");
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_CONTROL);
	world.emptied = false;
	exited(&world, id, ROLE_CONTROL, 0);
	main_process(&world, id, 0, true);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	emptied(&world, id);
	assert_state(&world, id, SUB_FAILED);
	assert_result(&world, id, RESULT_PROTOCOL);
	(void)request;
	assert_answer(&world, request, JOB_FAILED);
}

Test(service, forking_without_main_process_lives_as_long_as_any_process)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_FORKING));

	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_CONTROL);
	world.emptied = false;
	exited(&world, id, ROLE_CONTROL, 0);
	cr_assert_not(find(&world, id, ACTION_FIND_MAIN_PROCESS)->find_main_process.wait);
	main_process(&world, id, 0, true);
	assert_state(&world, id, SUB_RUNNING);
	emptied(&world, id);
	assert_state(&world, id, SUB_DEAD);
}

Test(service, a_daemon_that_is_gone_at_once_was_never_up)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_FORKING));
	uint64_t request = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	main_process(&world, id, 0, true);
	assert_state(&world, id, SUB_DEAD);
	assert_answer(&world, request, JOB_FAILED);
}

static struct unit_definition *define_full(void)
{
	struct unit_definition *definition = define_service("full.service", SERVICE_SIMPLE);

	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		if (phase != EXEC_START && phase != EXEC_RELOAD_POST)
			add_command(definition, (enum exec_phase)phase, 0);
	return definition;
}

Test(service, passes_through_all_its_phases)
{
	unit_id id = add_and_link(&world, define_full());
	uint64_t request = ask(&world, id, REQUEST_START);

	assert_state(&world, id, SUB_CONDITION);
	assert_spawn(&world, id, EXEC_CONDITION, 0);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_START_PRE);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_START);
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_START_POST);
	assert_spawn(&world, id, EXEC_START_POST, 0);
	cr_assert_null(answer(&world, request));
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, request, JOB_DONE);
	request = ask(&world, id, REQUEST_STOP);
	assert_state(&world, id, SUB_STOP);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_state(&world, id, SUB_STOP_POST);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_DEAD);
	assert_answer(&world, request, JOB_DONE);
	assert_result(&world, id, RESULT_SUCCESS);
}

Test(service, exec_condition_skips_or_fails)
{
	static const struct {
		int status;
		enum sub_state state;
		enum job_result result;
	} rows[] = { { 1, SUB_DEAD, JOB_SKIPPED }, { 254, SUB_DEAD, JOB_SKIPPED }, { 255, SUB_FAILED, JOB_FAILED } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unit_id id = add_and_link(&world, define_full());
		uint64_t request = ask(&world, id, REQUEST_START);

		spawned(&world, id, ROLE_CONTROL);
		exited(&world, id, ROLE_CONTROL, rows[i].status);
		assert_spawn(&world, id, EXEC_STOP_POST, 0);
		spawned(&world, id, ROLE_CONTROL);
		exited(&world, id, ROLE_CONTROL, 0);
		assert_state(&world, id, rows[i].state);
		assert_answer(&world, request, rows[i].result);
		ask(&world, id, REQUEST_RESET_FAILED);
	}
}

Test(service, a_failing_start_pre_names_itself)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id id;

	add_command(definition, EXEC_START_PRE, EXEC_IGNORE_FAILURE);
	add_command(definition, EXEC_START_PRE, 0);
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 9);
	assert_spawn(&world, id, EXEC_START_PRE, 1);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 9);
	assert_answer(&world, request, JOB_FAILED);
	cr_assert_str_eq(answer(&world, request)->answer.text, "ExecStartPre= command 2 exited with status 9");
}

Test(service, a_stop_while_a_process_is_being_started_is_honoured_after_the_answer)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));
	uint64_t start = ask(&world, id, REQUEST_START);
	uint64_t stop = ask(&world, id, REQUEST_STOP);

	assert_answer(&world, start, JOB_CANCELED);
	cr_assert_null(find(&world, id, ACTION_SIGNAL));
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	assert_signal(&world, id, SCOPE_ALL, SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_answer(&world, stop, JOB_DONE);
	assert_state(&world, id, SUB_DEAD);
}

Test(service, stop_is_done_only_when_the_last_process_is_gone)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t stop;

	set_up_running(&world, id);
	world.emptied = false;
	stop = ask(&world, id, REQUEST_STOP);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_state(&world, id, SUB_FINAL_SIGTERM);
	cr_assert_null(answer(&world, stop));
	pass(&world, 90 * USEC_PER_SEC);
	assert_state(&world, id, SUB_FINAL_SIGKILL);
	assert_signal(&world, id, SCOPE_ALL, SIGKILL);
	emptied(&world, id);
	assert_answer(&world, stop, JOB_DONE);
	cr_assert_not_null(find(&world, id, ACTION_CLEAN_UP));
}

Test(service, kill_mode_process_leaves_the_others_alone)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t stop;
	unit_id id;

	service(definition)->kill_mode = KILL_MODE_PROCESS;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	world.emptied = false;
	stop = ask(&world, id, REQUEST_STOP);
	assert_signal(&world, id, SCOPE_MAIN_AND_CONTROL, SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_answer(&world, stop, JOB_DONE);
	assert_state(&world, id, SUB_DEAD);
	cr_assert(look(&world, id)->populated);
}

Test(service, kill_mode_mixed_kills_the_others_at_the_end)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t stop;
	unit_id id;

	service(definition)->kill_mode = KILL_MODE_MIXED;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	world.emptied = false;
	stop = ask(&world, id, REQUEST_STOP);
	assert_signal(&world, id, SCOPE_MAIN_AND_CONTROL, SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_EXITED, 0);
	assert_signal(&world, id, SCOPE_ALL, SIGKILL);
	cr_assert_null(answer(&world, stop));
	emptied(&world, id);
	assert_answer(&world, stop, JOB_DONE);
}

Test(service, a_process_that_survives_sigkill_is_no_success_and_is_never_doubled)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t stop, start;
	int32_t pid;

	set_up_running(&world, id);
	pid = look(&world, id)->main_pid;
	ask(&world, id, REQUEST_STOP);
	stop = world.last_request;
	pass(&world, 90 * USEC_PER_SEC);
	pass(&world, 90 * USEC_PER_SEC);
	pass(&world, 90 * USEC_PER_SEC);
	pass(&world, 90 * USEC_PER_SEC);
	assert_answer(&world, stop, JOB_FAILED);
	assert_state(&world, id, SUB_FAILED);
	start = ask(&world, id, REQUEST_START);
	assert_answer(&world, start, JOB_FAILED);
	cr_assert_null(find(&world, id, ACTION_SPAWN));
	cr_assert_eq(look(&world, id)->main_pid, pid);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	ask(&world, id, REQUEST_START);
	assert_spawn(&world, id, EXEC_START, 0);
}

Test(service, restart_after_a_crash_happens_in_one_step)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id id;

	service(definition)->restart = RESTART_ALWAYS;
	service(definition)->restart_delay = 0;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_spawn(&world, id, EXEC_START, 0);
	cr_assert(find(&world, id, ACTION_CLEAN_UP)->clean_up.keep);
	cr_assert_eq(look(&world, id)->restarts, 1);
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_RUNNING);
}

Test(service, restart_waits_for_its_delay)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	const char *what;
	unit_id id;

	service(definition)->restart = RESTART_ON_FAILURE;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	exited(&world, id, ROLE_MAIN, 1);
	assert_state(&world, id, SUB_AUTO_RESTART);
	cr_assert_eq(core_unit_deadline(world.core, id, &what), world.now + 100 * USEC_PER_MSEC);
	cr_assert_str_eq(what, "restart delay");
	pass(&world, 99 * USEC_PER_MSEC);
	assert_state(&world, id, SUB_AUTO_RESTART);
	pass(&world, USEC_PER_MSEC);
	assert_state(&world, id, SUB_START);
}

Test(service, a_stop_ends_the_waiting_for_a_restart)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t stop;
	unit_id id;

	service(definition)->restart = RESTART_ALWAYS;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	exited(&world, id, ROLE_MAIN, 1);
	stop = ask(&world, id, REQUEST_STOP);
	assert_answer(&world, stop, JOB_DONE);
	assert_state(&world, id, SUB_FAILED);
	pass(&world, USEC_PER_SEC);
	assert_state(&world, id, SUB_FAILED);
}

Test(service, start_limit_stops_the_restarts)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t start;
	unit_id id;

	service(definition)->restart = RESTART_ALWAYS;
	service(definition)->restart_delay = 0;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	for (int i = 0; i < 4; i++) {
		exited(&world, id, ROLE_MAIN, 1);
		spawned(&world, id, ROLE_MAIN);
	}
	exited(&world, id, ROLE_MAIN, 1);
	cr_assert_null(find(&world, id, ACTION_SPAWN));
	assert_state(&world, id, SUB_FAILED);
	start = ask(&world, id, REQUEST_START);
	assert_answer(&world, start, JOB_FAILED);
	cr_assert(strstr(answer(&world, start)->answer.text, "start limit hit"));
	ask(&world, id, REQUEST_RESET_FAILED);
	assert_state(&world, id, SUB_DEAD);
	ask(&world, id, REQUEST_START);
	assert_spawn(&world, id, EXEC_START, 0);
}

Test(service, watchdog_aborts_who_is_silent)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_NOTIFY);
	unit_id id;

	service(definition)->watchdog = 2 * USEC_PER_SEC;
	id = add_and_link(&world, definition);
	ask(&world, id, REQUEST_START);
	cr_assert_eq(find(&world, id, ACTION_SPAWN)->spawn.timeout, 2 * USEC_PER_SEC);
	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	for (int i = 0; i < 5; i++) {
		pass(&world, USEC_PER_SEC);
		notified(&world, id, NOTIFY_WATCHDOG);
	}
	assert_state(&world, id, SUB_RUNNING);
	pass(&world, 2 * USEC_PER_SEC);
	assert_state(&world, id, SUB_STOP_WATCHDOG);
	assert_signal(&world, id, SCOPE_ALL, SIGABRT);
	ended(&world, id, ROLE_MAIN, CLD_DUMPED, SIGABRT);
	assert_state(&world, id, SUB_FAILED);
	assert_result(&world, id, RESULT_WATCHDOG);
}

Test(service, runtime_max_stops_it)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id id;

	service(definition)->runtime_max = 5 * USEC_PER_SEC;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	pass(&world, 5 * USEC_PER_SEC);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_result(&world, id, RESULT_TIMEOUT);
	assert_state(&world, id, SUB_FAILED);
}

Test(service, time_out_failure_modes)
{
	static const struct {
		enum timeout_failure_mode mode;
		enum sub_state state;
		int signal;
	} rows[] = { { TIMEOUT_TERMINATE, SUB_STOP_SIGTERM, SIGTERM },
		     { TIMEOUT_ABORT, SUB_STOP_WATCHDOG, SIGABRT },
		     { TIMEOUT_KILL, SUB_STOP_SIGKILL, SIGKILL } };
	static const char *const names[] = { "a.service", "b.service", "c.service" };

	for (size_t i = 0; i < 3; i++) {
		struct unit_definition *definition = define_service(names[i], SERVICE_NOTIFY);
		unit_id id;

		service(definition)->timeout_start_failure_mode = rows[i].mode;
		id = add_and_link(&world, definition);
		ask(&world, id, REQUEST_START);
		spawned(&world, id, ROLE_MAIN);
		pass(&world, 90 * USEC_PER_SEC);
		assert_state(&world, id, rows[i].state);
		assert_signal(&world, id, SCOPE_ALL, rows[i].signal);
		ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGKILL);
	}
}

Test(service, without_send_sigkill_it_is_left_alone)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t stop;
	unit_id id;

	service(definition)->send_sigkill = false;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	stop = ask(&world, id, REQUEST_STOP);
	pass(&world, 90 * USEC_PER_SEC);
	assert_state(&world, id, SUB_FINAL_SIGTERM);
	pass(&world, 90 * USEC_PER_SEC);
	assert_state(&world, id, SUB_FAILED);
	assert_answer(&world, stop, JOB_FAILED);
	cr_assert_neq(look(&world, id)->main_pid, 0);
}

Test(service, reload_by_command)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t reload;
	unit_id id;

	add_command(definition, EXEC_RELOAD, 0);
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	reload = ask(&world, id, REQUEST_RELOAD);
	assert_state(&world, id, SUB_RELOAD);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 0);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, reload, JOB_DONE);
	reload = ask(&world, id, REQUEST_RELOAD);
	spawned(&world, id, ROLE_CONTROL);
	exited(&world, id, ROLE_CONTROL, 1);
	assert_answer(&world, reload, JOB_FAILED);
	assert_state(&world, id, SUB_RUNNING);
}

Test(service, a_reload_that_hangs_is_killed_and_the_service_lives)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t reload;
	unit_id id;

	add_command(definition, EXEC_RELOAD, 0);
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	reload = ask(&world, id, REQUEST_RELOAD);
	spawned(&world, id, ROLE_CONTROL);
	pass(&world, 90 * USEC_PER_SEC);
	assert_signal(&world, id, SCOPE_CONTROL, SIGKILL);
	ended(&world, id, ROLE_CONTROL, CLD_KILLED, SIGKILL);
	assert_answer(&world, reload, JOB_FAILED);
	assert_state(&world, id, SUB_RUNNING);
}

Test(service, reload_by_signal_and_notification)
{
	struct event event = { .kind = EVENT_NOTIFY };
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY_RELOAD));
	uint64_t reload;

	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	reload = ask(&world, id, REQUEST_RELOAD);
	assert_state(&world, id, SUB_RELOAD_SIGNAL);
	assert_signal(&world, id, SCOPE_MAIN, SIGHUP);
	event.unit = id;
	event.notify.flags = NOTIFY_RELOADING | NOTIFY_MONOTONIC;
	event.notify.monotonic = world.now - 1;
	world_step(&world, &event);
	assert_state(&world, id, SUB_RELOAD_SIGNAL);
	notified(&world, id, NOTIFY_RELOADING | NOTIFY_MONOTONIC);
	assert_state(&world, id, SUB_RELOAD_NOTIFY);
	notified(&world, id, NOTIFY_READY);
	assert_state(&world, id, SUB_RUNNING);
	assert_answer(&world, reload, JOB_DONE);
}

Test(service, what_cannot_reload_says_so)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t reload;

	set_up_running(&world, id);
	reload = ask(&world, id, REQUEST_RELOAD);
	assert_answer(&world, reload, JOB_REFUSED);
	reload = ask(&world, id, REQUEST_RELOAD_OR_RESTART);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	spawned(&world, id, ROLE_MAIN);
	assert_answer(&world, reload, JOB_DONE);
}

Test(service, restart_uses_its_own_signal)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	uint64_t restart;
	unit_id id;

	service(definition)->restart_kill_signal = SIGUSR1;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	restart = ask(&world, id, REQUEST_RESTART);
	assert_signal(&world, id, SCOPE_ALL, SIGUSR1);
	exited(&world, id, ROLE_MAIN, 0);
	assert_spawn(&world, id, EXEC_START, 0);
	cr_assert_null(answer(&world, restart));
	spawned(&world, id, ROLE_MAIN);
	assert_answer(&world, restart, JOB_DONE);
}

Test(service, stopping_by_itself)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));

	ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	notified(&world, id, NOTIFY_STOPPING);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	cr_assert_null(find(&world, id, ACTION_SIGNAL));
	exited(&world, id, ROLE_MAIN, 0);
	assert_state(&world, id, SUB_DEAD);
}

Test(service, exit_type_cgroup_outlives_its_main_process)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id id;

	service(definition)->exit_type = EXIT_TYPE_CGROUP;
	id = add_and_link(&world, definition);
	set_up_running(&world, id);
	world.emptied = false;
	exited(&world, id, ROLE_MAIN, 0);
	assert_state(&world, id, SUB_RUNNING);
	emptied(&world, id);
	assert_state(&world, id, SUB_DEAD);
}

Test(service, an_oom_kill_stops_it)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));

	set_up_running(&world, id);
	world_step(&world, &(struct event){ .kind = EVENT_OOM_KILLED, .unit = id });
	assert_state(&world, id, SUB_STOP_SIGTERM);
	ended(&world, id, ROLE_MAIN, CLD_KILLED, SIGTERM);
	assert_result(&world, id, RESULT_OOM_KILL);
}

Test(service, conditions_are_asked_for_and_obeyed)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	struct event event = { .kind = EVENT_CONDITIONS };
	uint64_t request;
	unit_id id;

	unit_definition_own_options(definition)->conditions = calloc(1, sizeof(struct condition));
	unit_definition_own_options(definition)->condition_count = 1;
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	cr_assert_not_null(find(&world, id, ACTION_CHECK_CONDITIONS));
	cr_assert_null(find(&world, id, ACTION_SPAWN));
	event.unit = id;
	event.conditions.outcome = CONDITIONS_SKIP;
	event.conditions.failed = "ConditionPathExists=/x";
	world_step(&world, &event);
	assert_answer(&world, request, JOB_SKIPPED);
	cr_assert(strstr(answer(&world, request)->answer.text, "ConditionPathExists=/x"));
	request = ask(&world, id, REQUEST_START);
	event.conditions.outcome = CONDITIONS_ASSERT_FAILED;
	world_step(&world, &event);
	assert_answer(&world, request, JOB_ASSERT);
	ask(&world, id, REQUEST_START);
	event.conditions.outcome = CONDITIONS_HOLD;
	world_step(&world, &event);
	assert_spawn(&world, id, EXEC_START, 0);
}

Test(service, a_new_definition_waits_for_the_next_start)
{
	struct unit_definition *first = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *second = define_service("a.service", SERVICE_ONESHOT);
	unit_id id, again;

	first->content_hash = 1;
	second->content_hash = 2;
	id = add_and_link(&world, first);
	set_up_running(&world, id);
	again = add_and_link(&world, second);
	cr_assert_eq(id, again);
	cr_assert_eq(look(&world, id)->next_definition, second);
	cr_assert_eq(look(&world, id)->definition, first);
	ask(&world, id, REQUEST_RESTART);
	exited(&world, id, ROLE_MAIN, 0);
	cr_assert_eq(look(&world, id)->definition, second);
	spawned(&world, id, ROLE_MAIN);
	assert_state(&world, id, SUB_START);
}
