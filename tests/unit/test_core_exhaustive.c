/*
 * Every state against every event, also those that make no sense there; and random events in random graphs. After each
 * step the core must agree with itself, each request must be answered exactly once, no unit may have two processes of
 * one role, and a shutdown must end.
 */
#include <stdio.h>

#include "tests/unit/core_world.h"

enum { UNITS = 6, REQUESTS = 4096, ROLES = ROLE_COUNT };

/* A kernel that does what it is told, when the test lets it. */
struct kernel {
	struct core *core;
	usec now;
	uint64_t random;
	int32_t last_pid;
	int32_t pids[UNITS][ROLES];
	bool others[UNITS]; /* further processes of the unit */
	bool spawning[UNITS][ROLES];
	bool finding[UNITS], checking[UNITS], dying[UNITS];
	uint64_t last_request;
	uint8_t answers[REQUESTS];
	bool left;
};

static bool reached[SUB_STATE_COUNT]; /* by the first unit */

static uint32_t draw(struct kernel *kernel, uint32_t below)
{
	kernel->random = kernel->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(kernel->random >> 33) % below;
}

static void take_signal(struct kernel *kernel, const struct action *action)
{
	if (action->signal.signal == SIGKILL || draw(kernel, 3) > 0)
		kernel->dying[action->unit] = true;
}

static void take_action(struct kernel *kernel, const struct action *action)
{
	switch (action->kind) {
	case ACTION_SPAWN:
		cr_assert_eq(kernel->pids[action->unit][action->spawn.role], 0, "two processes of one role");
		cr_assert_not(kernel->spawning[action->unit][action->spawn.role]);
		kernel->spawning[action->unit][action->spawn.role] = true;
		break;
	case ACTION_SIGNAL:
		take_signal(kernel, action);
		break;
	case ACTION_FIND_MAIN_PROCESS:
		kernel->finding[action->unit] = true;
		break;
	case ACTION_CHECK_CONDITIONS:
		kernel->checking[action->unit] = true;
		break;
	case ACTION_ANSWER:
		cr_assert_leq(action->answer.request, kernel->last_request);
		kernel->answers[action->answer.request]++;
		cr_assert_eq(kernel->answers[action->answer.request], 1, "request %d answered twice",
			     (int)action->answer.request);
		break;
	case ACTION_LEAVE:
		cr_assert_not(kernel->left);
		kernel->left = true;
		break;
	default:
		break;
	}
}

static void feed(struct kernel *kernel, const struct event *event)
{
	struct action_queue queue = { 0 };
	struct cause cause = { 0 };
	struct action action;

	core_step(kernel->core, event, kernel->now, &queue);
	while (action_queue_take(&queue, &action)) {
		take_action(kernel, &action);
		action_finish(&action);
	}
	action_queue_finish(&queue);
	cr_assert(core_check(kernel->core, &cause), "%s", cause.text);
	reached[core_unit(kernel->core, 0)->sub_state] = true;
}

static void request(struct kernel *kernel, unit_id unit, enum request_verb verb, enum job_mode mode)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = unit };

	if (kernel->last_request + 1 >= REQUESTS)
		return;
	event.request.verb = verb;
	event.request.mode = mode;
	event.request.request = ++kernel->last_request;
	event.request.by_user = true;
	feed(kernel, &event);
}

static void answer_spawn(struct kernel *kernel, unit_id unit, enum process_role role, bool works)
{
	struct event event = { .kind = works ? EVENT_SPAWNED : EVENT_SPAWN_FAILED, .unit = unit };

	if (!kernel->spawning[unit][role])
		return;
	kernel->spawning[unit][role] = false;
	if (works) {
		event.spawned.role = role;
		event.spawned.pid = kernel->pids[unit][role] = ++kernel->last_pid;
	} else {
		event.spawn_failed.role = role;
		event.spawn_failed.step = "exec";
		event.spawn_failed.error = ENOENT;
		event.spawn_failed.exit_status = draw(kernel, 2) ? 203 : 0;
	}
	feed(kernel, &event);
}

static bool any_process(const struct kernel *kernel, unit_id unit)
{
	return kernel->others[unit] || kernel->pids[unit][0] || kernel->pids[unit][1];
}

static void end_process(struct kernel *kernel, unit_id unit, enum process_role role, int code, int status)
{
	struct event event = { .kind = EVENT_EXITED, .unit = unit };

	if (!kernel->pids[unit][role])
		return;
	event.exited.role = role;
	event.exited.pid = kernel->pids[unit][role];
	event.exited.code = code;
	event.exited.status = status;
	kernel->pids[unit][role] = 0;
	event.exited.empty = !any_process(kernel, unit);
	feed(kernel, &event);
}

static void end_others(struct kernel *kernel, unit_id unit)
{
	if (!kernel->others[unit])
		return;
	kernel->others[unit] = false;
	if (!any_process(kernel, unit))
		feed(kernel, &(struct event){ .kind = EVENT_EMPTY, .unit = unit });
}

/* A daemon's main process is one of the others, or there is none. */
static void find_main(struct kernel *kernel, unit_id unit, bool there)
{
	struct event event = { .kind = EVENT_MAIN_PROCESS, .unit = unit };

	if (!kernel->finding[unit])
		return;
	kernel->finding[unit] = false;
	if (there && kernel->pids[unit][ROLE_MAIN] == 0 && kernel->others[unit]) {
		kernel->pids[unit][ROLE_MAIN] = ++kernel->last_pid;
		kernel->others[unit] = false;
	}
	event.main_process.pid = kernel->pids[unit][ROLE_MAIN];
	event.main_process.final = true;
	event.main_process.why_not = "nobody there";
	feed(kernel, &event);
}

static void check_conditions(struct kernel *kernel, unit_id unit, enum conditions_outcome outcome)
{
	struct event event = { .kind = EVENT_CONDITIONS, .unit = unit };

	if (!kernel->checking[unit])
		return;
	kernel->checking[unit] = false;
	event.conditions.outcome = outcome;
	event.conditions.failed = "ConditionPathExists=/x";
	feed(kernel, &event);
}

static void notify(struct kernel *kernel, unit_id unit, unsigned flags)
{
	struct event event = { .kind = EVENT_NOTIFY, .unit = unit };

	event.notify.flags = flags;
	event.notify.sender = SENDER_MAIN;
	event.notify.monotonic = kernel->now;
	event.notify.watchdog = draw(kernel, 3) * USEC_PER_SEC;
	event.notify.extend_timeout = draw(kernel, 100) * USEC_PER_SEC;
	event.notify.status = "busy";
	feed(kernel, &event);
}

static void let_time_pass(struct kernel *kernel)
{
	usec next = core_next_deadline(kernel->core);

	if (next == USEC_INFINITY)
		return;
	if (next > kernel->now)
		kernel->now = next;
	feed(kernel, &(struct event){ .kind = EVENT_DEADLINE });
}

/* Definitions. */

static const enum dependency_kind drawn_kinds[] = {
	DEPENDENCY_REQUIRES,
	DEPENDENCY_REQUISITE,
	DEPENDENCY_WANTS,
	DEPENDENCY_BINDS_TO,
	DEPENDENCY_PART_OF,
	DEPENDENCY_UPHOLDS,
	DEPENDENCY_CONFLICTS,
	DEPENDENCY_BEFORE,
	DEPENDENCY_AFTER,
	DEPENDENCY_AFTER,
	DEPENDENCY_ON_FAILURE,
	DEPENDENCY_ON_SUCCESS,
	DEPENDENCY_PROPAGATES_STOP_TO,
	DEPENDENCY_PROPAGATES_RELOAD_TO,
};

static void draw_service_options(struct kernel *kernel, struct unit_definition *definition)
{
	struct service_options *options = service(definition);

	options->restart = (enum service_restart)draw(kernel, RESTART_COUNT);
	options->restart_mode = (enum restart_mode)draw(kernel, RESTART_MODE_COUNT);
	options->restart_delay = draw(kernel, 2) * 100 * USEC_PER_MSEC;
	options->kill_mode = (enum kill_mode)draw(kernel, KILL_MODE_PROCESS + 1);
	options->exit_type = draw(kernel, 6) == 0 ? EXIT_TYPE_CGROUP : EXIT_TYPE_MAIN;
	options->remain_after_exit = draw(kernel, 3) == 0;
	options->watchdog = draw(kernel, 4) == 0 ? USEC_PER_SEC : 0;
	options->timeout_start_failure_mode = (enum timeout_failure_mode)draw(kernel, TIMEOUT_FAILURE_MODE_COUNT);
	options->timeout_stop_failure_mode = (enum timeout_failure_mode)draw(kernel, TIMEOUT_FAILURE_MODE_COUNT);
	options->runtime_max = draw(kernel, 5) == 0 ? 60 * USEC_PER_SEC : USEC_INFINITY;
	options->pid_file = draw(kernel, 2) ? strdup("/run/x.pid") : NULL;
	options->send_sighup = draw(kernel, 4) == 0;
}

static struct unit_definition *draw_definition(struct kernel *kernel, unsigned index)
{
	struct unit_definition *definition;
	struct unit_options *options;
	char name[16];

	snprintf(name, sizeof name, "u%u.%s", index, draw(kernel, 6) == 0 && index < 2 ? "target" : "service");
	snprintf(name, sizeof name, "u%u.%s", index, index == 0 ? "target" : "service");
	definition =
		index == 0 ? define(name) : define_service(name, (enum service_type)draw(kernel, SERVICE_TYPE_COUNT));
	definition->content_hash = kernel->random | 1;
	options = unit_definition_own_options(definition);
	options->stop_when_unneeded = draw(kernel, 8) == 0;
	options->job_timeout = draw(kernel, 8) == 0 ? 200 * USEC_PER_SEC : USEC_INFINITY;
	options->start_limit_interval = draw(kernel, 4) == 0 ? 0 : 10 * USEC_PER_SEC;
	if (index > 0) {
		draw_service_options(kernel, definition);
		options->condition_count = draw(kernel, 5) == 0;
		options->conditions = options->condition_count ? calloc(1, sizeof(struct condition)) : NULL;
		for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
			for (uint32_t i = draw(kernel, 5); phase != EXEC_START && i > 2; i--)
				add_command(definition, (enum exec_phase)phase,
					    draw(kernel, 3) == 0 ? EXEC_IGNORE_FAILURE : 0);
	}
	for (uint32_t edges = draw(kernel, 4); edges > 0; edges--) {
		snprintf(name, sizeof name, "u%u.%s", index, "service");
		uint32_t other = draw(kernel, UNITS);

		snprintf(name, sizeof name, "u%u.%s", (unsigned)other, other == 0 ? "target" : "service");
		depend_as(definition, drawn_kinds[draw(kernel, sizeof drawn_kinds / sizeof *drawn_kinds)], name,
			  draw(kernel, 2));
	}
	return definition;
}

static void define_all(struct kernel *kernel)
{
	for (unsigned i = 0; i < UNITS; i++) {
		struct unit_definition *definition = draw_definition(kernel, i);
		unit_id id;

		cr_assert_eq(core_define(kernel->core, definition, &id), 0);
		cr_assert_lt(id, UNITS);
		unit_definition_release(definition);
	}
	cr_assert_eq(core_link(kernel->core), 0);
}

static void begin(struct kernel *kernel, uint64_t seed)
{
	*kernel = (struct kernel){ .core = core_create(seed), .now = USEC_PER_SEC, .random = seed * 2654435761U + 1 };
	cr_assert_not_null(kernel->core);
}

/* Everything that may happen now; one of it does. */
static void happen(struct kernel *kernel)
{
	unit_id unit = draw(kernel, UNITS);
	enum process_role role = (enum process_role)draw(kernel, ROLES);

	switch (draw(kernel, 12)) {
	case 0:
		request(kernel, unit, (enum request_verb)draw(kernel, REQUEST_CANCEL + 2),
			(enum job_mode)draw(kernel, JOB_MODE_COUNT));
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		answer_spawn(kernel, unit, role, draw(kernel, 8) > 0);
		break;
	case 5:
		end_process(kernel, unit, role, CLD_EXITED, draw(kernel, 3) == 0 ? 1 : 0);
		break;
	case 6:
		if (kernel->dying[unit]) {
			kernel->dying[unit] = false;
			end_others(kernel, unit);
			end_process(kernel, unit, ROLE_CONTROL, CLD_KILLED, SIGTERM);
			end_process(kernel, unit, ROLE_MAIN, CLD_KILLED, SIGKILL);
		}
		break;
	case 7:
		notify(kernel, unit, draw(kernel, 1 << 11) & ~(unsigned)NOTIFY_MAIN_PID);
		break;
	case 8:
		if (any_process(kernel, unit))
			kernel->others[unit] = true;
		else
			end_others(kernel, unit);
		break;
	case 9:
		find_main(kernel, unit, draw(kernel, 3) > 0);
		break;
	case 10:
		check_conditions(kernel, unit, (enum conditions_outcome)draw(kernel, 3));
		break;
	default:
		let_time_pass(kernel);
		break;
	}
}

static bool is_quiet(const struct kernel *kernel)
{
	for (unsigned i = 0; i < UNITS; i++)
		if (any_process(kernel, i) || kernel->spawning[i][0] || kernel->spawning[i][1] || kernel->checking[i])
			return false;
	return kernel->left;
}

/* Shuts down and lets everything that is asked for happen, until nothing is left. */
static void finish(struct kernel *kernel, const char *where)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = UNIT_ID_NONE };

	event.request.verb = REQUEST_SHUTDOWN;
	feed(kernel, &event);
	for (unsigned round = 0; round < 400 && !is_quiet(kernel); round++) {
		for (unit_id unit = 0; unit < UNITS; unit++) {
			check_conditions(kernel, unit, CONDITIONS_HOLD);
			find_main(kernel, unit, true);
			for (int role = 0; role < ROLES; role++)
				answer_spawn(kernel, unit, (enum process_role)role, true);
			end_process(kernel, unit, ROLE_CONTROL, CLD_EXITED, 0);
			if (!kernel->dying[unit] && !kernel->left)
				continue;
			kernel->dying[unit] = false;
			end_process(kernel, unit, ROLE_MAIN, CLD_KILLED, SIGTERM);
			end_others(kernel, unit);
		}
		let_time_pass(kernel);
	}
	cr_assert(kernel->left, "%s: the shutdown does not end", where);
	for (uint64_t i = 1; i <= kernel->last_request; i++)
		cr_assert_eq(kernel->answers[i], 1, "%s: request %d was never answered", where, (int)i);
	core_destroy(kernel->core);
}

Test(exhaustive, random_events_in_random_graphs)
{
	static struct kernel kernel;
	char where[40];

	for (uint64_t seed = 1; seed <= 3000; seed++) {
		snprintf(where, sizeof where, "seed %d", (int)seed);
		begin(&kernel, seed);
		define_all(&kernel);
		for (int step = 0; step < 150; step++) {
			happen(&kernel);
			if (draw(&kernel, 60) == 0)
				define_all(&kernel); /* a reload */
		}
		finish(&kernel, where);
	}
}

/* One event of each sort, and some that lie. */
static void feed_variant(struct kernel *kernel, unit_id unit, unsigned variant)
{
	struct event event = { .unit = unit };

	if (variant < REQUEST_COUNT) {
		request(kernel, unit, (enum request_verb)variant, JOB_MODE_REPLACE);
		return;
	}
	switch (variant - REQUEST_COUNT) {
	case 0:
		answer_spawn(kernel, unit, ROLE_MAIN, true);
		answer_spawn(kernel, unit, ROLE_CONTROL, true);
		return;
	case 1:
		answer_spawn(kernel, unit, ROLE_MAIN, false);
		answer_spawn(kernel, unit, ROLE_CONTROL, false);
		return;
	case 2:
		end_process(kernel, unit, ROLE_MAIN, CLD_EXITED, 0);
		return;
	case 3:
		end_process(kernel, unit, ROLE_MAIN, CLD_DUMPED, SIGSEGV);
		return;
	case 4:
		end_process(kernel, unit, ROLE_CONTROL, CLD_EXITED, 0);
		return;
	case 5:
		end_process(kernel, unit, ROLE_CONTROL, CLD_EXITED, 255);
		return;
	case 6:
		let_time_pass(kernel);
		return;
	case 7:
		notify(kernel, unit, NOTIFY_READY);
		return;
	case 8:
		notify(kernel, unit, NOTIFY_RELOADING | NOTIFY_MONOTONIC);
		return;
	case 9:
		notify(kernel, unit, NOTIFY_STOPPING);
		return;
	case 10:
		notify(kernel, unit, NOTIFY_WATCHDOG_TRIGGER | NOTIFY_STATUS | NOTIFY_ERRNO);
		return;
	case 11:
		find_main(kernel, unit, false);
		return;
	case 12:
		event.kind = EVENT_OOM_KILLED;
		break;
	case 13: /* nobody asked for this process */
		event.kind = EVENT_SPAWNED;
		event.spawned.role = ROLE_COUNT;
		event.spawned.pid = -1;
		break;
	case 14:
		event.kind = EVENT_SPAWN_FAILED;
		event.spawn_failed.role = ROLE_COUNT;
		break;
	case 15:
		event.kind = EVENT_EXITED;
		event.exited.pid = 999999;
		break;
	case 16:
		event.kind = EVENT_CONDITIONS;
		break;
	case 17:
		event.kind = EVENT_KIND_COUNT;
		break;
	default:
		event.kind = EVENT_REQUEST;
		event.request.verb = REQUEST_COUNT;
		break;
	}
	feed(kernel, &event);
}

enum { VARIANTS = REQUEST_COUNT + 19, DEPTH = 8 };

/* A service of each type with a command in each phase. */
static void define_rich(struct kernel *kernel, enum service_type type)
{
	struct unit_definition *definition = define_service("rich.service", type);
	unit_id id;

	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		if (phase != EXEC_START && (phase != EXEC_RELOAD || type != SERVICE_NOTIFY_RELOAD))
			add_command(definition, (enum exec_phase)phase, 0);
	service(definition)->restart = RESTART_ON_FAILURE;
	service(definition)->watchdog = 10 * USEC_PER_SEC;
	service(definition)->notify_access = NOTIFY_ACCESS_ALL;
	service(definition)->pid_file = strdup("/run/rich.pid");
	cr_assert_eq(core_define(kernel->core, definition, &id), 0);
	unit_definition_release(definition);
	cr_assert_eq(core_link(kernel->core), 0);
}

static void walk_up(struct kernel *kernel, unsigned steps)
{
	request(kernel, 0, REQUEST_START, JOB_MODE_REPLACE);
	for (unsigned i = 0; i < steps; i++) {
		enum sub_state before = (enum sub_state)core_unit(kernel->core, 0)->sub_state;

		answer_spawn(kernel, 0, ROLE_CONTROL, true);
		answer_spawn(kernel, 0, ROLE_MAIN, true);
		if (core_unit(kernel->core, 0)->sub_state != before)
			continue;
		kernel->others[0] |= before == SUB_START;
		end_process(kernel, 0, ROLE_CONTROL, CLD_EXITED, 0);
		find_main(kernel, 0, true);
		if (before == SUB_START && core_unit(kernel->core, 0)->sub_state == SUB_START)
			notify(kernel, 0, NOTIFY_READY);
	}
}

Test(exhaustive, each_state_meets_each_event_and_then_each_event)
{
	static struct kernel kernel;
	char where[80];

	for (int type = 0; type < SERVICE_TYPE_COUNT; type++) {
		for (unsigned steps = 0; steps < 6; steps++) {
			for (unsigned pair = 0; pair < VARIANTS * VARIANTS; pair++) {
				snprintf(where, sizeof where, "type %d, %u steps, events %u and %u", type, steps,
					 pair / VARIANTS, pair % VARIANTS);
				begin(&kernel, pair + 1);
				define_rich(&kernel, (enum service_type)type);
				walk_up(&kernel, steps);
				kernel.others[0] |= pair % 2 && any_process(&kernel, 0);
				for (int i = 0; i < DEPTH; i++) {
					unsigned variant = i == 0 ? pair / VARIANTS : pair % VARIANTS;

					feed_variant(&kernel, 0, i < 2 ? variant : draw(&kernel, VARIANTS));
				}
				finish(&kernel, where);
			}
		}
	}
	for (int state = 0; state < SUB_STATE_COUNT; state++) {
		bool passing = state == SUB_DEAD_BEFORE_AUTO_RESTART || state == SUB_FAILED_BEFORE_AUTO_RESTART ||
			       state == SUB_AUTO_RESTART_QUEUED || state == SUB_CLEANING || state == SUB_ACTIVE ||
			       state == SUB_EXITED || state == SUB_FINAL_WATCHDOG;

		/* test_timer.c and test_socket.c have those. */
		passing |= state == SUB_WAITING || state == SUB_ELAPSED || state == SUB_START_CHOWN ||
			   state == SUB_LISTENING;
		cr_assert(reached[state] || passing, "state %s was never reached",
			  sub_state_name((enum sub_state)state));
	}
}
