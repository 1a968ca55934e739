/* Calls, refusals, and requests that make jobs. */
#include "tests/unit/control_world.h"

TestSuite(control_verbs, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- varlink ---- */

Test(control_verbs, tells_what_it_is)
{
	struct test_client client = connect_client();
	json_t *reply;

	say(&client, "{\"method\":\"org.varlink.service.GetInfo\"}");
	reply = hear(&client);
	cr_assert_str_eq(json_string_value(part(reply, "product")), "svinit");
	cr_assert_eq(json_array_size(part(reply, "interfaces")), 2);
	json_decref(reply);
	say(&client, "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{\"interface\":"
		     "\"org.svinit.Supervisor\"}}");
	reply = hear(&client);
	cr_assert_not_null(strstr(json_string_value(part(reply, "description")), "interface org.svinit.Supervisor"));
	cr_assert_not_null(strstr(json_string_value(part(reply, "description")), "error TooManyClients"));
	json_decref(reply);
	disconnect(&client);
}

Test(control_verbs, names_what_is_wrong_with_a_call)
{
	struct test_client client = connect_client();
	json_t *reply;

	expect_error(&client, "Explode", "{}", "org.varlink.service.MethodNotFound");
	expect_error(&client, "Start", "{}", "InvalidParameter");
	expect_error(&client, "Start", "{\"units\":\"a\"}", "InvalidParameter");
	expect_error(&client, "Start", "{\"units\":[1]}", "InvalidParameter");
	expect_error(&client, "Start", "{\"units\":[\"unit0\"],\"mode\":\"sideways\"}", "InvalidParameter");
	expect_error(&client, "List", "{\"everything\":true}", "InvalidParameter");
	expect_error(&client, "Kill", "{\"units\":[\"unit0\"],\"signal\":65}", "InvalidParameter");
	expect_error(&client, "Subscribe", "{}", "ExpectedMore");
	reply = ask(&client, "Wait", "{\"units\":[\"unit0\"],\"condition\":\"holy\"}");
	cr_assert_str_eq(json_string_value(part(reply, "parameter")), "condition");
	json_decref(reply);
	say(&client, "{\"method\":\"com.example.Nothing\"}");
	reply = hear(&client);
	cr_assert_str_eq(error_of(reply), "org.varlink.service.InterfaceNotFound");
	json_decref(reply);
	say(&client, "{\"method\":\"org.svinit.Supervisor.List\",\"upgrade\":true}");
	reply = hear(&client);
	cr_assert_str_eq(error_of(reply), "org.varlink.service.MethodNotImplemented");
	json_decref(reply);
	disconnect(&client);
}

Test(control_verbs, garbage_is_answered_and_ends_the_connection)
{
	static const char *const garbage[] = {
		"garbage",
		"",
		"[]",
		"{}",
		"{\"method\":1}",
		"{\"a\":1,\"a\":2}",
		"\xff\xfe",
		"{\"method\":\"org.svinit.Supervisor.List\",\"parameters\":[]}",
	};

	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		struct test_client client = connect_client();
		json_t *reply;
		char byte;

		say(&client, garbage[i]);
		reply = hear(&client);
		cr_expect_not_null(strstr(error_of(reply), "BadMessage"), "%s", garbage[i]);
		json_decref(reply);
		cr_expect_eq(recv(client.fd, &byte, 1, 0), 0);
		disconnect(&client);
	}
}

Test(control_verbs, survives_deep_nesting)
{
	struct test_client client = connect_client();
	char *text = malloc(200001);
	json_t *reply;

	memset(text, '[', 200000);
	text[200000] = '\0';
	say(&client, text);
	reply = hear(&client);
	cr_assert_not_null(strstr(error_of(reply), "BadMessage"));
	json_decref(reply);
	free(text);
	disconnect(&client);
}

Test(control_verbs, a_one_way_call_is_obeyed_in_silence)
{
	struct test_client client = connect_client();

	say(&client,
	    "{\"method\":\"org.svinit.Supervisor.Stop\",\"parameters\":{\"units\":[\"unit1\"]},\"oneway\":true}");
	cr_assert_eq(request_count, 1);
	cr_assert_eq(requests[0].request.verb, REQUEST_STOP);
	cr_assert_null(hear(&client));
	answer(0, JOB_DONE, NULL);
	cr_assert_null(hear(&client));
	disconnect(&client);
}

/* ---- jobs ---- */

Test(control_verbs, start_answers_when_all_jobs_have_ended)
{
	struct test_client client = connect_client();
	json_t *reply, *job;

	cr_assert_null(ask(&client, "Start", "{\"units\":[\"unit0\",\"unit1.service\",\"unit0\"]}"));
	cr_assert_eq(request_count, 2);
	cr_assert(requests[0].request.by_user);
	cr_assert_neq(requests[0].request.request, 0);
	cr_assert_neq(requests[0].request.request, requests[1].request.request);
	answer(1, JOB_DONE, NULL);
	answer(1, JOB_FAILED, "a second answer is not listened to");
	cr_assert_null(hear(&client));
	units[0].failure = (char *)"ExecStart=/bin/false exited with status 1";
	units[0].main_status = (struct exec_status){ .pid = 55, .code = 1, .status = 1, .exit = 5 };
	units[0].active_state = ACTIVE_STATE_FAILED;
	answer(0, JOB_FAILED, "start failed");
	reply = hear(&client);
	cr_assert_eq(json_array_size(part(reply, "jobs")), 2);
	job = json_array_get(part(reply, "jobs"), 0);
	cr_assert_str_eq(text_in(job, "unit"), "unit0.service");
	cr_assert_str_eq(text_in(job, "result"), "failed");
	cr_assert_str_eq(text_in(job, "text"), "start failed; ExecStart=/bin/false exited with status 1");
	cr_assert_str_eq(text_in(json_object_get(job, "state"), "ActiveState"), "failed");
	cr_assert_str_eq(text_in(json_object_get(job, "exit"), "code"), "exited");
	cr_assert_str_eq(text_in(json_object_get(job, "exit"), "command"), "ExecStart");
	cr_assert_str_eq(text_in(json_array_get(part(reply, "jobs"), 1), "result"), "done");
	json_decref(reply);
	disconnect(&client);
}

Test(control_verbs, answers_within_the_request_are_one_reply)
{
	struct test_client client = connect_client();
	json_t *reply;

	answer_at_once = true;
	reply = ask(&client, "Restart", "{\"units\":[\"unit?.service\"]}");
	cr_assert_eq(json_array_size(part(reply, "jobs")), 3);
	json_decref(reply);
	cr_assert_null(hear(&client));
	reply = ask(&client, "Stop", "{\"units\":[\"nothing*\"]}");
	cr_assert_eq(json_array_size(part(reply, "jobs")), 0);
	json_decref(reply);
	disconnect(&client);
}

Test(control_verbs, no_block_answers_at_once)
{
	struct test_client client = connect_client();
	json_t *reply = ask(&client, "Start", "{\"units\":[\"unit0\"],\"noBlock\":true,\"mode\":null}");

	cr_assert_str_eq(text_in(json_array_get(part(reply, "jobs"), 0), "result"), "queued");
	json_decref(reply);
	answer(0, JOB_DONE, NULL);
	cr_assert_null(hear(&client));
	disconnect(&client);
}

Test(control_verbs, a_unit_that_does_not_exist)
{
	struct test_client client = connect_client();
	json_t *reply = ask(&client, "Start", "{\"units\":[\"unitt0\"]}"), *job;

	cr_assert_str_eq(error_of(reply), "org.svinit.Supervisor.NoSuchUnit");
	cr_assert_str_eq(json_string_value(json_array_get(part(reply, "suggestions"), 0)), "unit0.service");
	json_decref(reply);
	cr_assert_null(ask(&client, "Start", "{\"units\":[\"unitt0\",\"unit1\"]}"));
	cr_assert_eq(request_count, 1);
	answer(0, JOB_DONE, NULL);
	reply = hear(&client);
	job = json_array_get(part(reply, "jobs"), 1);
	cr_assert_str_eq(text_in(job, "unit"), "unitt0");
	cr_assert_str_eq(text_in(job, "result"), "refused");
	json_decref(reply);
	disconnect(&client);
}

Test(control_verbs, a_client_that_goes_away_drops_its_waits_only)
{
	struct test_client first = connect_client(), second = connect_client();
	json_t *reply;

	cr_assert_null(ask(&first, "Start", "{\"units\":[\"unit0\"]}"));
	cr_assert_null(ask(&second, "Start", "{\"units\":[\"unit0\"]}"));
	cr_assert_null(hear(&first));
	disconnect(&first);
	answer(0, JOB_DONE, NULL);
	answer(1, JOB_DONE, NULL);
	reply = hear(&second);
	cr_assert_eq(json_array_size(part(reply, "jobs")), 1);
	json_decref(reply);
	disconnect(&second);
}

Test(control_verbs, kill_cancel_and_shutdown)
{
	struct test_client client = connect_client();
	json_t *reply;

	expect_error(&client, "Kill", "{\"units\":[\"unit0\"],\"signal\":15}", "NoSuchProcess");
	units[0].main_pid = getpid();
	reply = ask(&client, "Kill", "{\"units\":[\"unit*\"],\"signal\":15,\"whom\":\"main\"}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1);
	json_decref(reply);
	expect_error(&client, "Cancel", "{\"jobs\":[5]}", "NoSuchJob");
	units[2].job = 5;
	units[2].job_type = JOB_START;
	json_decref(ask(&client, "Cancel", "{\"jobs\":[5]}"));
	cr_assert_eq(requests[0].request.verb, REQUEST_CANCEL);
	cr_assert_eq(requests[0].unit, 2);
	json_decref(ask(&client, "Shutdown", "{\"how\":\"exit\",\"exitStatus\":3}"));
	cr_assert_eq(manager.exit_status, 3);
	disconnect(&client);
}

/* ---- permissions ---- */

/* Connects as another user; SO_PEERCRED holds who it was then. */
static struct test_client connect_as(uid_t uid)
{
	struct test_client client;

	cr_assert_eq(seteuid(uid), 0);
	client = connect_client();
	cr_assert_eq(seteuid(0), 0);
	return client;
}

static void grant(const char *text)
{
	char file[100];
	FILE *stream;

	snprintf(file, sizeof file, "%s/svinit.conf", directory);
	stream = fopen(file, "w");
	cr_assert_not_null(stream);
	fputs(text, stream);
	fclose(stream);
	cr_assert_eq(chmod(file, 0644), 0);
	cr_assert_eq(chmod(directory, 0755), 0);
}

Test(control_verbs, others_may_do_what_is_granted_and_nothing_else)
{
	struct test_client root = connect_client(), clerk;
	json_t *reply;

	if (geteuid() != 0)
		cr_skip_test("needs to become another user");
	grant("[Control]\nAllow=Start,List unit1.service user:4001\n");
	json_decref(ask(&root, "DaemonReload", "{}"));
	clerk = connect_as(4001);
	answer_at_once = true;
	reply = ask(&clerk, "Start", "{\"units\":[\"unit1\"]}");
	cr_assert_eq(json_array_size(part(reply, "jobs")), 1);
	json_decref(reply);
	reply = ask(&clerk, "List", "{\"all\":true}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1);
	json_decref(reply);
	expect_error(&clerk, "Start", "{\"units\":[\"unit0\"]}", "PermissionDenied");
	expect_error(&clerk, "Stop", "{\"units\":[\"unit1\"]}", "PermissionDenied");
	expect_error(&clerk, "Show", "{\"units\":[\"unit1\"]}", "PermissionDenied");
	expect_error(&clerk, "Shutdown", "{\"how\":\"exit\"}", "PermissionDenied");
	expect_error(&clerk, "DaemonReload", "{}", "PermissionDenied");
	reply = ask(&clerk, "Start", "{\"units\":[\"*\"]}");
	cr_assert_eq(json_array_size(part(reply, "jobs")), 1);
	json_decref(reply);
	disconnect(&clerk);
	clerk = connect_as(4002);
	expect_error(&clerk, "List", "{}", "PermissionDenied");
	say(&clerk, "not even read");
	reply = hear(&clerk);
	cr_assert_not_null(strstr(error_of(reply), "PermissionDenied"));
	json_decref(reply);
	disconnect(&clerk);
	disconnect(&root);
}

Test(control_verbs, grants_that_are_wrong_are_told_and_leave_the_socket_shut)
{
	struct test_client root = connect_client();
	struct stat status;
	json_t *reply;

	grant("[Control]\nAllow=everything\n");
	reply = ask(&root, "DaemonReload", "{}");
	cr_assert_not_null(strstr(json_string_value(part(reply, "text")), "svinit.conf:2:"));
	json_decref(reply);
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0600);
	disconnect(&root);
}
