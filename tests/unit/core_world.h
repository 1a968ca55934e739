/*
 * For the tests of the core: a core, a clock, and short words for definitions, events and what came out. Every test
 * includes it; what it does not use is not compiled in.
 */
#ifndef SVINIT_TESTS_CORE_WORLD_H
#define SVINIT_TESTS_CORE_WORLD_H

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/core.h"
#include "supervisor/core/invariants.h"

#define UNUSED_OK __attribute__((unused))

struct world {
	struct core *core;
	usec now;
	int32_t last_pid;
	uint64_t last_request;
	struct action seen[512]; /* of the last step */
	size_t count;
	bool emptied; /* EVENT_EXITED says that nothing is left */
};

static UNUSED_OK void world_init(struct world *world)
{
	*world = (struct world){ .core = core_create(1), .now = 1000 * USEC_PER_SEC, .last_pid = 100, .emptied = true };
	cr_assert_not_null(world->core);
}

static UNUSED_OK void world_forget(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		action_finish(&world->seen[i]);
	world->count = 0;
}

static UNUSED_OK void world_finish(struct world *world)
{
	world_forget(world);
	core_destroy(world->core);
}

static UNUSED_OK void world_step(struct world *world, const struct event *event)
{
	struct action_queue queue = { 0 };
	struct cause cause = { 0 };
	struct action action;

	world_forget(world);
	core_step(world->core, event, world->now, &queue);
	while (action_queue_take(&queue, &action)) {
		if (world->count < sizeof world->seen / sizeof *world->seen)
			world->seen[world->count++] = action;
		else
			action_finish(&action);
	}
	action_queue_finish(&queue);
	cr_assert(core_check(world->core, &cause), "%s", cause.text);
}

/* Definitions. */

static UNUSED_OK struct unit_definition *define(const char *name)
{
	struct unit_definition *definition = unit_definition_create(name, unit_type_from_name(name));

	cr_assert_not_null(definition);
	definition->load_state = LOAD_STATE_LOADED;
	return definition;
}

static UNUSED_OK void add_command(struct unit_definition *definition, enum exec_phase phase, unsigned char flags)
{
	struct exec_command_list *list = &definition->service->phases[phase];

	list->commands = realloc(list->commands, (list->count + 1) * sizeof *list->commands);
	list->commands[list->count++] = (struct exec_command){ .path = strdup("/bin/true"), .flags = flags };
}

static UNUSED_OK struct unit_definition *define_service(const char *name, enum service_type type)
{
	struct unit_definition *definition = define(name);

	definition->service->type = type;
	add_command(definition, EXEC_START, 0);
	if (type == SERVICE_NOTIFY || type == SERVICE_NOTIFY_RELOAD)
		unit_definition_own_service_options(definition)->notify_access = NOTIFY_ACCESS_MAIN;
	if (type == SERVICE_ONESHOT)
		unit_definition_own_service_options(definition)->timeout_start = USEC_INFINITY;
	return definition;
}

static UNUSED_OK void depend_as(struct unit_definition *definition, enum dependency_kind kind, const char *name,
				bool implicit)
{
	definition->dependencies = realloc(definition->dependencies,
					   (definition->dependency_count + 1) * sizeof *definition->dependencies);
	definition->dependencies[definition->dependency_count++] =
		(struct dependency){ .kind = kind, .implicit = implicit, .name = strdup(name) };
}

static UNUSED_OK void depend(struct unit_definition *definition, enum dependency_kind kind, const char *name)
{
	depend_as(definition, kind, name, false);
}

/* Requires= and After=. */
static UNUSED_OK void require(struct unit_definition *definition, const char *name)
{
	depend(definition, DEPENDENCY_REQUIRES, name);
	depend(definition, DEPENDENCY_AFTER, name);
}

static UNUSED_OK struct service_options *service(struct unit_definition *definition)
{
	return unit_definition_own_service_options(definition);
}

/* Gives the definition away. */
static UNUSED_OK unit_id add(struct world *world, struct unit_definition *definition)
{
	unit_id id = UNIT_ID_NONE;

	cr_assert_eq(core_define(world->core, definition, &id), 0);
	unit_definition_release(definition);
	return id;
}

static UNUSED_OK void link_all(struct world *world)
{
	struct cause cause = { 0 };

	cr_assert_eq(core_link(world->core), 0);
	cr_assert(core_check(world->core, &cause), "%s", cause.text);
}

static UNUSED_OK unit_id add_and_link(struct world *world, struct unit_definition *definition)
{
	unit_id id = add(world, definition);

	link_all(world);
	return id;
}

/* Events. */

static UNUSED_OK uint64_t ask_as(struct world *world, unit_id unit, enum request_verb verb, enum job_mode mode)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = unit };

	event.request.verb = verb;
	event.request.mode = mode;
	event.request.request = ++world->last_request;
	event.request.by_user = true;
	world_step(world, &event);
	return world->last_request;
}

static UNUSED_OK uint64_t ask(struct world *world, unit_id unit, enum request_verb verb)
{
	return ask_as(world, unit, verb, JOB_MODE_REPLACE);
}

static UNUSED_OK int32_t spawned(struct world *world, unit_id unit, enum process_role role)
{
	struct event event = { .kind = EVENT_SPAWNED, .unit = unit };

	event.spawned.role = role;
	event.spawned.pid = ++world->last_pid;
	world_step(world, &event);
	return event.spawned.pid;
}

static UNUSED_OK void spawn_failed(struct world *world, unit_id unit, enum process_role role)
{
	struct event event = { .kind = EVENT_SPAWN_FAILED, .unit = unit };

	event.spawn_failed.role = role;
	event.spawn_failed.step = "exec";
	event.spawn_failed.error = ENOENT;
	event.spawn_failed.exit_status = 203;
	world_step(world, &event);
}

static UNUSED_OK void ended(struct world *world, unit_id unit, enum process_role role, int code, int status)
{
	const struct unit *seen = core_unit(world->core, unit);
	struct event event = { .kind = EVENT_EXITED, .unit = unit };

	event.exited.role = role;
	event.exited.pid = role == ROLE_MAIN ? seen->main_pid : seen->control_pid;
	event.exited.code = code;
	event.exited.status = status;
	event.exited.empty = world->emptied && (role == ROLE_MAIN ? seen->control_pid : seen->main_pid) == 0;
	world_step(world, &event);
}

static UNUSED_OK void exited(struct world *world, unit_id unit, enum process_role role, int status)
{
	ended(world, unit, role, CLD_EXITED, status);
}

static UNUSED_OK void emptied(struct world *world, unit_id unit)
{
	world_step(world, &(struct event){ .kind = EVENT_EMPTY, .unit = unit });
}

static UNUSED_OK void notified(struct world *world, unit_id unit, unsigned flags)
{
	struct event event = { .kind = EVENT_NOTIFY, .unit = unit };

	event.notify.flags = flags;
	event.notify.sender = SENDER_MAIN;
	event.notify.monotonic = world->now;
	world_step(world, &event);
}

static UNUSED_OK void main_process(struct world *world, unit_id unit, int32_t pid, bool final)
{
	struct event event = { .kind = EVENT_MAIN_PROCESS, .unit = unit };

	event.main_process.pid = pid;
	event.main_process.final = final;
	world_step(world, &event);
}

/* Lets time pass, and the deadlines in it. Actions of the last step are kept. */
static UNUSED_OK void pass(struct world *world, usec span)
{
	usec until = world->now + span;

	while (core_next_deadline(world->core) <= until) {
		if (core_next_deadline(world->core) > world->now)
			world->now = core_next_deadline(world->core);
		world_step(world, &(struct event){ .kind = EVENT_DEADLINE });
	}
	world->now = until;
}

/* What is to be seen. */

static UNUSED_OK const struct unit *look(struct world *world, unit_id unit)
{
	return core_unit(world->core, unit);
}

static UNUSED_OK const struct action *find(struct world *world, unit_id unit, enum action_kind kind)
{
	for (size_t i = 0; i < world->count; i++)
		if (world->seen[i].kind == kind && (unit == UNIT_ID_NONE || world->seen[i].unit == unit))
			return &world->seen[i];
	return NULL;
}

static UNUSED_OK size_t count(struct world *world, unit_id unit, enum action_kind kind)
{
	size_t sum = 0;

	for (size_t i = 0; i < world->count; i++)
		sum += world->seen[i].kind == kind && (unit == UNIT_ID_NONE || world->seen[i].unit == unit);
	return sum;
}

static UNUSED_OK const struct action *answer(struct world *world, uint64_t request)
{
	for (size_t i = 0; i < world->count; i++)
		if (world->seen[i].kind == ACTION_ANSWER && world->seen[i].answer.request == request)
			return &world->seen[i];
	return NULL;
}

static UNUSED_OK void set_up_running(struct world *world, unit_id unit)
{
	ask(world, unit, REQUEST_START);
	spawned(world, unit, ROLE_MAIN);
}

#define assert_state(world, unit, state)                                                                               \
	cr_assert_eq(look(world, unit)->sub_state, state, "expected %s, is %s", sub_state_name(state),                 \
		     sub_state_name((enum sub_state)look(world, unit)->sub_state))

#define assert_result(world, unit, expected)                                                                           \
	cr_assert_eq(look(world, unit)->result, expected, "expected %s, is %s", unit_result_name(expected),            \
		     unit_result_name((enum unit_result)look(world, unit)->result))

#define assert_answer(world, request, expected)                                                                        \
	do {                                                                                                           \
		const struct action *answered = answer(world, request);                                                \
		cr_assert_not_null(answered, "request %d is not answered", (int)(request));                            \
		cr_assert_eq(answered->answer.result, expected, "expected %s, is %s: %s", job_result_name(expected),   \
			     job_result_name(answered->answer.result),                                                 \
			     answered->answer.text ? answered->answer.text : "");                                      \
	} while (0)

#define assert_spawn(world, id, wanted_phase, wanted_index)                                                            \
	do {                                                                                                           \
		const struct action *spawning = find(world, id, ACTION_SPAWN);                                         \
		cr_assert_not_null(spawning, "nothing is spawned");                                                    \
		cr_assert_eq(spawning->spawn.phase, wanted_phase);                                                     \
		cr_assert_eq(spawning->spawn.index, wanted_index);                                                     \
	} while (0)

#define assert_signal(world, id, wanted_scope, wanted_signal)                                                          \
	do {                                                                                                           \
		const struct action *signalled = find(world, id, ACTION_SIGNAL);                                       \
		cr_assert_not_null(signalled, "no signal is sent");                                                    \
		cr_assert_eq(signalled->signal.scope, wanted_scope);                                                   \
		cr_assert_eq(signalled->signal.signal, wanted_signal);                                                 \
	} while (0)

#endif
