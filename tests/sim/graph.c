#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

/* One in six is a target, one in twelve a timer; the same for everybody who names the unit. */
static enum unit_type type_of(uint64_t seed, uint32_t index)
{
	uint64_t drawn = (seed + index * 7) % 12;

	return drawn % 6 == 5 ? UNIT_TARGET : drawn == 3 && index > 0 ? UNIT_TIMER : UNIT_SERVICE;
}

static void unit_name(char *to, size_t size, uint64_t seed, uint32_t index)
{
	snprintf(to, size, "u%u.%s", index, unit_type_name(type_of(seed, index)));
}

static char *copy(const char *text)
{
	return strdup(text);
}

static bool add_command(struct service_definition *service, enum exec_phase phase, bool ignore)
{
	struct exec_command_list *list = &service->phases[phase];
	struct exec_command *commands = realloc(list->commands, (list->count + 1) * sizeof *commands);
	char **argv = calloc(2, sizeof *argv);

	if (!commands || !argv) {
		free(argv);
		return false;
	}
	argv[0] = copy("/bin/x");
	commands[list->count] = (struct exec_command){ .path = copy("/bin/x"),
						       .argv = argv,
						       .flags = ignore ? EXEC_IGNORE_FAILURE : 0 };
	list->commands = commands;
	list->count++;
	return true;
}

static void draw_commands(struct sim_random *random, struct service_definition *service)
{
	static const enum exec_phase optional[] = { EXEC_CONDITION, EXEC_START_PRE, EXEC_START_POST,
						    EXEC_RELOAD,    EXEC_STOP,      EXEC_STOP_POST };
	uint32_t starts = service->type == SERVICE_ONESHOT ? 1 + sim_below(random, 3) : 1;

	for (uint32_t i = 0; i < starts; i++)
		add_command(service, EXEC_START, sim_chance(random, 10));
	for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
		while (sim_chance(random, 15))
			add_command(service, optional[i], sim_chance(random, 30));
}

static usec draw_time(struct sim_random *random)
{
	static const usec times[] = { 0, 1000, 100 * USEC_PER_MSEC, USEC_PER_SEC, 5 * USEC_PER_SEC, 90 * USEC_PER_SEC };

	return times[sim_below(random, sizeof times / sizeof *times)];
}

static usec draw_limit(struct sim_random *random)
{
	usec time = draw_time(random);

	return time == 0 || sim_chance(random, 30) ? USEC_INFINITY : time;
}

static void draw_service_options(struct sim_random *random, struct service_options *options, enum service_type type)
{
	options->restart = type == SERVICE_ONESHOT ? RESTART_NO : sim_below(random, RESTART_COUNT);
	options->restart_delay = draw_time(random);
	options->timeout_start = draw_limit(random);
	options->timeout_stop = draw_limit(random);
	options->runtime_max = sim_chance(random, 10) ? draw_limit(random) : USEC_INFINITY;
	options->watchdog = sim_chance(random, 10) ? draw_time(random) : 0;
	options->kill_mode = sim_chance(random, 80) ? KILL_MODE_CONTROL_GROUP : sim_below(random, KILL_MODE_COUNT);
	options->remain_after_exit = sim_chance(random, 20);
	options->send_sighup = sim_chance(random, 10);
	options->send_sigkill = sim_chance(random, 90);
	options->restart_mode = sim_chance(random, 20) ? RESTART_MODE_DIRECT : RESTART_MODE_NORMAL;
	options->notify_access =
		type == SERVICE_NOTIFY || type == SERVICE_NOTIFY_RELOAD ? NOTIFY_ACCESS_MAIN : NOTIFY_ACCESS_NONE;
	if (sim_chance(random, 20)) {
		options->restart_steps = 1 + sim_below(random, 5);
		options->restart_max_delay = 10 * USEC_PER_SEC;
	}
	if (type == SERVICE_FORKING && sim_chance(random, 50))
		options->pid_file = copy("/run/x.pid");
}

static bool draw_service(struct sim_random *random, struct unit_definition *definition)
{
	struct service_options *options = unit_definition_own_service_options(definition);

	if (!options)
		return false;
	definition->service->type = sim_below(random, SERVICE_TYPE_COUNT);
	draw_service_options(random, options, definition->service->type);
	draw_commands(random, definition->service);
	return true;
}

static bool draw_unit_options(struct sim_random *random, struct unit_definition *definition)
{
	struct unit_options *options = unit_definition_own_options(definition);

	if (!options)
		return false;
	options->start_limit_interval = sim_chance(random, 20) ? 0 : 10 * USEC_PER_SEC;
	options->start_limit_burst = 1 + sim_below(random, 8);
	options->stop_when_unneeded = sim_chance(random, 5);
	options->job_timeout = sim_chance(random, 5) ? draw_limit(random) : USEC_INFINITY;
	if (sim_chance(random, 10)) {
		options->conditions = calloc(1, sizeof *options->conditions);
		options->conditions[0] = (struct condition){ .type = CONDITION_PATH_EXISTS, .parameter = copy("/x") };
		options->condition_count = 1;
	}
	return true;
}

static bool add_dependency(struct unit_definition *definition, enum dependency_kind kind, const char *name)
{
	struct dependency *dependencies =
		realloc(definition->dependencies, (definition->dependency_count + 1) * sizeof *dependencies);

	if (!dependencies)
		return false;
	definition->dependencies = dependencies;
	dependencies[definition->dependency_count++] = (struct dependency){ .kind = kind, .name = copy(name) };
	return true;
}

/* Mostly towards lower numbers, so that most graphs have no cycle; some do. */
static void draw_dependencies(struct sim_world *world, struct unit_definition *definition, uint32_t index)
{
	static const enum dependency_kind kinds[] = {
		DEPENDENCY_REQUIRES, DEPENDENCY_REQUISITE, DEPENDENCY_WANTS,     DEPENDENCY_BINDS_TO,
		DEPENDENCY_PART_OF,  DEPENDENCY_UPHOLDS,   DEPENDENCY_CONFLICTS, DEPENDENCY_ON_FAILURE,
		DEPENDENCY_AFTER,    DEPENDENCY_AFTER,     DEPENDENCY_BEFORE,    DEPENDENCY_PROPAGATES_RELOAD_TO,
	};
	struct sim_random *random = &world->random;
	uint32_t wanted = sim_below(random, 4);

	for (uint32_t i = 0; i < wanted; i++) {
		bool upwards = sim_chance(random, 5);
		uint32_t other = upwards ? sim_below(random, world->unit_count) : index ? sim_below(random, index) : 0;
		enum dependency_kind kind = kinds[sim_below(random, sizeof kinds / sizeof *kinds)];
		char name[32];
		if (other == index)
			continue;
		unit_name(name, sizeof name, world->seed, other);
		if (kind == DEPENDENCY_CONFLICTS && sim_chance(random, 70))
			kind = DEPENDENCY_REQUIRES;
		if (kind == DEPENDENCY_BEFORE && !upwards)
			kind = DEPENDENCY_AFTER;
		add_dependency(definition, kind, name);
		if (kind == DEPENDENCY_REQUIRES && sim_chance(random, 60))
			add_dependency(definition, DEPENDENCY_AFTER, name);
	}
}

static bool draw_timer(struct sim_world *world, struct unit_definition *definition, uint32_t index)
{
	struct timer_definition *timer = definition->timer;
	char name[32];

	timer->line_count = 1 + sim_below(&world->random, 2);
	timer->lines = calloc(timer->line_count, sizeof *timer->lines);
	if (!timer->lines)
		return false;
	for (size_t i = 0; i < timer->line_count; i++)
		timer->lines[i] = (struct timer_line){ .base = sim_below(&world->random, TIMER_BASE_COUNT),
						       .span = draw_time(&world->random) + 1000 };
	timer->randomized_delay = sim_chance(&world->random, 20) ? draw_time(&world->random) : 0;
	timer->remain_after_elapse = sim_chance(&world->random, 80);
	timer->on_clock_change = sim_chance(&world->random, 10);
	unit_name(name, sizeof name, world->seed, sim_below(&world->random, index));
	return add_dependency(definition, DEPENDENCY_TRIGGERS, name);
}

static struct unit_definition *draw_definition(struct sim_world *world, uint32_t index)
{
	enum unit_type type = type_of(world->seed, index);
	char name[32];

	unit_name(name, sizeof name, world->seed, index);
	struct unit_definition *definition = unit_definition_create(name, type);
	if (!definition)
		return NULL;
	definition->load_state = LOAD_STATE_LOADED;
	definition->content_hash = ++world->last_hash;
	bool drawn = draw_unit_options(&world->random, definition) &&
		     (type != UNIT_SERVICE || draw_service(&world->random, definition)) &&
		     (type != UNIT_TIMER || draw_timer(world, definition, index));
	draw_dependencies(world, definition, index);
	if (drawn)
		return definition;
	unit_definition_release(definition);
	return NULL;
}

static bool draw_unit(struct sim_world *world, uint32_t index)
{
	struct unit_definition *definition = draw_definition(world, index);
	unit_id id;
	bool done = definition && core_define(world->core, definition, &id) >= 0;

	unit_definition_release(definition);
	return done;
}

bool sim_draw_units(struct sim_world *world)
{
	world->unit_count = 2 + sim_below(&world->random, sim_chance(&world->random, 10) ? SIM_UNITS_MAX - 2 : 8);
	for (uint32_t i = 0; i < world->unit_count; i++)
		if (!draw_unit(world, i))
			return false;
	return core_link(world->core) >= 0;
}

static bool define_again(struct sim_world *world, unit_id unit)
{
	const struct unit *state = core_unit(world->core, unit);
	unit_id id;

	return core_define(world->core, state->next_definition ? state->next_definition : state->definition, &id) >= 0;
}

void sim_reload(struct sim_world *world)
{
	bool done = true;

	sim_forget_wishes(world);
	if (world->verbose)
		printf("%6llu %12.6f reload\n", (unsigned long long)world->steps, (double)world->now / 1e6);
	for (uint32_t i = 0; i < world->unit_count && done; i++)
		done = sim_chance(&world->random, 30) ? draw_unit(world, i) : define_again(world, i);
	if (!done || core_link(world->core) < 0)
		sim_break(world, "units can be reloaded", UNIT_ID_NONE);
	sim_save(world);
	sim_check_state(world);
}
