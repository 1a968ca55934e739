/* Timers: when they elapse, what they start, and what makes them count again. */
#include "tests/unit/core_world.h"

static struct unit_definition *define_timer(const char *name, const char *triggers)
{
	struct unit_definition *definition = define(name);

	depend(definition, DEPENDENCY_TRIGGERS, triggers);
	return definition;
}

static void add_line(struct unit_definition *definition, enum timer_base base, usec span)
{
	struct timer_definition *timer = definition->timer;

	timer->lines = realloc(timer->lines, (timer->line_count + 1) * sizeof *timer->lines);
	timer->lines[timer->line_count++] = (struct timer_line){ .base = base, .span = span };
}

/* What the clocks say; `next` as a span from now, USEC_INFINITY for none. */
static void tell_facts(struct world *world, unit_id timer, usec next)
{
	struct event event = { .kind = EVENT_TIMER_FACTS, .unit = timer };

	event.timer_facts.next = usec_add(world->now, next);
	event.timer_facts.startup = 990 * USEC_PER_SEC;
	world_step(world, &event);
}

struct pair {
	struct world world;
	unit_id service, timer;
};

static void begin(struct pair *pair, struct unit_definition *timer)
{
	world_init(&pair->world);
	pair->service = add(&pair->world, define_service("a.service", SERVICE_ONESHOT));
	pair->timer = add_and_link(&pair->world, timer);
}

static void start_timer(struct pair *pair, usec next)
{
	uint64_t request = ask(&pair->world, pair->timer, REQUEST_START);

	assert_answer(&pair->world, request, JOB_DONE);
	assert_state(&pair->world, pair->timer, SUB_WAITING);
	cr_assert_not_null(find(&pair->world, pair->timer, ACTION_TIMER_FACTS));
	tell_facts(&pair->world, pair->timer, next);
}

static void run_service(struct pair *pair)
{
	spawned(&pair->world, pair->service, ROLE_MAIN);
	exited(&pair->world, pair->service, ROLE_MAIN, 0);
}

Test(timer, elapses_after_its_start)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_ACTIVE, 5 * USEC_PER_SEC);
	begin(&pair, definition);
	start_timer(&pair, USEC_INFINITY);
	pass(&pair.world, 4 * USEC_PER_SEC);
	assert_state(&pair.world, pair.service, SUB_DEAD);
	pass(&pair.world, 1 * USEC_PER_SEC);
	assert_spawn(&pair.world, pair.service, EXEC_START, 0);
	assert_state(&pair.world, pair.timer, SUB_RUNNING);
	cr_assert_not_null(find(&pair.world, pair.timer, ACTION_TIMER_ELAPSED));
	cr_assert_eq(look(&pair.world, pair.service)->trigger, pair.timer);
	run_service(&pair);
	assert_state(&pair.world, pair.timer, SUB_WAITING);
	tell_facts(&pair.world, pair.timer, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_ELAPSED);
	cr_assert_eq(look(&pair.world, pair.service)->trigger, UNIT_ID_NONE);
	world_finish(&pair.world);
}

Test(timer, does_not_overlap)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_CALENDAR, 0);
	begin(&pair, definition);
	start_timer(&pair, USEC_PER_SEC);
	pass(&pair.world, USEC_PER_SEC);
	spawned(&pair.world, pair.service, ROLE_MAIN);
	pass(&pair.world, 3600 * USEC_PER_SEC);
	assert_state(&pair.world, pair.timer, SUB_RUNNING);
	exited(&pair.world, pair.service, ROLE_MAIN, 0);
	cr_assert_not_null(find(&pair.world, pair.timer, ACTION_TIMER_FACTS));
	world_finish(&pair.world);
}

Test(timer, counts_from_the_end_of_what_it_triggers)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_UNIT_INACTIVE, 10 * USEC_PER_SEC);
	begin(&pair, definition);
	start_timer(&pair, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_ELAPSED);
	ask(&pair.world, pair.service, REQUEST_START);
	cr_assert_not_null(find(&pair.world, pair.timer, ACTION_TIMER_FACTS));
	run_service(&pair);
	tell_facts(&pair.world, pair.timer, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_WAITING);
	pass(&pair.world, 10 * USEC_PER_SEC);
	assert_state(&pair.world, pair.timer, SUB_RUNNING);
	world_finish(&pair.world);
}

/* OnBootSec= that lies behind us elapses at once when the timer starts, and not again after that. */
Test(timer, a_moment_that_is_past_counts_once)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_STARTUP, 5 * USEC_PER_SEC);
	begin(&pair, definition);
	start_timer(&pair, USEC_INFINITY);
	assert_spawn(&pair.world, pair.service, EXEC_START, 0);
	run_service(&pair);
	tell_facts(&pair.world, pair.timer, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_ELAPSED);
	world_finish(&pair.world);
}

Test(timer, goes_down_when_nothing_is_to_come)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	definition->timer->remain_after_elapse = false;
	add_line(definition, TIMER_ON_ACTIVE, USEC_PER_SEC);
	begin(&pair, definition);
	start_timer(&pair, USEC_INFINITY);
	pass(&pair.world, USEC_PER_SEC);
	run_service(&pair);
	tell_facts(&pair.world, pair.timer, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_DEAD);
	world_finish(&pair.world);
}

Test(timer, the_clock_is_set)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_CALENDAR, 0);
	begin(&pair, definition);
	start_timer(&pair, 3600 * USEC_PER_SEC);
	world_step(&pair.world, &(struct event){ .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE });
	cr_assert(find(&pair.world, pair.timer, ACTION_TIMER_FACTS)->timer_facts.stepped);
	tell_facts(&pair.world, pair.timer, 0);
	assert_spawn(&pair.world, pair.service, EXEC_START, 0);
	world_finish(&pair.world);
}

Test(timer, on_clock_change)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	definition->timer->on_clock_change = true;
	begin(&pair, definition);
	start_timer(&pair, USEC_INFINITY);
	assert_state(&pair.world, pair.timer, SUB_ELAPSED);
	world_step(&pair.world,
		   &(struct event){ .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE, .clock = { .zone = true } });
	assert_state(&pair.world, pair.service, SUB_DEAD);
	world_step(&pair.world, &(struct event){ .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE });
	assert_spawn(&pair.world, pair.service, EXEC_START, 0);
	world_finish(&pair.world);
}

Test(timer, random_delay_stays_in_its_bounds)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct timer_view view;
	struct pair pair;
	usec began;

	definition->timer->randomized_delay = 60 * USEC_PER_SEC;
	add_line(definition, TIMER_ON_ACTIVE, USEC_PER_SEC);
	begin(&pair, definition);
	began = pair.world.now;
	start_timer(&pair, USEC_INFINITY);
	cr_assert_eq(core_timer(pair.world.core, pair.timer, &view), 0);
	cr_assert_geq(view.next, began + USEC_PER_SEC);
	cr_assert_lt(view.next, began + 61 * USEC_PER_SEC);
	world_finish(&pair.world);
}

Test(timer, does_not_start_without_what_it_triggers)
{
	struct unit_definition *definition = define_timer("a.timer", "b.service");
	struct pair pair;

	add_line(definition, TIMER_ON_ACTIVE, 0);
	begin(&pair, definition);
	assert_answer(&pair.world, ask(&pair.world, pair.timer, REQUEST_START), JOB_FAILED);
	assert_state(&pair.world, pair.timer, SUB_DEAD);
	world_finish(&pair.world);
}

Test(timer, a_start_that_comes_to_nothing_is_not_waited_for)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;

	add_line(definition, TIMER_ON_CALENDAR, 0);
	begin(&pair, definition);
	start_timer(&pair, 0);
	assert_state(&pair.world, pair.timer, SUB_RUNNING);
	spawn_failed(&pair.world, pair.service, ROLE_MAIN);
	assert_state(&pair.world, pair.timer, SUB_WAITING);
	world_finish(&pair.world);
}

/* Its old moments are gone, the new ones counted, without a restart. */
Test(timer, a_new_definition_is_in_force_at_once)
{
	struct unit_definition *definition = define_timer("a.timer", "a.service");
	struct pair pair;
	unit_id id;

	definition->content_hash = 1;
	add_line(definition, TIMER_ON_CALENDAR, 0);
	begin(&pair, definition);
	start_timer(&pair, USEC_PER_SEC);
	definition = define_timer("a.timer", "a.service");
	definition->content_hash = 2;
	add_line(definition, TIMER_ON_ACTIVE, 3600 * USEC_PER_SEC);
	cr_assert_eq(core_define(pair.world.core, definition, &id), 0);
	unit_definition_release(definition);
	link_all(&pair.world);
	pass(&pair.world, 0);
	cr_assert_not_null(find(&pair.world, pair.timer, ACTION_TIMER_FACTS));
	tell_facts(&pair.world, pair.timer, USEC_INFINITY);
	pass(&pair.world, 3599 * USEC_PER_SEC);
	assert_state(&pair.world, pair.service, SUB_DEAD);
	pass(&pair.world, USEC_PER_SEC);
	assert_state(&pair.world, pair.timer, SUB_RUNNING);
	world_finish(&pair.world);
}

/* Every way to each state, every event there, and every event behind that: the invariants of core_check() hold. */
enum { WAYS = 7, EVENTS = REQUEST_COUNT + 9 };

static void go_to(struct pair *pair, int way)
{
	if (way == 0)
		return;
	ask(&pair->world, pair->timer, REQUEST_START);
	if (way == 1)
		return;
	tell_facts(&pair->world, pair->timer, way == 2 ? USEC_INFINITY : USEC_PER_SEC);
	if (way <= 3)
		return;
	pass(&pair->world, USEC_PER_SEC);
	if (way == 4)
		return;
	spawned(&pair->world, pair->service, ROLE_MAIN);
	if (way == 5)
		return;
	exited(&pair->world, pair->service, ROLE_MAIN, 1);
}

static void let_happen(struct pair *pair, int which)
{
	struct event event = { .unit = pair->timer };

	if (which < REQUEST_COUNT) {
		ask(&pair->world, pair->timer, (enum request_verb)which);
		return;
	}
	switch (which - REQUEST_COUNT) {
	case 0:
		tell_facts(&pair->world, pair->timer, USEC_INFINITY);
		return;
	case 1:
		tell_facts(&pair->world, pair->timer, 0);
		return;
	case 2:
		event = (struct event){ .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE };
		break;
	case 3:
		event = (struct event){ .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE, .clock = { .zone = true } };
		break;
	case 4:
		pass(&pair->world, 10 * USEC_PER_SEC);
		return;
	case 5:
		ask(&pair->world, pair->service, REQUEST_START);
		return;
	case 6:
		ask(&pair->world, pair->service, REQUEST_STOP);
		return;
	case 7:
		event.kind = EVENT_EXITED;
		break;
	default:
		event.kind = EVENT_CONDITIONS;
		break;
	}
	world_step(&pair->world, &event);
}

Test(timer, each_state_meets_each_event_and_then_each_event)
{
	bool reached[SUB_STATE_COUNT] = { 0 };

	for (int number = 0; number < WAYS * EVENTS * EVENTS; number++) {
		struct unit_definition *definition = define_timer("a.timer", "a.service");
		struct pair pair;

		definition->timer->on_clock_change = number % 2;
		definition->timer->remain_after_elapse = number % 3;
		add_line(definition, (enum timer_base)(number % TIMER_BASE_COUNT), 2 * USEC_PER_SEC);
		begin(&pair, definition);
		go_to(&pair, number / EVENTS / EVENTS);
		reached[look(&pair.world, pair.timer)->sub_state] = true;
		let_happen(&pair, number / EVENTS % EVENTS);
		let_happen(&pair, number % EVENTS);
		reached[look(&pair.world, pair.timer)->sub_state] = true;
		world_finish(&pair.world);
	}
	cr_assert(reached[SUB_DEAD] && reached[SUB_WAITING] && reached[SUB_ELAPSED] && reached[SUB_RUNNING]);
}
