/* Sockets: what a connection starts, and what makes them listen again. */
#include "tests/unit/core_world.h"

struct pair {
	struct world world;
	unit_id service, socket;
};

static void begin(struct pair *pair)
{
	struct unit_definition *definition = define("a.socket");

	depend(definition, DEPENDENCY_TRIGGERS, "a.service");
	world_init(&pair->world);
	pair->service = add(&pair->world, define_service("a.service", SERVICE_SIMPLE));
	pair->socket = add_and_link(&pair->world, definition);
}

static void opened(struct pair *pair, int error)
{
	struct event event = { .kind = EVENT_SOCKETS, .unit = pair->socket };

	event.sockets.error = error;
	event.sockets.text = "it is so";
	world_step(&pair->world, &event);
}

static void connected(struct pair *pair)
{
	world_step(&pair->world, &(struct event){ .kind = EVENT_CONNECTION, .unit = pair->socket });
}

static void assert_watched(struct pair *pair, bool on)
{
	const struct action *action = find(&pair->world, pair->socket, ACTION_WATCH_SOCKETS);

	cr_assert_not_null(action);
	cr_assert_eq(action->watch_sockets.on, on);
}

static void set_up_listening(struct pair *pair)
{
	begin(pair);
	ask(&pair->world, pair->socket, REQUEST_START);
	cr_assert_not_null(find(&pair->world, pair->socket, ACTION_OPEN_SOCKETS));
	opened(pair, 0);
	assert_state(&pair->world, pair->socket, SUB_LISTENING);
	assert_watched(pair, true);
}

Test(socket, a_connection_starts_the_service)
{
	struct pair pair;

	set_up_listening(&pair);
	connected(&pair);
	assert_spawn(&pair.world, pair.service, EXEC_START, 0);
	assert_state(&pair.world, pair.socket, SUB_RUNNING);
	assert_watched(&pair, false);
	spawned(&pair.world, pair.service, ROLE_MAIN);
	exited(&pair.world, pair.service, ROLE_MAIN, 0);
	assert_state(&pair.world, pair.socket, SUB_LISTENING);
	assert_watched(&pair, true);
	world_finish(&pair.world);
}

Test(socket, a_service_started_by_hand_has_the_sockets)
{
	struct pair pair;

	set_up_listening(&pair);
	ask(&pair.world, pair.service, REQUEST_START);
	spawned(&pair.world, pair.service, ROLE_MAIN);
	assert_state(&pair.world, pair.socket, SUB_RUNNING);
	connected(&pair);
	cr_assert_null(find(&pair.world, pair.service, ACTION_SPAWN));
	ask(&pair.world, pair.service, REQUEST_STOP);
	exited(&pair.world, pair.service, ROLE_MAIN, 0);
	assert_state(&pair.world, pair.socket, SUB_LISTENING);
	world_finish(&pair.world);
}

Test(socket, cannot_be_opened)
{
	uint64_t request;
	struct pair pair;

	begin(&pair);
	request = ask(&pair.world, pair.socket, REQUEST_START);
	opened(&pair, EADDRINUSE);
	assert_answer(&pair.world, request, JOB_FAILED);
	assert_state(&pair.world, pair.socket, SUB_FAILED);
	assert_result(&pair.world, pair.socket, RESULT_RESOURCES);
	cr_assert_not_null(find(&pair.world, pair.socket, ACTION_CLOSE_SOCKETS));
	world_finish(&pair.world);
}

Test(socket, is_triggered_too_often)
{
	struct pair pair;

	set_up_listening(&pair);
	for (int i = 0; i < 21; i++) {
		connected(&pair);
		if (find(&pair.world, pair.service, ACTION_SPAWN))
			spawn_failed(&pair.world, pair.service, ROLE_MAIN);
	}
	assert_state(&pair.world, pair.socket, SUB_FAILED);
	world_finish(&pair.world);
}

Test(socket, does_not_start_beside_a_service_that_runs)
{
	struct pair pair;

	begin(&pair);
	set_up_running(&pair.world, pair.service);
	assert_answer(&pair.world, ask(&pair.world, pair.socket, REQUEST_START), JOB_FAILED);
	assert_state(&pair.world, pair.socket, SUB_DEAD);
	world_finish(&pair.world);
}

Test(socket, a_stop_closes_it_and_nothing_comes_any_more)
{
	struct pair pair;

	set_up_listening(&pair);
	ask(&pair.world, pair.socket, REQUEST_STOP);
	cr_assert_not_null(find(&pair.world, pair.socket, ACTION_CLOSE_SOCKETS));
	connected(&pair);
	assert_state(&pair.world, pair.service, SUB_DEAD);
	world_finish(&pair.world);
}

enum { WAYS = 5, EVENTS = REQUEST_COUNT + 8 };

static void go_to(struct pair *pair, int way)
{
	begin(pair);
	if (way > 0)
		ask(&pair->world, pair->socket, REQUEST_START);
	if (way > 1)
		opened(pair, way == 2 ? EACCES : 0);
	if (way > 3)
		connected(pair);
}

static void let_happen(struct pair *pair, int which)
{
	if (which < REQUEST_COUNT) {
		ask(&pair->world, pair->socket, (enum request_verb)which);
		return;
	}
	switch (which - REQUEST_COUNT) {
	case 0:
		opened(pair, 0);
		break;
	case 1:
		opened(pair, EMFILE);
		break;
	case 2:
		connected(pair);
		break;
	case 3:
		spawned(&pair->world, pair->service, ROLE_MAIN);
		break;
	case 4:
		spawn_failed(&pair->world, pair->service, ROLE_MAIN);
		break;
	case 5:
		ask(&pair->world, pair->service, REQUEST_START);
		break;
	case 6:
		ask(&pair->world, pair->service, REQUEST_STOP);
		break;
	default:
		pass(&pair->world, 100 * USEC_PER_SEC);
		break;
	}
}

/* Every way to each state, every event there, and every event behind that: the invariants of core_check() hold. */
Test(socket, each_state_meets_each_event_and_then_each_event)
{
	bool reached[SUB_STATE_COUNT] = { 0 };

	for (int number = 0; number < WAYS * EVENTS * EVENTS; number++) {
		struct pair pair;

		go_to(&pair, number / EVENTS / EVENTS);
		reached[look(&pair.world, pair.socket)->sub_state] = true;
		let_happen(&pair, number / EVENTS % EVENTS);
		let_happen(&pair, number % EVENTS);
		reached[look(&pair.world, pair.socket)->sub_state] = true;
		world_finish(&pair.world);
	}
	cr_assert(reached[SUB_DEAD] && reached[SUB_START_CHOWN] && reached[SUB_LISTENING] && reached[SUB_RUNNING] &&
		  reached[SUB_FAILED]);
}
