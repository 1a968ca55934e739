/* Questions, and what lasts: waits and subscriptions. */
#include "tests/unit/control_world.h"

TestSuite(control_queries, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- questions ---- */

Test(control_queries, list_filters)
{
	struct test_client client = connect_client();
	json_t *reply;

	units[2].definition->load_state = LOAD_STATE_NOT_FOUND;
	units[0].wanted = true;
	units[1].active_state = ACTIVE_STATE_ACTIVE;
	reply = ask(&client, "List", "{}");
	cr_assert_eq(json_array_size(part(reply, "units")), 2);
	json_decref(reply);
	reply = ask(&client, "List", "{\"all\":true}");
	cr_assert_eq(json_array_size(part(reply, "units")), 3);
	json_decref(reply);
	reply = ask(&client, "List", "{\"states\":[\"active\"],\"types\":[\"service\"],\"patterns\":[\"unit1\"]}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1);
	json_decref(reply);
	reply = ask(&client, "List", "{\"types\":[\"target\"]}");
	cr_assert_eq(json_array_size(part(reply, "units")), 0);
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, show_writes_every_property_once)
{
	struct test_client client = connect_client();
	json_t *reply = ask(&client, "Show", "{\"units\":[\"unit0\",\"none\"]}"), *unit;

	unit = json_array_get(part(reply, "units"), 0);
	cr_assert_str_eq(text_in(unit, "Id"), "unit0.service");
	cr_assert_str_eq(text_in(unit, "Type"), "simple");
	cr_assert(json_is_integer(json_object_get(unit, "MainPID")));
	cr_assert(json_is_null(json_object_get(unit, "ExecMainCode")));
	cr_assert(json_is_null(json_object_get(unit, "ActiveEnterTimestamp")));
	cr_assert_str_eq(json_string_value(json_array_get(json_object_get(unit, "Requires"), 0)), "unit1.service");
	cr_assert_eq(json_array_size(json_object_get(unit, "After")), 1);
	cr_assert_eq(json_array_size(json_object_get(unit, "Wants")), 0);
	cr_assert_str_eq(json_string_value(json_array_get(part(reply, "missing"), 0)), "none");
	json_decref(reply);
	reply = ask(&client, "Show", "{\"units\":[\"unit1\"],\"properties\":[\"Id\",\"NRestarts\"]}");
	cr_assert_eq(json_object_size(json_array_get(part(reply, "units"), 0)), 2);
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, a_diff_that_cannot_be_made_says_why)
{
	struct test_client client = connect_client();
	json_t *reply = ask(&client, "Diff", "{}");

	cr_assert_str_eq(text_in(reply, "error"), "org.svinit.Supervisor.Failed");
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, times_are_realtime)
{
	struct test_client client = connect_client();
	json_t *reply, *unit;

	units[0].active_enter = 5000000;
	reply = ask(&client, "Show", "{\"units\":[\"unit0\"]}");
	unit = json_array_get(part(reply, "units"), 0);
	cr_assert_eq(json_integer_value(json_object_get(unit, "ActiveEnterTimestamp")), 6000000);
	cr_assert_eq(json_integer_value(json_object_get(unit, "ActiveEnterTimestampMonotonic")), 5000000);
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, why_tree_and_dependencies)
{
	struct test_client client = connect_client();
	json_t *reply, *process;

	units[0].main_pid = getpid();
	reply = ask(&client, "Why", "{\"unit\":\"unit0\"}");
	cr_assert_str_eq(text_in(part(reply, "why"), "deadline"), "start timeout");
	cr_assert_str_eq(text_in(json_array_get(json_object_get(part(reply, "why"), "waits"), 0), "unit"),
			 "unit1.service");
	process = json_array_get(json_object_get(part(reply, "why"), "processes"), 0);
	cr_assert_eq(json_integer_value(json_object_get(process, "PID")), getpid());
	json_decref(reply);
	reply = ask(&client, "Tree", "{}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1);
	json_decref(reply);
	reply = ask(&client, "Dependencies", "{\"unit\":\"unit0\"}");
	cr_assert_eq(json_array_size(part(reply, "edges")), 2);
	cr_assert_eq(json_array_size(part(reply, "units")), 3);
	json_decref(reply);
	reply = ask(&client, "SystemState", "{}");
	cr_assert_str_eq(json_string_value(part(reply, "state")), "running");
	cr_assert_str_eq(json_string_value(part(reply, "logDirectory")), "/var/log/x");
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, reload_names_what_changed)
{
	struct test_client client = connect_client();
	json_t *reply = ask(&client, "DaemonReload", "{}");

	cr_assert_eq(json_array_size(part(reply, "changed")), 1);
	cr_assert_str_eq(json_string_value(json_array_get(part(reply, "changed"), 0)), "unit1.service");
	json_decref(reply);
	reload_error = EIO;
	expect_error(&client, "DaemonReload", "{}", "Failed");
	disconnect(&client);
}

/* ---- what lasts ---- */

Test(control_queries, wait_ends_when_all_are_there_or_in_time)
{
	struct test_client client = connect_client();
	json_t *reply;

	units[0].active_state = ACTIVE_STATE_ACTIVE;
	cr_assert_null(ask(&client, "Wait", "{\"units\":[\"unit0\",\"unit1\"],\"condition\":\"ready\"}"));
	units[1].active_state = ACTIVE_STATE_ACTIVATING;
	control_verbs_unit_changed(manager.control, 1);
	cr_assert_null(hear(&client));
	units[1].active_state = ACTIVE_STATE_ACTIVE;
	control_verbs_unit_changed(manager.control, 1);
	reply = hear(&client);
	cr_assert(json_is_true(part(reply, "reached")));
	json_decref(reply);
	cr_assert_null(ask(&client, "Wait", "{\"units\":[\"unit0\"],\"condition\":\"failed\",\"timeoutUSec\":1000}"));
	cr_assert_lt(control_verbs_deadline(manager.control), USEC_INFINITY);
	control_verbs_expire(manager.control, control_verbs_deadline(manager.control));
	reply = hear(&client);
	cr_assert(json_is_false(part(reply, "reached")));
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, a_oneshot_that_is_done_was_ready)
{
	struct test_client client = connect_client();
	json_t *reply;

	units[0].job_type = JOB_START;
	cr_assert_null(ask(&client, "Wait", "{\"units\":[\"unit0\"],\"condition\":\"ready\"}"));
	units[0].job_type = JOB_NONE;
	control_verbs_job_changed(manager.control, &(struct action){ .kind = ACTION_JOB_CHANGED,
								     .unit = 0,
								     .job = { .ended = true, .result = JOB_DONE } });
	reply = hear(&client);
	cr_assert(json_is_true(part(reply, "reached")));
	json_decref(reply);
	disconnect(&client);
}

Test(control_queries, subscribers_hear_every_change)
{
	struct test_client client = connect_client();
	json_t *event;

	say(&client, "{\"method\":\"org.svinit.Supervisor.Subscribe\",\"more\":true}");
	event = hear(&client);
	cr_assert_str_eq(json_string_value(part(event, "event")), "subscribed");
	cr_assert(json_is_true(json_object_get(event, "continues")));
	json_decref(event);
	units[1].active_state = ACTIVE_STATE_ACTIVE;
	control_verbs_unit_changed(manager.control, 1);
	event = hear(&client);
	cr_assert_str_eq(json_string_value(part(event, "unit")), "unit1.service");
	cr_assert_str_eq(text_in(part(event, "state"), "ActiveState"), "active");
	json_decref(event);
	control_verbs_job_changed(
		manager.control,
		&(struct action){ .unit = 1, .job = { .job = 9, .ended = true, .result = JOB_FAILED } });
	event = hear(&client);
	cr_assert_str_eq(text_in(part(event, "job"), "Result"), "failed");
	json_decref(event);
	disconnect(&client);
	control_verbs_unit_changed(manager.control, 1);
}

Test(control_queries, a_subscriber_that_never_reads_is_dropped)
{
	struct test_client client = connect_client();
	json_t *event;

	say(&client, "{\"method\":\"org.svinit.Supervisor.Subscribe\",\"more\":true}");
	for (int i = 0; i < 100000; i++)
		control_verbs_unit_changed(manager.control, 1);
	run();
	while ((event = hear(&client)))
		json_decref(event);
	cr_assert_lt(recv(client.fd, &(char){ 0 }, 1, 0), 1);
	disconnect(&client);
}

Test(control_queries, lists_a_thousand_units_fast)
{
	struct test_client client = connect_client();
	struct json_writer writer = { 0 };
	struct timespec before, after;
	char name[32];
	double took;

	while (unit_count < 1000) {
		snprintf(name, sizeof name, "unit%u.service", unit_count);
		add_unit(name);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	write_begin_array(&writer);
	for (unit_id id = 0; id < unit_count; id++)
		unit_write_summary(&writer, &manager, &units[id]);
	write_end_array(&writer);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	took = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6;
	cr_log_info("a list of 1000 units: %.3f ms, %zu bytes", took, writer.length);
	json_writer_finish(&writer);
	json_t *reply = ask(&client, "List", "{\"all\":true}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1000);
	json_decref(reply);
	disconnect(&client);
}
