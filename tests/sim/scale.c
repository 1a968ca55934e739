#include "tests/sim/scale.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "supervisor/core/core.h"
#include "tests/sim/random.h"

enum { EVENTS_MAX = 1 << 16, STEP_USEC = 10 };

/* What the core is told next: answers, in the order in which they were asked for. */
struct answers {
	struct event items[EVENTS_MAX];
	uint32_t head, count;
};

struct scale {
	struct core *core;
	struct sim_random random;
	struct action_queue actions;
	struct answers answers;
	usec now;
	int32_t last_pid;
	uint32_t first_service, unit_count;
	uint64_t steps;
};

static const char *const targets[] = { "sysinit.target", "basic.target", "shutdown.target" };
enum { TARGETS = sizeof targets / sizeof *targets };

static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* others may be busy on the machine */
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Definitions, as a distribution's units have them. */

static void set_dependency(struct dependency *dependency, enum dependency_kind kind, const char *name)
{
	*dependency = (struct dependency){ .kind = kind, .implicit = true, .name = strdup(name) };
}

static bool add_dependencies(struct unit_definition *definition, uint32_t index)
{
	struct dependency *list = calloc(6, sizeof *list);
	char name[32];
	size_t count = 0;

	if (!list)
		return false;
	set_dependency(&list[count++], DEPENDENCY_REQUIRES, targets[0]);
	set_dependency(&list[count++], DEPENDENCY_AFTER, targets[0]);
	set_dependency(&list[count++], DEPENDENCY_AFTER, targets[1]);
	set_dependency(&list[count++], DEPENDENCY_BEFORE, targets[2]);
	set_dependency(&list[count++], DEPENDENCY_CONFLICTS, targets[2]);
	if (index % 4 == 3) {
		snprintf(name, sizeof name, "unit-%u.service", index / 4);
		set_dependency(&list[count++], DEPENDENCY_AFTER, name);
	}
	definition->dependencies = list;
	definition->dependency_count = count;
	return true;
}

static bool add_command(struct service_definition *service)
{
	struct exec_command_list *list = &service->phases[EXEC_START];

	list->commands = calloc(1, sizeof *list->commands);
	if (!list->commands)
		return false;
	list->commands[0].path = strdup("/bin/x");
	list->count = 1;
	return true;
}

/* All services share two sets of options: half of them restart at once, half after a moment. */
static struct unit_options no_limit;
static struct service_options at_once, delayed;

static void prepare_options(void)
{
	no_limit = unit_options_default;
	no_limit.start_limit_interval = 0;
	at_once = service_options_default;
	at_once.restart = RESTART_ALWAYS;
	at_once.restart_delay = 0;
	delayed = at_once;
	delayed.restart_delay = 100 * USEC_PER_MSEC;
}

static struct unit_definition *make_definition(uint32_t index)
{
	bool target = index < TARGETS;
	char name[32];

	snprintf(name, sizeof name, "unit-%u.service", index - TARGETS);
	struct unit_definition *definition =
		unit_definition_create(target ? targets[index] : name, target ? UNIT_TARGET : UNIT_SERVICE);
	if (!definition)
		return NULL;
	definition->load_state = LOAD_STATE_LOADED;
	definition->options = &no_limit;
	if (target)
		return definition;
	definition->service->options = index % 2 ? &delayed : &at_once;
	if (add_command(definition->service) && add_dependencies(definition, index - TARGETS))
		return definition;
	return NULL;
}

/* The definitions go back to the defaults before they are freed: the shared options are nobody's to free. */
static void give_back(const struct scale *scale)
{
	for (unit_id id = 0; id < core_unit_count(scale->core); id++) {
		struct unit_definition *definition = core_unit(scale->core, id)->definition;

		definition->options = &unit_options_default;
		if (definition->service)
			definition->service->options = &service_options_default;
	}
}

static bool build(struct scale *scale, uint32_t units, size_t *bytes)
{
	struct unit_definition **definitions = calloc(units + TARGETS, sizeof *definitions);
	bool done = definitions != NULL;
	size_t before;
	unit_id id;

	prepare_options();
	for (uint32_t i = 0; done && i < units + TARGETS; i++)
		done = (definitions[i] = make_definition(i)) != NULL;
	before = heap_bytes();
	for (uint32_t i = 0; done && i < units + TARGETS; i++)
		done = core_define(scale->core, definitions[i], &id) >= 0;
	done = done && core_link(scale->core) >= 0;
	*bytes = heap_bytes() - before;
	for (uint32_t i = 0; definitions && i < units + TARGETS; i++)
		unit_definition_release(definitions[i]);
	free(definitions);
	scale->first_service = TARGETS;
	scale->unit_count = units;
	return done;
}

/* The kernel: every command starts, every signal kills. */

static void answer_later(struct scale *scale, const struct event *event)
{
	struct answers *answers = &scale->answers;

	if (answers->count < EVENTS_MAX)
		answers->items[(answers->head + answers->count++) % EVENTS_MAX] = *event;
}

static void perform(struct scale *scale)
{
	struct action action;

	while (action_queue_take(&scale->actions, &action)) {
		struct event event = { .unit = action.unit };

		if (action.kind == ACTION_SPAWN) {
			event.kind = EVENT_SPAWNED;
			event.spawned.role = action.spawn.role;
			event.spawned.pid = ++scale->last_pid;
			answer_later(scale, &event);
		} else if (action.kind == ACTION_SIGNAL) {
			event.kind = EVENT_EXITED;
			event.exited.role = ROLE_MAIN;
			event.exited.pid = core_unit(scale->core, action.unit)->main_pid;
			event.exited.code = CLD_KILLED;
			event.exited.status = action.signal.signal;
			event.exited.empty = true;
			answer_later(scale, &event);
		}
		action_finish(&action);
	}
}

static void feed(struct scale *scale, const struct event *event)
{
	scale->steps++;
	scale->now += STEP_USEC;
	core_step(scale->core, event, scale->now, &scale->actions);
	perform(scale);
}

static void ask(struct scale *scale, unit_id unit, enum request_verb verb)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = unit };

	event.request.verb = verb;
	event.request.request = scale->steps + 1;
	feed(scale, &event);
}

static void end_main(struct scale *scale, const struct unit *unit)
{
	struct event event = { .kind = EVENT_EXITED, .unit = unit->id };

	event.exited.role = ROLE_MAIN;
	event.exited.pid = unit->main_pid;
	event.exited.code = CLD_EXITED;
	event.exited.status = 1;
	event.exited.empty = true;
	feed(scale, &event);
}

static void something_happens(struct scale *scale)
{
	const struct unit *unit =
		core_unit(scale->core, scale->first_service + sim_below(&scale->random, scale->unit_count));
	uint32_t what = sim_below(&scale->random, 10);

	if (unit->sub_state != SUB_RUNNING)
		ask(scale, unit->id, REQUEST_START);
	else if (what < 6)
		end_main(scale, unit);
	else if (what < 9)
		ask(scale, unit->id, REQUEST_RESTART);
	else
		ask(scale, unit->id, REQUEST_STOP);
}

static void one_step(struct scale *scale)
{
	struct answers *answers = &scale->answers;
	struct event event = { .kind = EVENT_DEADLINE, .unit = UNIT_ID_NONE };

	if (answers->count > 0) {
		event = answers->items[answers->head];
		answers->head = (answers->head + 1) % EVENTS_MAX;
		answers->count--;
		feed(scale, &event);
	} else if (core_next_deadline(scale->core) <= scale->now) {
		feed(scale, &event);
	} else {
		something_happens(scale);
	}
}

static void start_all(struct scale *scale)
{
	for (unit_id id = 0; id < scale->first_service + scale->unit_count; id++) {
		ask(scale, id, REQUEST_START);
		while (scale->answers.count > 0)
			one_step(scale);
	}
}

static void run(struct scale *scale, uint64_t steps, size_t bytes)
{
	double began;

	start_all(scale);
	scale->steps = 0;
	began = seconds();
	while (scale->steps < steps)
		one_step(scale);
	began = seconds() - began;
	printf("simulator: %u units, %llu steps, %.2f s, %.0f steps/s, %.0f bytes a unit\n", scale->unit_count,
	       (unsigned long long)scale->steps, began, (double)scale->steps / began,
	       (double)bytes / (scale->unit_count + TARGETS));
}

int sim_scale(uint32_t units, uint64_t steps)
{
	static struct scale scale;
	size_t bytes = 0;
	bool done;

	memset(&scale, 0, sizeof scale);
	scale.random.state = units;
	scale.now = 1000 * USEC_PER_SEC;
	scale.core = core_create(1);
	done = scale.core && units > 0 && build(&scale, units, &bytes);
	if (done)
		run(&scale, steps, bytes);
	else
		fprintf(stderr, "simulator: no memory for %u units\n", units);
	action_queue_finish(&scale.actions);
	if (scale.core)
		give_back(&scale);
	core_destroy(scale.core);
	return done ? 0 : 1;
}
