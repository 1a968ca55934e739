/* Draws worlds from seeds and looks whether the core keeps its laws in them: make sim, make sim SEED=N. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/scale.h"
#include "tests/sim/world.h"

enum { WILD_STEPS = 120, CALM_STEPS_MAX = 20000, MORTAL_ONE_IN = 4 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void ask_to_shut_down(struct sim_world *world)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = UNIT_ID_NONE };

	event.request.verb = REQUEST_SHUTDOWN;
	event.request.leave = LEAVE_EXIT;
	sim_feed(world, &event);
}

/* From here on everybody behaves; whatever was begun must come to its end. */
static void calm_down(struct sim_world *world)
{
	world->kind = true;
	for (unit_id id = 0; id < world->unit_count; id++) {
		struct sim_unit *mine = &world->units[id];
		/* What was deaf to the signal to stop hears it now. */
		bool stopping = core_unit(world->core, id)->active_state == ACTIVE_STATE_DEACTIVATING;
		mine->extras_doomed = mine->extras_doomed || stopping;
		for (int role = 0; role < ROLE_COUNT; role++) {
			mine->processes[role].deaf = false;
			if (stopping && !mine->processes[role].doomed) {
				mine->processes[role].doomed = true;
				mine->processes[role].killed_by = SIGTERM;
			}
		}
	}
}

static void shut_down(struct sim_world *world)
{
	ask_to_shut_down(world);
	for (int i = 0; i < CALM_STEPS_MAX && !world->left && !world->broken; i++)
		if (!sim_something_happens(world) && !sim_let_time_pass(world))
			break;
	if (!world->left)
		sim_break(world, "a shutdown ends", UNIT_ID_NONE);
	if (!world->broken)
		sim_check_left(world);
}

/* Until nothing is under way: no answer owed, no job, no state that only passes. False when that does not come. */
static bool come_to_rest(struct sim_world *world)
{
	for (int i = 0; i < CALM_STEPS_MAX && !world->broken; i++) {
		if (sim_something_happens(world))
			continue;
		if (sim_is_at_rest(world))
			return true;
		if (!sim_let_time_pass(world))
			return true;
	}
	return false;
}

static void check_answers(struct sim_world *world)
{
	for (uint64_t request = world->first_certain ? world->first_certain : 1;
	     request < world->next_request && !world->broken; request++)
		if (world->answered[request] != 1) {
			sim_break(world, "every request is answered", UNIT_ID_NONE);
			snprintf(world->details, sizeof world->details, "request %llu", (unsigned long long)request);
		}
}

/* One life from the first request to the last process. */
static void live(struct sim_world *world)
{
	uint32_t steps = 1 + sim_below(&world->random, WILD_STEPS);

	for (uint32_t i = 0; i < steps && !world->broken; i++)
		sim_something_happens(world);
	if (!world->broken)
		calm_down(world);
	if (!world->broken && !world->left && come_to_rest(world))
		sim_check_wishes(world);
	if (!world->broken && !world->left)
		shut_down(world);
	check_answers(world);
}

static void print_edge_of(const struct edge_view *edge, const struct core *core)
{
	if (!edge->inverse)
		printf(" %s=%s", edge_property_name(edge->kind, false), core_unit(core, edge->other)->definition->name);
}

static bool print_edge(void *context, const struct edge_view *edge)
{
	print_edge_of(edge, context);
	return true;
}

/* The state of everything, for whoever looks into a seed. */
static void print_world(const struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++) {
		const struct unit *unit = core_unit(world->core, id);
		const struct sim_unit *mine = &world->units[id];
		printf("  %-12s %s/%s job %s %s main %d control %d extras %u empty %d find %d conditions %d:",
		       unit->definition->name, active_state_name(unit->active_state), sub_state_name(unit->sub_state),
		       job_type_name(unit->job_type), unit->job_type ? job_state_name(unit->job_state) : "",
		       mine->processes[ROLE_MAIN].alive, mine->processes[ROLE_CONTROL].alive, mine->extras,
		       mine->owes_empty, mine->owes_main, mine->owes_conditions);
		core_each_edge(world->core, id, print_edge, world->core);
		printf("\n");
	}
	for (size_t i = 0; i < core_cycle_count(world->core); i++)
		printf("  cycle: %s\n", core_cycle_text(world->core, i));
}

static void bury(struct sim_world *world)
{
	struct action action;

	while (action_queue_take(&world->actions, &action))
		action_finish(&action);
	action_queue_finish(&world->actions);
	sim_forget_saved(world);
	core_destroy(world->core);
}

/* Returns the law that was broken, or NULL. */
static const char *run_seed(uint64_t seed, bool verbose, uint64_t *steps)
{
	static struct sim_world world;

	memset(&world, 0, sizeof world);
	world.seed = seed;
	world.random.state = seed * UINT64_C(0xD1342543DE82EF95) + 1;
	world.now = 1000 * USEC_PER_SEC;
	world.next_request = 1;
	world.verbose = verbose;
	world.mortal = seed % MORTAL_ONE_IN == 0;
	world.core = core_create(seed);
	if (!world.core || !sim_draw_units(&world)) {
		world.broken = "the world can be drawn";
	} else {
		sim_save(&world);
		live(&world);
	}
	*steps += world.steps;
	if (world.broken && verbose)
		print_world(&world);
	if (world.broken)
		printf("seed %llu: broken: %s\n  %s\n  again with: make sim SEED=%llu\n", (unsigned long long)seed,
		       world.broken, world.details, (unsigned long long)seed);
	bury(&world);
	return world.broken;
}

struct arguments {
	uint64_t seeds, first, steps;
	uint32_t jobs;
	uint32_t units; /* 0: many small worlds, else one large one */
	double seconds;
	bool one;
};

static struct arguments parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seeds", required_argument, NULL, 'n' }, { "first", required_argument, NULL, 'f' },
		{ "seed", required_argument, NULL, 's' },  { "seconds", required_argument, NULL, 't' },
		{ "jobs", required_argument, NULL, 'j' },  { "units", required_argument, NULL, 'u' },
		{ "steps", required_argument, NULL, 'm' }, { 0 }
	};
	struct arguments arguments = { .seeds = 200000, .first = 1, .seconds = 1e9, .steps = 2000000 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n')
			arguments.seeds = strtoull(optarg, NULL, 10);
		else if (option == 'f')
			arguments.first = strtoull(optarg, NULL, 10);
		else if (option == 't')
			arguments.seconds = strtod(optarg, NULL);
		else if (option == 'j')
			arguments.jobs = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'u')
			arguments.units = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'm')
			arguments.steps = strtoull(optarg, NULL, 10);
		else if (option == 's')
			arguments = (struct arguments){ .first = strtoull(optarg, NULL, 10), .seeds = 1, .one = true };
		else
			exit(2);
	}
	return arguments;
}

/* Runs the seeds one after the other; the exit status. */
static int run_seeds(const struct arguments *arguments)
{
	double began = seconds();
	uint64_t steps = 0, lives = 0, failed = 0;

	while (lives < arguments->seeds && failed < 5) {
		if (run_seed(arguments->first + lives, arguments->one, &steps))
			failed++;
		lives++;
		if (!arguments->one && lives % 1024 == 0 && seconds() - began > arguments->seconds)
			break;
	}
	double took = seconds() - began;
	printf("simulator: seeds %llu to %llu, %llu steps, %.1f s, %.0f steps/s, %llu broken\n",
	       (unsigned long long)arguments->first, (unsigned long long)(arguments->first + lives - 1),
	       (unsigned long long)steps, took, (double)steps / took, (unsigned long long)failed);
	fflush(stdout);
	return failed ? 1 : 0;
}

/* Seeds have nothing to do with each other: each process takes its part of them. */
static int run_in_parallel(const struct arguments *arguments)
{
	uint64_t part = (arguments->seeds + arguments->jobs - 1) / arguments->jobs;
	int status, result = 0;

	fflush(stdout);
	for (uint32_t i = 0; i < arguments->jobs; i++) {
		struct arguments mine = *arguments;
		mine.first += i * part;
		mine.seeds = part;
		pid_t pid = fork();
		if (pid == 0)
			_exit(run_seeds(&mine));
		if (pid < 0)
			return 1;
	}
	while (wait(&status) > 0)
		result |= status != 0;
	return result;
}

int main(int argc, char **argv)
{
	struct arguments arguments = parse(argc, argv);

	if (arguments.units > 0)
		return sim_scale(arguments.units, arguments.steps);
	return arguments.jobs > 1 && !arguments.one ? run_in_parallel(&arguments) : run_seeds(&arguments);
}
