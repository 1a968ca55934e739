/* The verbs against a manager and a table of units that the test moves by hand; clients are real connections. */
#include <criterion/criterion.h>

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/unit_name.h"
#include "common/varlink.h"
#include "supervisor/control_verbs.h"
#include "supervisor/log_line.h"
#include "supervisor/unit_properties.h"

enum { UNITS_MAX = 20000 };

/* ---- the world ---- */

static struct unit units[UNITS_MAX];
static uint32_t unit_count;
static struct manager manager;
static char directory[64], path[80];
static struct event requests[64];
static size_t request_count;
static int reload_error;
static bool answer_at_once;

const struct unit *core_unit(const struct core *core, unit_id id)
{
	(void)core;
	return id < unit_count ? &units[id] : NULL;
}

uint32_t core_unit_count(const struct core *core)
{
	(void)core;
	return unit_count;
}

unit_id core_find(const struct core *core, const char *name)
{
	(void)core;
	for (unit_id id = 0; id < unit_count; id++)
		if (strcmp(units[id].definition->name, name) == 0)
			return id;
	return UNIT_ID_NONE;
}

bool core_is_shutting_down(const struct core *core)
{
	(void)core;
	return false;
}

usec core_unit_deadline(const struct core *core, unit_id id, const char **what)
{
	(void)core;
	*what = "start timeout";
	return id == 0 ? 90 * USEC_PER_SEC : USEC_INFINITY;
}

size_t core_waits_for(const struct core *core, unit_id id, unit_id *waits, size_t max)
{
	(void)core;
	if (id != 0 || max == 0 || unit_count < 2)
		return 0;
	waits[0] = 1;
	return 1;
}

/* Each unit requires and follows the next one. */
void core_each_edge(const struct core *core, unit_id id, bool (*each)(void *context, const struct edge_view *edge),
		    void *context)
{
	(void)core;
	if (id + 1 < unit_count && each(context, &(struct edge_view){ .other = id + 1, .kind = DEPENDENCY_REQUIRES }))
		each(context, &(struct edge_view){ .other = id + 1, .kind = DEPENDENCY_AFTER });
}

int manager_find_unit(struct manager *world, const char *typed, bool keep_missing, unit_id *id, struct cause *cause)
{
	char name[UNIT_NAME_MAX + 1];

	(void)world;
	(void)keep_missing;
	*id = unit_name_complete(typed, name) ? core_find(NULL, name) : UNIT_ID_NONE;
	return *id == UNIT_ID_NONE ? cause_set(cause, ENOENT, "%s: no such unit", typed) : 0;
}

void manager_feed(struct manager *world, const struct event *event)
{
	cr_assert_lt(request_count, 64);
	requests[request_count++] = *event;
	if (answer_at_once)
		control_verbs_answer(world->control, &(struct action){ .kind = ACTION_ANSWER,
								       .unit = event->unit,
								       .answer = { .request = event->request.request,
										   .job = 7,
										   .result = JOB_DONE } });
}

int manager_reload(struct manager *world, struct cause *cause)
{
	(void)world;
	if (reload_error)
		return cause_set(cause, reload_error, "the disk is gone");
	units[1].definition->content_hash++;
	return 0;
}

void manager_shut_down(struct manager *world, enum leave_kind kind, int exit_status)
{
	world->leaving = true;
	world->leave_kind = kind;
	world->exit_status = exit_status;
}

int manager_kill(struct manager *world, unit_id unit, enum signal_scope scope, int signal, struct cause *cause)
{
	(void)world;
	(void)scope;
	(void)signal;
	return units[unit].main_pid ? 0 : cause_set(cause, ESRCH, "no process");
}

int manager_processes(struct manager *world, unit_id unit, pid_t *pids, size_t max)
{
	(void)world;
	if (units[unit].main_pid && max > 0)
		pids[0] = units[unit].main_pid;
	return units[unit].main_pid ? 1 : 0;
}

const char *manager_control_group(struct manager *world, unit_id unit)
{
	(void)world;
	(void)unit;
	return NULL;
}

void manager_record(struct manager *world, enum record_level level, unit_id unit, const char *format, ...)
{
	(void)world;
	(void)level;
	(void)unit;
	(void)format;
}

bool log_line_is_process(const struct manager *world, pid_t pid)
{
	(void)world;
	(void)pid;
	return false;
}

int loader_suggest(struct loader *loader, const char *name, char ***names)
{
	(void)loader;
	*names = calloc(2, sizeof **names);
	(*names)[0] = strdup(strcmp(name, "unitt0.service") == 0 ? "unit0.service" : "other.service");
	return 0;
}

static struct unit *add_unit(const char *name)
{
	struct unit *unit = &units[unit_count];
	struct unit_definition *definition = unit_definition_create(name, UNIT_SERVICE);

	cr_assert_not_null(definition);
	definition->load_state = LOAD_STATE_LOADED;
	definition->description = strdup("A unit of the test");
	*unit = (struct unit){ .definition = definition, .id = unit_count++, .blocked_by = UNIT_ID_NONE };
	return unit;
}

static void set_up(void)
{
	struct cause cause = { 0 };
	char name[32];

	strcpy(directory, "/tmp/test-verbs-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/control", directory);
	manager = (struct manager){ .options = { .runtime_directory = directory, .log_directory = "/var/log/x" },
				    .realtime_offset = 1000000,
				    .booted = true };
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "unit%d.service", i);
		add_unit(name);
	}
	cr_assert_eq(event_loop_init(&manager.loop), 0);
	cr_assert_eq(control_verbs_open(&manager, path, &manager.control, &cause), 0, "%s", cause.text);
}

static void tear_down(void)
{
	char command[128];

	control_verbs_close(manager.control);
	event_loop_finish(&manager.loop);
	for (uint32_t i = 0; i < unit_count; i++)
		unit_definition_release(units[i].definition);
	snprintf(command, sizeof command, "rm -r %s", directory);
	cr_assert_eq(system(command), 0);
}

TestSuite(control_verbs, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- a client ---- */

struct test_client {
	int fd;
	struct varlink_buffer input;
};

static void run(void)
{
	struct pollfd wait = { .fd = manager.loop.epoll_fd, .events = POLLIN };

	for (int rounds = 0; rounds < 10000 && poll(&wait, 1, 0) > 0; rounds++)
		cr_assert_geq(event_loop_wait(&manager.loop), 0);
}

static struct test_client connect_client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct test_client client = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
				      .input = { .maximum = 32 << 20 } };

	memcpy(address.sun_path, path, sizeof path);
	cr_assert_eq(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
	run();
	return client;
}

static void disconnect(struct test_client *client)
{
	close(client->fd);
	varlink_buffer_finish(&client->input);
	run();
}

static void say(struct test_client *client, const char *text)
{
	size_t length = strlen(text) + 1;

	cr_assert_eq(send(client->fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
	run();
}

/* The next reply, or NULL when there is none. */
static json_t *hear(struct test_client *client)
{
	const char *text;
	size_t length;

	while (!(text = varlink_buffer_next(&client->input, &length))) {
		if (varlink_buffer_fill(&client->input, client->fd) <= 0)
			return NULL;
		run();
	}
	return json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
}

/* Calls a method of ours and returns the whole reply. */
static json_t *ask(struct test_client *client, const char *method, const char *parameters)
{
	char text[2048];

	snprintf(text, sizeof text, "{\"method\":\"org.svinit.Supervisor.%s\",\"parameters\":%s}", method, parameters);
	say(client, text);
	return hear(client);
}

static const char *error_of(const json_t *reply)
{
	const char *error = json_string_value(json_object_get(reply, "error"));

	return error ? error : "";
}

static json_t *part(const json_t *reply, const char *key)
{
	return json_object_get(json_object_get(reply, "parameters"), key);
}

static const char *text_in(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void expect_error(struct test_client *client, const char *method, const char *parameters, const char *error)
{
	json_t *reply = ask(client, method, parameters);

	cr_expect_not_null(strstr(error_of(reply), error), "%s %s: %s", method, parameters, error_of(reply));
	json_decref(reply);
}

static void answer(size_t request, enum job_result result, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	control_verbs_answer(manager.control,
			     &(struct action){ .kind = ACTION_ANSWER,
					       .unit = requests[request].unit,
					       .answer = { .request = requests[request].request.request,
							   .job = 7,
							   .result = result,
							   .text = copy } });
	free(copy);
	run();
}

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

/* ---- questions ---- */

Test(control_verbs, list_filters)
{
	struct test_client client = connect_client();
	json_t *reply;

	units[2].definition->load_state = LOAD_STATE_NOT_FOUND;
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

Test(control_verbs, show_writes_every_property_once)
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

Test(control_verbs, times_are_realtime)
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

Test(control_verbs, why_tree_and_dependencies)
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

Test(control_verbs, reload_names_what_changed)
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

Test(control_verbs, wait_ends_when_all_are_there_or_in_time)
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

Test(control_verbs, a_oneshot_that_is_done_was_ready)
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

Test(control_verbs, subscribers_hear_every_change)
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

Test(control_verbs, a_subscriber_that_never_reads_is_dropped)
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

Test(control_verbs, lists_a_thousand_units_fast)
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
	cr_assert_lt(took, 50);
	json_writer_finish(&writer);
	json_t *reply = ask(&client, "List", "{}");
	cr_assert_eq(json_array_size(part(reply, "units")), 1000);
	json_decref(reply);
	disconnect(&client);
}
