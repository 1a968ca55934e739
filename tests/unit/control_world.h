/*
 * A manager and a table of units that a test moves by hand, the control socket in front of them, and clients that are
 * real connections. Included by one test program each.
 */
#ifndef SVINIT_TESTS_CONTROL_WORLD_H
#define SVINIT_TESTS_CONTROL_WORLD_H

#include <criterion/criterion.h>

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/unit_name.h"
#include "common/varlink.h"
#include "supervisor/control.h"
#include "supervisor/log_line.h"
#include "supervisor/reexec.h"
#include "supervisor/unit_file_states.h"
#include "supervisor/unit_loading.h"
#include "supervisor/unit_properties.h"
#include "supervisor/unit_resources.h"
#include "supervisor/unit_usage.h"

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
int core_timer(const struct core *core, unit_id id, struct timer_view *view)
{
	(void)core;
	(void)id;
	(void)view;
	return -EINVAL;
}

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

int reexec_begin(struct manager *world, struct control_client *client, struct cause *cause)
{
	(void)world, (void)client;
	return cause_set(cause, EBUSY, "a re-exec is under way already");
}

void reexec_forget_client(struct manager *world, const struct control_client *client)
{
	(void)world, (void)client;
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

static uint32_t flush_number;
static int rotate_result;
static char rotated[256];

uint32_t log_line_flush(struct manager *world)
{
	(void)world;
	return flush_number;
}

int log_line_rotate(struct manager *world, const char *unit)
{
	(void)world;
	snprintf(rotated, sizeof rotated, "%s", unit);
	return rotate_result;
}

void log_line_vault(struct manager *world, const char *name, int fd)
{
	(void)world, (void)name, (void)fd;
}

int manager_freeze(struct manager *world, unit_id unit, bool frozen, struct cause *cause)
{
	(void)world;
	(void)unit;
	(void)frozen;
	return cause_set(cause, ENOTSUP, "there are no cgroups in this world");
}

bool log_line_is_process(const struct manager *world, pid_t pid)
{
	(void)world;
	(void)pid;
	return false;
}

uint64_t unit_usage(struct manager *world, const struct unit *unit, enum usage_kind kind)
{
	(void)world;
	(void)unit;
	(void)kind;
	return USAGE_UNKNOWN;
}

bool unit_resource_holds(const struct manager *world, const struct unit *unit, enum resource_key key)
{
	(void)world;
	(void)unit;
	(void)key;
	return false;
}

void unit_resources_slice_name(const struct manager *world, const struct unit_definition *definition, char *name,
			       size_t size)
{
	(void)world;
	(void)definition;
	snprintf(name, size, "system.slice");
}

int unit_loading_create_loader(struct manager *world, bool tell, struct loader **loader, struct cause *cause)
{
	(void)world;
	(void)tell;
	(void)loader;
	return cause_set(cause, ENOENT, "there are no unit files in this world");
}

int loader_list_directory(const char *from, char ***names, struct cause *cause)
{
	(void)names;
	return cause_set(cause, ENOENT, "%s", from);
}

int loader_suggest(struct loader *loader, const char *name, char ***names)
{
	(void)loader;
	*names = calloc(2, sizeof **names);
	(*names)[0] = strdup(strcmp(name, "unitt0.service") == 0 ? "unit0.service" : "other.service");
	return 0;
}

const char *unit_file_states_find(struct manager *world, const struct unit_definition *definition)
{
	(void)world;
	return definition->fragment_path ? "enabled" : NULL;
}

const char *unit_file_states_preset(struct manager *world, const struct unit_definition *definition)
{
	(void)world;
	(void)definition;
	return NULL;
}

void unit_file_states_forget(struct manager *world)
{
	(void)world;
}

static __attribute__((unused)) struct unit *add_unit(const char *name)
{
	struct unit *unit = &units[unit_count];
	struct unit_definition *definition = unit_definition_create(name, UNIT_SERVICE);

	cr_assert_not_null(definition);
	definition->load_state = LOAD_STATE_LOADED;
	definition->description = strdup("A unit of the test");
	*unit = (struct unit){ .definition = definition, .id = unit_count++, .blocked_by = UNIT_ID_NONE };
	return unit;
}

static __attribute__((unused)) void set_up(void)
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

static __attribute__((unused)) void tear_down(void)
{
	char command[128];

	control_verbs_close(manager.control);
	event_loop_finish(&manager.loop);
	for (uint32_t i = 0; i < unit_count; i++)
		unit_definition_release(units[i].definition);
	snprintf(command, sizeof command, "rm -r %s", directory);
	cr_assert_eq(system(command), 0);
}

/* ---- a client ---- */

struct test_client {
	int fd;
	struct varlink_buffer input;
};

static __attribute__((unused)) void run(void)
{
	struct pollfd wait = { .fd = manager.loop.epoll_fd, .events = POLLIN };

	for (int rounds = 0; rounds < 10000 && poll(&wait, 1, 0) > 0; rounds++)
		cr_assert_geq(event_loop_wait(&manager.loop), 0);
}

static __attribute__((unused)) struct test_client connect_client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct test_client client = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
				      .input = { .maximum = 32 << 20 } };

	memcpy(address.sun_path, path, sizeof path);
	cr_assert_eq(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
	run();
	return client;
}

static __attribute__((unused)) void disconnect(struct test_client *client)
{
	close(client->fd);
	varlink_buffer_finish(&client->input);
	run();
}

static __attribute__((unused)) void say(struct test_client *client, const char *text)
{
	size_t length = strlen(text) + 1;

	cr_assert_eq(send(client->fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
	run();
}

/* The next reply, or NULL when there is none. */
static __attribute__((unused)) json_t *hear(struct test_client *client)
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
static __attribute__((unused)) json_t *ask(struct test_client *client, const char *method, const char *parameters)
{
	char text[2048];

	snprintf(text, sizeof text, "{\"method\":\"org.svinit.Supervisor.%s\",\"parameters\":%s}", method, parameters);
	say(client, text);
	return hear(client);
}

static __attribute__((unused)) const char *error_of(const json_t *reply)
{
	const char *error = json_string_value(json_object_get(reply, "error"));

	return error ? error : "";
}

static __attribute__((unused)) json_t *part(const json_t *reply, const char *key)
{
	return json_object_get(json_object_get(reply, "parameters"), key);
}

static __attribute__((unused)) const char *text_in(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static __attribute__((unused)) void expect_error(struct test_client *client, const char *method, const char *parameters,
						 const char *error)
{
	json_t *reply = ask(client, method, parameters);

	cr_expect_not_null(strstr(error_of(reply), error), "%s %s: %s", method, parameters, error_of(reply));
	json_decref(reply);
}

static __attribute__((unused)) void answer(size_t request, enum job_result result, const char *text)
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

#endif
