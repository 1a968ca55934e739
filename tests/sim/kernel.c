#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tests/sim/world.h"

/* What can happen next; one is drawn. */
enum happening {
	SPAWN_IS_ANSWERED,
	PROCESS_ENDS,
	EXTRAS_END,
	EMPTY_IS_TOLD,
	MAIN_IS_FOUND,
	CONDITIONS_ARE_KNOWN,
	CLOCKS_ARE_READ,
	SERVICE_NOTIFIES,
	SOMEBODY_ASKS,
	TIME_PASSES,
	SPURIOUS,
	UNITS_ARE_RELOADED,
	SVINIT_IS_REPLACED,
	SVINIT_IS_KILLED,
};

struct choice {
	enum happening what;
	unit_id unit;
	enum process_role role;
};

struct choices {
	struct choice items[SIM_UNITS_MAX * 6 + 8];
	uint32_t count;
};

bool sim_unit_has_processes(const struct sim_unit *unit)
{
	return unit->extras > 0 || unit->processes[ROLE_MAIN].alive || unit->processes[ROLE_CONTROL].alive;
}

static void print_action(const struct sim_world *world, const struct action *action)
{
	static const char *const names[ACTION_KIND_COUNT] = {
		[ACTION_SPAWN] = "spawn",
		[ACTION_SIGNAL] = "signal",
		[ACTION_FIND_MAIN_PROCESS] = "find-main",
		[ACTION_CHECK_CONDITIONS] = "conditions",
		[ACTION_TIMER_FACTS] = "timer-facts",
		[ACTION_TIMER_ELAPSED] = "elapsed",
		[ACTION_CLEAN_UP] = "clean-up",
		[ACTION_UNIT_CHANGED] = "changed",
		[ACTION_JOB_CHANGED] = "job",
		[ACTION_ANSWER] = "answer",
		[ACTION_RECORD] = "record",
		[ACTION_LEAVE] = "leave",
	};
	const struct unit *unit = core_unit(world->core, action->unit);

	printf("      → %s %s", names[action->kind], unit ? unit->definition->name : "");
	if (action->kind == ACTION_SPAWN)
		printf(" phase %d role %d", action->spawn.phase, action->spawn.role);
	if (action->kind == ACTION_SIGNAL)
		printf(" signal %d scope %d", action->signal.signal, action->signal.scope);
	if (action->kind == ACTION_ANSWER)
		printf(" request %llu: %s (%s)", (unsigned long long)action->answer.request,
		       job_result_name(action->answer.result), action->answer.text ? action->answer.text : "");
	if (action->kind == ACTION_UNIT_CHANGED && unit)
		printf(" %s/%s", active_state_name(unit->active_state), sub_state_name(unit->sub_state));
	if (action->kind == ACTION_JOB_CHANGED)
		printf(" %u %s", action->job.job, action->job.ended ? job_result_name(action->job.result) : "goes on");
	if (action->kind == ACTION_RECORD)
		printf(" \"%s\"", action->record.text);
	printf("\n");
}

static void take_spawn(struct sim_world *world, const struct action *action)
{
	struct sim_unit *unit = &world->units[action->unit];
	struct sim_process *process = &unit->processes[action->spawn.role];

	*process = (struct sim_process){
		.pending = true,
		.phase = action->spawn.phase,
		.deaf = !world->kind && sim_chance(&world->random, 10),
	};
	unit->last_spawn = world->now;
	if (action->spawn.role == ROLE_MAIN)
		unit->said_stopping = false;
}

static void hit(struct sim_process *process, int number)
{
	if (!process->alive || (process->doomed && number != SIGKILL))
		return;
	if (process->deaf && number != SIGKILL)
		return;
	process->doomed = true;
	process->killed_by = number;
}

static void take_signal(struct sim_world *world, const struct action *action)
{
	struct sim_unit *unit = &world->units[action->unit];
	enum signal_scope scope = action->signal.scope;
	int number = action->signal.signal;
	bool all = scope == SCOPE_ALL || scope == SCOPE_ALL_BUT_MAIN;

	if (number == SIGHUP || number == SIGCONT)
		return;
	if (scope == SCOPE_MAIN || scope == SCOPE_MAIN_AND_CONTROL || scope == SCOPE_ALL)
		hit(&unit->processes[ROLE_MAIN], number);
	if (scope != SCOPE_MAIN)
		hit(&unit->processes[ROLE_CONTROL], number);
	if (all && (number == SIGKILL || world->kind || sim_chance(&world->random, 80)))
		unit->extras_doomed = true;
	if (all && number == SIGKILL)
		unit->extras_killed = true;
	if (all && !sim_unit_has_processes(unit))
		unit->owes_empty = true;
}

static void take_answer(struct sim_world *world, const struct action *action)
{
	uint64_t request = action->answer.request;

	if (request < world->first_certain)
		return; /* whoever asked lost the connection with the svinit that he asked */
	if (request == 0 || request >= world->next_request || request >= SIM_REQUESTS_MAX)
		sim_break(world, "an answer belongs to a request", action->unit);
	else if (++world->answered[request] > 1)
		sim_break(world, "a request is answered once", action->unit);
	sim_note_answer(world, action);
}

static void take(struct sim_world *world, const struct action *action)
{
	switch (action->kind) {
	case ACTION_SPAWN:
		sim_check_spawn(world, action);
		take_spawn(world, action);
		sim_save(world);
		sim_save_unit(world, action->unit);
		break;
	case ACTION_SIGNAL:
		sim_check_signal(world, action);
		take_signal(world, action);
		break;
	case ACTION_FIND_MAIN_PROCESS:
		world->units[action->unit].owes_main = true;
		break;
	case ACTION_CHECK_CONDITIONS:
		world->units[action->unit].owes_conditions = true;
		break;
	case ACTION_TIMER_FACTS:
		world->units[action->unit].owes_facts = true;
		break;
	case ACTION_JOB_CHANGED:
		world->units[action->unit].open_job = action->job.ended ? 0 : action->job.job;
		break;
	case ACTION_ANSWER:
		take_answer(world, action);
		break;
	case ACTION_LEAVE:
		world->left = true;
		break;
	default:
		break;
	}
}

void sim_perform_all(struct sim_world *world)
{
	struct action action;

	for (uint32_t i = 0; action_queue_take(&world->actions, &action); i++) {
		if (world->dying && sim_chance(&world->random, 30)) {
			action_finish(&action);
			return;
		}
		if (world->verbose)
			print_action(world, &action);
		take(world, &action);
		action_finish(&action);
		if (i > 100000) {
			sim_break(world, "one event leads to finitely many actions", UNIT_ID_NONE);
			return;
		}
	}
	if (!world->dying)
		sim_save(world);
}

static void print_event(const struct sim_world *world, const struct event *event)
{
	static const char *const names[EVENT_KIND_COUNT] = { "request",  "spawned",       "spawn-failed", "exited",
							     "empty",    "notify",        "main",         "conditions",
							     "deadline", "signal-failed", "oom",          "timer-facts",
							     "clock" };
	const struct unit *unit = core_unit(world->core, event->unit);

	printf("%6llu %12.6f %s %s", (unsigned long long)world->steps, (double)world->now / 1e6, names[event->kind],
	       unit ? unit->definition->name : "");
	if (event->kind == EVENT_REQUEST)
		printf(" verb %d mode %d number %llu", event->request.verb, event->request.mode,
		       (unsigned long long)event->request.request);
	if (event->kind == EVENT_EXITED)
		printf(" role %d code %d status %d%s", event->exited.role, event->exited.code, event->exited.status,
		       event->exited.empty ? " empty" : "");
	printf("\n");
}

void sim_feed(struct sim_world *world, const struct event *event)
{
	if (world->dead)
		return;
	world->steps++;
	if (world->verbose)
		print_event(world, event);
	core_step(world->core, event, world->now, &world->actions);
	sim_perform_all(world);
	world->dead = world->dying;
	if (!world->dead)
		sim_check_state(world);
}

static void answer_spawn(struct sim_world *world, unit_id id, enum process_role role)
{
	struct sim_unit *unit = &world->units[id];
	struct sim_process *process = &unit->processes[role];
	struct event event = { .kind = EVENT_SPAWNED, .unit = id };

	process->pending = false;
	if (!world->kind && sim_chance(&world->random, 8)) {
		event.kind = EVENT_SPAWN_FAILED;
		event.spawn_failed.role = role;
		event.spawn_failed.step = "exec";
		event.spawn_failed.error = ENOENT;
		event.spawn_failed.exit_status = 203;
	} else {
		process->alive = true;
		unit->owes_empty = false;
		process->pid = ++world->next_pid;
		event.spawned.role = role;
		event.spawned.pid = process->pid;
		if (!world->kind && sim_chance(&world->random, 15) && !unit->extras_killed)
			unit->extras += 1 + sim_below(&world->random, 3);
	}
	sim_feed(world, &event);
}

static void end_process(struct sim_world *world, unit_id id, enum process_role role)
{
	struct sim_unit *unit = &world->units[id];
	struct sim_process *process = &unit->processes[role];
	struct event event = { .kind = EVENT_EXITED, .unit = id };

	process->alive = false;
	event.exited.role = role;
	event.exited.pid = process->pid;
	event.exited.code = CLD_EXITED;
	if (process->doomed) {
		event.exited.code = CLD_KILLED;
		event.exited.status = process->killed_by;
	} else if (!world->kind && sim_chance(&world->random, 40)) {
		event.exited.code = sim_chance(&world->random, 50) ? CLD_EXITED : CLD_DUMPED;
		event.exited.status = event.exited.code == CLD_EXITED ? (int)sim_below(&world->random, 256) : SIGSEGV;
	}
	/* A forking service leaves its daemon behind. */
	const struct unit *state = core_unit(world->core, id);
	bool forking = state->definition->service && state->definition->service->type == SERVICE_FORKING;
	if (forking && role == ROLE_CONTROL && process->phase == EXEC_START && !process->doomed &&
	    (world->kind || sim_chance(&world->random, 80)))
		unit->extras++;
	event.exited.empty = !sim_unit_has_processes(unit);
	if (event.exited.empty)
		unit->owes_empty = false;
	sim_feed(world, &event);
}

static void end_extras(struct sim_world *world, unit_id id)
{
	struct sim_unit *unit = &world->units[id];

	unit->extras--;
	if (unit->extras == 0)
		unit->extras_doomed = unit->extras_killed = false;
	if (!sim_unit_has_processes(unit))
		unit->owes_empty = true;
}

static void tell_empty(struct sim_world *world, unit_id id)
{
	struct event event = { .kind = EVENT_EMPTY, .unit = id };

	world->units[id].owes_empty = false;
	/* What has been born since makes it no news. */
	if (!sim_unit_has_processes(&world->units[id]))
		sim_feed(world, &event);
}

static void find_main(struct sim_world *world, unit_id id)
{
	struct sim_unit *unit = &world->units[id];
	struct event event = { .kind = EVENT_MAIN_PROCESS, .unit = id };

	unit->owes_main = false;
	event.main_process.final = true;
	if (unit->extras > 0 && !unit->processes[ROLE_MAIN].alive && !unit->processes[ROLE_MAIN].pending &&
	    (world->kind || sim_chance(&world->random, 90))) {
		unit->extras--;
		unit->processes[ROLE_MAIN] = (struct sim_process){
			.alive = true,
			.pid = ++world->next_pid,
			.phase = EXEC_START,
			.doomed = unit->extras_doomed,
			.killed_by = SIGKILL,
		};
		event.main_process.pid = unit->processes[ROLE_MAIN].pid;
	}
	sim_feed(world, &event);
	if (event.main_process.pid == 0 || core_unit(world->core, id)->main_pid == event.main_process.pid ||
	    unit->processes[ROLE_MAIN].pid != event.main_process.pid || !unit->processes[ROLE_MAIN].alive)
		return;
	unit->processes[ROLE_MAIN].alive = false; /* too late: the core does not take it for the main process */
	unit->extras++;
}

static void tell_conditions(struct sim_world *world, unit_id id)
{
	struct event event = { .kind = EVENT_CONDITIONS, .unit = id };

	world->units[id].owes_conditions = false;
	event.conditions.outcome = world->kind || sim_chance(&world->random, 70) ? CONDITIONS_HOLD
				   : sim_chance(&world->random, 50)              ? CONDITIONS_SKIP
										 : CONDITIONS_ASSERT_FAILED;
	event.conditions.failed = "ConditionPathExists=/x";
	sim_feed(world, &event);
}

/* What the clocks say; a machine that is kind has no calendar event to come. */
static void tell_facts(struct sim_world *world, unit_id id)
{
	struct event event = { .kind = EVENT_TIMER_FACTS, .unit = id };

	world->units[id].owes_facts = false;
	event.timer_facts.next = USEC_INFINITY;
	if (!world->kind && sim_chance(&world->random, 60))
		event.timer_facts.next = world->now + sim_below(&world->random, 5000000) - 1000000;
	event.timer_facts.stamp = sim_below(&world->random, 2);
	event.timer_facts.random = world->random.state;
	event.timer_facts.startup = 900 * USEC_PER_SEC;
	sim_feed(world, &event);
}

static void notify(struct sim_world *world, unit_id id)
{
	static const unsigned kinds[] = {
		NOTIFY_READY,    NOTIFY_READY,  NOTIFY_WATCHDOG,         NOTIFY_RELOADING | NOTIFY_MONOTONIC,
		NOTIFY_STOPPING, NOTIFY_STATUS, NOTIFY_WATCHDOG_TRIGGER, NOTIFY_EXTEND_TIMEOUT
	};
	struct event event = { .kind = EVENT_NOTIFY, .unit = id };

	event.notify.flags =
		world->kind ? NOTIFY_READY : kinds[sim_below(&world->random, sizeof kinds / sizeof *kinds)];
	world->units[id].said_stopping |= (event.notify.flags & NOTIFY_STOPPING) != 0;
	event.notify.sender = sim_chance(&world->random, 50) ? SENDER_MAIN : SENDER_SUPERVISOR;
	event.notify.status = "words";
	event.notify.monotonic = world->now;
	event.notify.extend_timeout = USEC_PER_SEC;
	sim_feed(world, &event);
}

static void ask(struct sim_world *world)
{
	static const enum request_verb verbs[] = {
		REQUEST_START,
		REQUEST_START,
		REQUEST_START,
		REQUEST_STOP,
		REQUEST_STOP,
		REQUEST_RESTART,
		REQUEST_TRY_RESTART,
		REQUEST_RELOAD,
		REQUEST_RELOAD_OR_RESTART,
		REQUEST_RELOAD_OR_TRY_RESTART,
		REQUEST_VERIFY_ACTIVE,
		REQUEST_CANCEL,
		REQUEST_RESET_FAILED,
		REQUEST_HURRY,
	};
	struct event event = { .kind = EVENT_REQUEST, .unit = sim_below(&world->random, world->unit_count) };

	event.request.verb = verbs[sim_below(&world->random, sizeof verbs / sizeof *verbs)];
	event.request.mode =
		sim_chance(&world->random, 80) ? JOB_MODE_REPLACE : sim_below(&world->random, JOB_MODE_COUNT);
	event.request.by_user = sim_chance(&world->random, 50);
	event.request.more = sim_chance(&world->random, 5);
	if (world->next_request < SIM_REQUESTS_MAX)
		event.request.request = world->next_request++;
	world->unordered = world->unordered || event.request.mode == JOB_MODE_IGNORE_DEPENDENCIES;
	if (event.request.verb == REQUEST_RESET_FAILED)
		world->units[event.unit].start_count = 0;
	sim_note_request(world, &event);
	sim_feed(world, &event);
}

/* SIGKILL takes effect before any deadline: a process that outlives it hangs in the kernel, which is not drawn here. */
void sim_bury_the_killed(struct sim_world *world)
{
	for (unit_id id = 0; id < world->unit_count; id++) {
		struct sim_unit *unit = &world->units[id];
		for (enum process_role role = ROLE_MAIN; role < ROLE_COUNT; role++)
			if (unit->processes[role].alive && unit->processes[role].doomed &&
			    unit->processes[role].killed_by == SIGKILL)
				end_process(world, id, role);
		while (unit->extras > 0 && unit->extras_killed)
			end_extras(world, id);
		if (unit->owes_empty && !sim_unit_has_processes(unit))
			tell_empty(world, id);
	}
}

bool sim_let_time_pass(struct sim_world *world)
{
	sim_bury_the_killed(world);
	usec deadline = core_next_deadline(world->core);
	struct event event = { .kind = EVENT_DEADLINE, .unit = UNIT_ID_NONE };

	if (deadline == USEC_INFINITY)
		return false;
	if (deadline > world->now)
		world->now = deadline;
	sim_feed(world, &event);
	return true;
}

/* An event that makes no sense now, as a late or forged one would be. */
static void confuse(struct sim_world *world)
{
	unit_id id = sim_below(&world->random, world->unit_count);
	struct event event = { .kind = EVENT_NOTIFY, .unit = id };

	switch (sim_below(&world->random, 6)) {
	case 0:
		event.notify.flags = NOTIFY_READY | NOTIFY_STOPPING;
		event.notify.sender = SENDER_OTHER;
		break;
	case 1:
		sim_bury_the_killed(world);
		event.kind = EVENT_DEADLINE;
		break;
	case 2:
		event.kind = EVENT_OOM_KILLED;
		break;
	case 3:
		event.kind = EVENT_CLOCK;
		event.clock.zone = sim_chance(&world->random, 50);
		break;
	case 4:
		event.kind = EVENT_TIMER_FACTS;
		event.timer_facts.next = world->now;
		if (world->units[id].owes_facts)
			return;
		break;
	default:
		event.kind = EVENT_CONDITIONS;
		if (world->units[id].owes_conditions)
			return;
		break;
	}
	sim_feed(world, &event);
}

static void add(struct choices *choices, enum happening what, unit_id unit, enum process_role role, uint32_t weight)
{
	while (weight-- > 0 && choices->count < sizeof choices->items / sizeof *choices->items)
		choices->items[choices->count++] = (struct choice){ .what = what, .unit = unit, .role = role };
}

static bool ends_by_itself(const struct sim_world *world, const struct sim_process *process, unit_id id)
{
	const struct unit *unit = core_unit(world->core, id);

	if (process->doomed || world->units[id].said_stopping || world->units[id].changed_in_between || !world->kind)
		return true;
	return process->phase != EXEC_START || unit->definition->service->type == SERVICE_ONESHOT ||
	       unit->definition->service->type == SERVICE_FORKING;
}

static void gather_for_unit(const struct sim_world *world, struct choices *choices, unit_id id)
{
	const struct sim_unit *unit = &world->units[id];

	for (enum process_role role = ROLE_MAIN; role < ROLE_COUNT; role++) {
		const struct sim_process *process = &unit->processes[role];
		if (process->pending)
			add(choices, SPAWN_IS_ANSWERED, id, role, 2);
		else if (process->alive && ends_by_itself(world, process, id))
			add(choices, PROCESS_ENDS, id, role, 1);
	}
	if (unit->extras > 0 && (unit->extras_doomed || unit->said_stopping || !world->kind))
		add(choices, EXTRAS_END, id, ROLE_MAIN, 1);
	if (unit->owes_empty)
		add(choices, EMPTY_IS_TOLD, id, ROLE_MAIN, 1);
	if (unit->owes_main)
		add(choices, MAIN_IS_FOUND, id, ROLE_MAIN, 1);
	if (unit->owes_conditions)
		add(choices, CONDITIONS_ARE_KNOWN, id, ROLE_MAIN, 1);
	if (unit->owes_facts)
		add(choices, CLOCKS_ARE_READ, id, ROLE_MAIN, 1);
	const struct unit *state = core_unit(world->core, id);
	bool awaited = state->sub_state == SUB_START || state->sub_state == SUB_RELOAD_NOTIFY ||
		       state->sub_state == SUB_RELOAD_SIGNAL;
	if (unit->processes[ROLE_MAIN].alive && (!world->kind || awaited))
		add(choices, SERVICE_NOTIFIES, id, ROLE_MAIN, 1);
}

static void carry_out(struct sim_world *world, const struct choice *choice)
{
	switch (choice->what) {
	case SPAWN_IS_ANSWERED:
		answer_spawn(world, choice->unit, choice->role);
		break;
	case PROCESS_ENDS:
		end_process(world, choice->unit, choice->role);
		break;
	case EXTRAS_END:
		end_extras(world, choice->unit);
		break;
	case EMPTY_IS_TOLD:
		tell_empty(world, choice->unit);
		break;
	case MAIN_IS_FOUND:
		find_main(world, choice->unit);
		break;
	case CONDITIONS_ARE_KNOWN:
		tell_conditions(world, choice->unit);
		break;
	case CLOCKS_ARE_READ:
		tell_facts(world, choice->unit);
		break;
	case SERVICE_NOTIFIES:
		notify(world, choice->unit);
		break;
	case SOMEBODY_ASKS:
		ask(world);
		break;
	case TIME_PASSES:
		sim_let_time_pass(world);
		break;
	case SPURIOUS:
		confuse(world);
		break;
	case UNITS_ARE_RELOADED:
		sim_reload(world);
		break;
	case SVINIT_IS_REPLACED:
		sim_reexec(world);
		break;
	case SVINIT_IS_KILLED:
		sim_kill_svinit(world);
		break;
	}
}

bool sim_something_happens(struct sim_world *world)
{
	struct choices choices; /* as large as the largest world, of which most is never used */

	choices.count = 0;

	for (unit_id id = 0; id < world->unit_count; id++)
		gather_for_unit(world, &choices, id);
	if (!world->kind) {
		add(&choices, SOMEBODY_ASKS, 0, ROLE_MAIN, 1 + choices.count / 6);
		add(&choices, TIME_PASSES, 0, ROLE_MAIN, 1 + choices.count / 10);
		add(&choices, SPURIOUS, 0, ROLE_MAIN, 1);
		if (sim_chance(&world->random, 6))
			add(&choices, UNITS_ARE_RELOADED, 0, ROLE_MAIN, 1);
	}
	/* Also while all others behave, for then what has got lost shows; but not for ever. */
	if (world->mortal && choices.count > 0 && !world->left && !world->dying &&
	    sim_chance(&world->random, world->kind ? 2 : 10)) {
		add(&choices, SVINIT_IS_REPLACED, 0, ROLE_MAIN, 1);
		add(&choices, SVINIT_IS_KILLED, 0, ROLE_MAIN, 1);
	}
	if (choices.count == 0)
		return false;
	world->now += sim_below(&world->random, 5000);
	carry_out(world, &choices.items[sim_below(&world->random, choices.count)]);
	return true;
}
