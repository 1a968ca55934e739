/* Each allocation of the core fails once: one operation fails, nothing is lost, everything still comes to its end. */
#include "tests/unit/core_world.h"

/* The linker sends the allocations of the core here; see the Makefile. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static bool armed;   /* the core is at work */
static bool lasting; /* there is no memory for the rest of the step, not for one allocation alone */
static bool failed, over;
static unsigned until_failure;

static bool fails_now(void)
{
	if (!armed || over)
		return false;
	if (!failed && until_failure-- > 0)
		return false;
	failed = true;
	over = !lasting;
	return true;
}

static void disarm(void)
{
	armed = false;
	over = failed;
}

void *__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails_now() ? NULL : __real_strdup(text);
}

enum { PENDING_MAX = 64, REQUESTS_MAX = 32 };

struct scene {
	struct world world;
	struct event pending[PENDING_MAX];
	size_t pending_count;
	unsigned answered[REQUESTS_MAX];
	bool left;
	unit_id low, high, oneshot, target;
};

static struct scene scene;

static void answer_later(struct event event)
{
	if (scene.pending_count < PENDING_MAX)
		scene.pending[scene.pending_count++] = event;
}

static void kill_unit(unit_id id)
{
	const struct unit *unit = look(&scene.world, id);
	struct event event = { .kind = EVENT_EXITED, .unit = id };
	bool main = unit->main_pid != 0;

	if (!main && unit->control_pid == 0)
		return;
	event.exited.role = main ? ROLE_MAIN : ROLE_CONTROL;
	event.exited.pid = main ? unit->main_pid : unit->control_pid;
	event.exited.code = CLD_KILLED;
	event.exited.status = SIGTERM;
	event.exited.empty = true;
	answer_later(event);
}

static void perform(const struct action *action)
{
	struct event event = { .unit = action->unit };

	switch (action->kind) {
	case ACTION_SPAWN:
		event.kind = EVENT_SPAWNED;
		event.spawned.role = action->spawn.role;
		event.spawned.pid = ++scene.world.last_pid;
		answer_later(event);
		break;
	case ACTION_SIGNAL:
		kill_unit(action->unit);
		break;
	case ACTION_CHECK_CONDITIONS:
		event.kind = EVENT_CONDITIONS;
		answer_later(event);
		break;
	case ACTION_ANSWER:
		cr_assert_lt(action->answer.request, REQUESTS_MAX);
		scene.answered[action->answer.request]++;
		break;
	case ACTION_LEAVE:
		scene.left = true;
		break;
	default:
		break;
	}
}

/* The failure is the core's: the check and the test's own bookkeeping have all memory. */
static void step(struct event event)
{
	struct world *world = &scene.world;

	armed = true;
	world_step(world, &event);
	disarm();
	for (size_t i = 0; i < world->count; i++)
		perform(&world->seen[i]);
}

static void end_command(unit_id id, enum process_role role, int32_t pid)
{
	struct event event = { .kind = EVENT_EXITED, .unit = id };

	event.exited.role = role;
	event.exited.pid = pid;
	event.exited.code = CLD_EXITED;
	event.exited.empty = true;
	answer_later(event);
}

static void finish_commands(void)
{
	for (unit_id id = 0; id < core_unit_count(scene.world.core); id++) {
		const struct unit *unit = look(&scene.world, id);

		if (unit->control_pid != 0)
			end_command(id, ROLE_CONTROL, unit->control_pid);
		else if (id == scene.oneshot && unit->main_pid != 0)
			end_command(id, ROLE_MAIN, unit->main_pid);
	}
}

/* Answers, then time, as long as the next deadline is near. */
static void settle(usec span)
{
	usec until = scene.world.now + span;

	for (unsigned i = 0; i < 500; i++) {
		usec next = core_next_deadline(scene.world.core);

		if (scene.pending_count == 0)
			finish_commands();
		if (scene.pending_count > 0) {
			struct event event = scene.pending[0];

			memmove(scene.pending, scene.pending + 1, --scene.pending_count * sizeof event);
			step(event);
		} else if (next <= until) {
			scene.world.now = next > scene.world.now ? next : scene.world.now;
			step((struct event){ .kind = EVENT_DEADLINE });
		} else {
			break;
		}
	}
}

static void request(unit_id unit, enum request_verb verb)
{
	struct event event = { .kind = EVENT_REQUEST, .unit = unit };

	event.request.verb = verb;
	event.request.request = ++scene.world.last_request;
	step(event);
	settle(USEC_PER_SEC);
}

static struct unit_definition *make_high(uint64_t hash)
{
	struct unit_definition *definition = define_service("high.service", SERVICE_SIMPLE);
	struct unit_options *options = unit_definition_own_options(definition);

	definition->content_hash = hash;
	options->job_timeout = 50 * USEC_PER_SEC;
	options->conditions = calloc(1, sizeof *options->conditions);
	options->conditions[0].parameter = strdup("/x");
	options->condition_count = 1;
	service(definition)->restart = RESTART_ALWAYS;
	add_command(definition, EXEC_STOP_POST, 0);
	depend(definition, DEPENDENCY_BINDS_TO, "low.service");
	depend(definition, DEPENDENCY_AFTER, "low.service");
	if (hash > 1)
		depend(definition, DEPENDENCY_WANTS, "nowhere.service");
	return definition;
}

/* Each of these is either done or refused; the core stays as it was when it is refused. */
static unit_id define_or_refuse(struct unit_definition *definition)
{
	struct cause cause = { 0 };
	unit_id id = UNIT_ID_NONE;
	int result;

	armed = true;
	result = core_define(scene.world.core, definition, &id);
	disarm();
	cr_assert(result == 0 || result == -ENOMEM);
	if (result < 0) /* once more: memory is back */
		cr_assert_eq(core_define(scene.world.core, definition, &id), 0);
	unit_definition_release(definition);
	cr_assert(core_check(scene.world.core, &cause), "%s", cause.text);
	return id;
}

static void link_or_refuse(void)
{
	struct cause cause = { 0 };
	int result;

	armed = true;
	result = core_link(scene.world.core);
	disarm();
	cr_assert(result == 0 || result == -ENOMEM);
	cr_assert(core_check(scene.world.core, &cause), "%s", cause.text);
	if (result < 0)
		cr_assert_eq(core_link(scene.world.core), 0);
	cr_assert(core_check(scene.world.core, &cause), "%s", cause.text);
}

static void define_all(void)
{
	struct unit_definition *target = define("all.target");

	depend(target, DEPENDENCY_WANTS, "high.service");
	depend(target, DEPENDENCY_WANTS, "oneshot.service");
	depend(target, DEPENDENCY_AFTER, "oneshot.service");
	scene.low = define_or_refuse(define_service("low.service", SERVICE_SIMPLE));
	scene.high = define_or_refuse(make_high(1));
	scene.oneshot = define_or_refuse(define_service("oneshot.service", SERVICE_ONESHOT));
	scene.target = define_or_refuse(target);
	link_or_refuse();
}

static void use_all(void)
{
	request(scene.target, REQUEST_START);
	request(scene.high, REQUEST_RESTART);
	kill_unit(scene.low);
	settle(USEC_PER_SEC);
	request(scene.low, REQUEST_RESTART);
	request(scene.high, REQUEST_RELOAD);
	define_or_refuse(make_high(2));
	link_or_refuse();
	request(scene.target, REQUEST_STOP);
	request(scene.high, REQUEST_START);
	request(scene.low, REQUEST_STOP);
	request(scene.oneshot, REQUEST_START);
}

static void shut_down(void)
{
	request(UNIT_ID_NONE, REQUEST_SHUTDOWN);
	settle(1000 * USEC_PER_SEC);
	cr_assert(scene.left, "the shutdown does not end; low %s high %s",
		  sub_state_name((enum sub_state)look(&scene.world, scene.low)->sub_state),
		  sub_state_name((enum sub_state)look(&scene.world, scene.high)->sub_state));
}

/* True when the allocation that was to fail was made. */
static bool play(unsigned which)
{
	memset(&scene, 0, sizeof scene);
	until_failure = which;
	failed = over = false;
	world_init(&scene.world);
	define_all();
	use_all();
	shut_down();
	for (uint64_t i = 1; i <= scene.world.last_request; i++)
		cr_assert_eq(scene.answered[i], 1, "allocation %u: request %d is answered %u times", which, (int)i,
			     scene.answered[i]);
	world_finish(&scene.world);
	return failed;
}

static void play_all(void)
{
	unsigned which = 0;

	while (play(which))
		which++;
	cr_assert_gt(which, 70, "only %u allocations were made", which);
}

Test(core_memory, every_allocation_may_fail_once)
{
	lasting = false;
	play_all();
}

Test(core_memory, memory_may_be_gone_for_the_rest_of_a_step)
{
	lasting = true;
	play_all();
}
