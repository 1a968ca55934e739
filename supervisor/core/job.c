#include "supervisor/core/job.h"

#include <errno.h>
#include <stdlib.h>

#include "supervisor/core/idle_wait.h"
#include "supervisor/core/unit_state.h"

/* Order. */

static bool stops_first(const struct unit *unit)
{
	return unit->job_type == JOB_STOP || unit->job_type == JOB_RESTART;
}

static void count_wait(struct core *core, struct unit *unit, int by)
{
	unit->private->waiting += (uint32_t)by;
	idle_wait_recount(core, unit);
	if (unit->private->waiting == 0)
		job_queue_run(core, unit);
}

/* `first` is ordered before `second`, but stopping goes the other way round: what stops later units comes first. */
static void count_pair(struct core *core, struct unit *first, struct unit *second, int by)
{
	count_wait(core, stops_first(second) ? first : second, by);
}

static void count_neighbours(struct core *core, struct unit *unit, int by)
{
	for (struct edge_range range = edges_of(unit, EDGE_BEFORE); range.at < range.end; range.at++) {
		struct unit *later = core_at(core, edge_other(*range.at));

		if (later->private->ordered)
			count_pair(core, unit, later, by);
	}
	for (struct edge_range range = edges_of(unit, EDGE_AFTER); range.at < range.end; range.at++) {
		struct unit *earlier = core_at(core, edge_other(*range.at));

		if (earlier->private->ordered)
			count_pair(core, earlier, unit, by);
	}
}

void job_order_attach(struct core *core, struct unit *unit)
{
	if (unit->job_type == JOB_NONE || unit->private->ordered)
		return;
	count_neighbours(core, unit, 1);
	unit->private->ordered = true;
}

void job_order_detach(struct core *core, struct unit *unit)
{
	if (!unit->private->ordered)
		return;
	unit->private->ordered = false;
	count_neighbours(core, unit, -1);
}

/* The queue of jobs to look at. */

void job_queue_run(struct core *core, struct unit *unit)
{
	struct unit_private *private = unit->private;

	if (private->run_queued || unit->job_type == JOB_NONE || unit->job_state != JOB_WAITING)
		return;
	private->run_queued = true;
	private->run_next = UNIT_ID_NONE;
	if (core->run_head == UNIT_ID_NONE)
		core->run_head = unit->id;
	else
		core_at(core, core->run_tail)->private->run_next = unit->id;
	core->run_tail = unit->id;
}

struct unit *job_take_runnable(struct core *core)
{
	struct unit *unit;

	if (core->run_head == UNIT_ID_NONE)
		return NULL;
	unit = core_at(core, core->run_head);
	core->run_head = unit->private->run_next;
	unit->private->run_queued = false;
	return unit;
}

/* Requests that wait. */

int job_reserve_waiter(struct core *core)
{
	struct waiter_pool *pool = &core->waiters;
	uint32_t capacity = pool->capacity ? pool->capacity * 2 : 16;
	struct waiter *items;

	if (pool->free || pool->count < pool->capacity)
		return 0;
	items = realloc(pool->items, capacity * sizeof *items);
	if (!items)
		return -ENOMEM;
	pool->items = items;
	pool->capacity = capacity;
	return 0;
}

void job_add_waiter(struct core *core, struct unit *unit, uint64_t request, enum job_type type)
{
	struct waiter_pool *pool = &core->waiters;
	uint32_t index;

	if (request == 0)
		return;
	if (pool->free) {
		index = pool->free;
		pool->free = pool->items[index - 1].next;
	} else {
		index = ++pool->count;
	}
	unit_touch(core, unit);
	pool->items[index - 1] = (struct waiter){ request, unit->private->waiters, (uint8_t)type };
	unit->private->waiters = index;
}

static uint64_t first_request(const struct core *core, const struct unit *unit)
{
	return unit->private->waiters ? core->waiters.items[unit->private->waiters - 1].request : 0;
}

static void answer_waiters(struct core *core, struct unit *unit, enum job_result result, const char *text)
{
	struct waiter_pool *pool = &core->waiters;
	uint32_t index = unit->private->waiters;

	unit->private->waiters = 0;
	while (index) {
		struct waiter *waiter = &pool->items[index - 1];
		uint32_t next = waiter->next;

		core_answer(core, unit->id, waiter->request, unit->job, result, text);
		waiter->next = pool->free;
		pool->free = index;
		index = next;
	}
}

/* A job's life. */

static void tell_job(struct core *core, const struct unit *unit, bool ended, enum job_result result)
{
	core_push(core, &(struct action){ .kind = ACTION_JOB_CHANGED,
					  .unit = unit->id,
					  .job = { unit->job, first_request(core, unit), ended, result } });
}

static void arm_job_timeout(struct core *core, struct unit *unit)
{
	usec timeout = options_of(unit)->job_timeout;
	struct unit_rare *rare;

	if (timeout == USEC_INFINITY || timeout == 0)
		return;
	rare = unit_own_rare(unit);
	if (!rare)
		return;
	rare->job_queued_deadline = usec_add(core->now, timeout);
	unit_rearm(core, unit);
}

static void disarm_job_timeouts(struct core *core, struct unit *unit)
{
	if (!unit->private->rare)
		return;
	unit->private->rare->job_queued_deadline = USEC_INFINITY;
	unit->private->rare->job_running_deadline = USEC_INFINITY;
	unit_rearm(core, unit);
}

void job_change_type(struct core *core, struct unit *unit, enum job_type type)
{
	unit_touch(core, unit);
	job_order_detach(core, unit);
	unit->job_type = (uint8_t)type;
	unit->job_state = JOB_WAITING;
	job_order_attach(core, unit);
	idle_wait_recount(core, unit);
	job_queue_run(core, unit);
}

void job_stop_waiting(struct core *core, struct unit *unit)
{
	unit_touch(core, unit);
	unit->private->ignore_order = true;
	idle_wait_recount(core, unit);
	job_queue_run(core, unit);
}

static void create_job(struct core *core, struct unit *unit, const struct job_order *order)
{
	if (++core->last_job == 0)
		core->last_job = 1;
	unit->job = core->last_job;
	unit->private->ignore_order = order->ignore_order;
	unit->private->irreversible = order->irreversible;
	unit->private->stopping_for_other = order->bound;
	core->job_count++;
	job_change_type(core, unit, order->type);
	arm_job_timeout(core, unit);
	tell_job(core, unit, false, JOB_DONE);
}

/* A running job that does what is asked for anyway goes on; a reload is not the same as one that began earlier. */
static bool serves(const struct unit *unit, enum job_type type)
{
	return unit->job_type == type && !(type == JOB_RELOAD && unit->job_state == JOB_RUNNING);
}

static void merge_job(struct core *core, struct unit *unit, const struct job_order *order, enum job_type type)
{
	unit_touch(core, unit);
	if (!order->bound)
		unit->private->stopping_for_other = false;
	unit->private->irreversible |= order->irreversible;
	unit->private->ignore_order &= order->ignore_order;
	idle_wait_recount(core, unit);
	if (serves(unit, type))
		return;
	job_change_type(core, unit, type);
	tell_job(core, unit, false, JOB_DONE);
}

void job_note_desire(struct core *core, struct unit *unit, const struct job_order *order)
{
	unit_touch(core, unit);
	if (order->type == JOB_START || order->type == JOB_RESTART) {
		unit->wanted = true;
		unit->private->hurry = false;
	} else if (order->type == JOB_STOP && !order->bound) {
		unit->wanted = false;
		unit_set_blocked(core, unit, UNIT_ID_NONE);
	}
}

void job_install(struct core *core, struct unit *unit, const struct job_order *order)
{
	enum job_type type;

	job_note_desire(core, unit, order);
	if (unit->job_type == JOB_NONE) {
		create_job(core, unit, order);
		return;
	}
	type = job_merge((enum job_type)unit->job_type, order->type);
	if (type < JOB_TYPE_COUNT) {
		merge_job(core, unit, order, job_collapse(type, unit));
		return;
	}
	job_finish(core, unit, JOB_CANCELED, "replaced by a later request");
	if (unit->job_type == JOB_NONE)
		create_job(core, unit, order);
}

static void end_job(struct core *core, struct unit *unit, enum job_result result, const char *text)
{
	unit_touch(core, unit);
	tell_job(core, unit, true, result);
	answer_waiters(core, unit, result, text);
	job_order_detach(core, unit);
	disarm_job_timeouts(core, unit);
	unit->job = 0;
	unit->job_type = JOB_NONE;
	unit->job_state = JOB_WAITING;
	unit->private->waiting = 0;
	unit->private->ignore_order = false;
	unit->private->irreversible = false;
	core->job_count--;
	idle_wait_recount(core, unit);
	unit_tell_triggers(core, unit);
	if (unit->sub_state == SUB_AUTO_RESTART_QUEUED && result != JOB_DONE)
		unit_set_state(core, unit, unit->result == RESULT_SUCCESS ? SUB_DEAD : SUB_FAILED);
}

static bool fails_dependents(enum job_type type, enum job_result result)
{
	if (result == JOB_DONE || result == JOB_SKIPPED)
		return false;
	return type == JOB_START || type == JOB_VERIFY_ACTIVE || type == JOB_RESTART;
}

static void push_failed(struct core *core, struct unit *unit)
{
	unit->private->fail_next = core->fail_head;
	core->fail_head = unit->id;
}

/* It is up, so its own dependents have what they require; but what it is bound to is still down. */
static void fail_up_dependent(struct core *core, struct unit *unit, struct unit *dependency)
{
	end_job(core, unit, JOB_DEPENDENCY, dependency->failure);
	if (is_down(dependency))
		unit_queue_effect(core, dependency, EFFECT_DOWN);
}

static void fail_one_dependent(struct core *core, struct unit *unit, struct unit *dependency)
{
	enum job_type type = (enum job_type)unit->job_type;

	if ((type != JOB_START && type != JOB_VERIFY_ACTIVE) || unit->job_state != JOB_WAITING)
		return;
	if (is_up(unit)) {
		fail_up_dependent(core, unit, dependency);
		return;
	}
	unit_clear_failure(unit);
	unit_set_failure(unit, "%s, which it requires, is not up%s%s", dependency->definition->name,
			 dependency->failure ? ": " : "", dependency->failure ? dependency->failure : "");
	if (unit->wanted)
		unit_set_blocked(core, unit, dependency->id);
	core_record(core, unit, RECORD_WARNING, "not started: %s", unit->failure ? unit->failure : "out of memory");
	end_job(core, unit, JOB_DEPENDENCY, unit->failure);
	unit_changed(core, unit);
	push_failed(core, unit);
}

static void fail_dependents(struct core *core, struct unit *unit)
{
	static const unsigned codes[] = { EDGE_INVERSE(DEPENDENCY_REQUIRES), EDGE_INVERSE(DEPENDENCY_BINDS_TO),
					  EDGE_INVERSE(DEPENDENCY_REQUISITE) };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		for (struct edge_range range = edges_of(unit, codes[i]); range.at < range.end; range.at++)
			fail_one_dependent(core, core_at(core, edge_other(*range.at)), unit);
}

void job_finish(struct core *core, struct unit *unit, enum job_result result, const char *text)
{
	enum job_type type = (enum job_type)unit->job_type;

	if (type == JOB_NONE)
		return;
	end_job(core, unit, result, text);
	if (type != JOB_STOP)
		unit_queue_effect(core, unit, EFFECT_UNNEEDED);
	else if (is_up(unit) && unit->private->blocked_count > 0)
		unit_queue_effect(core, unit, EFFECT_UP); /* it stays: who went down with it may come back */
	if (is_up(unit) || !fails_dependents(type, result))
		return; /* a restart that never came about leaves what they require */
	push_failed(core, unit);
	while (core->fail_head != UNIT_ID_NONE) {
		struct unit *failed = core_at(core, core->fail_head);

		core->fail_head = failed->private->fail_next;
		fail_dependents(core, failed);
	}
}

void job_cancel(struct core *core, struct unit *unit, const char *text)
{
	job_finish(core, unit, JOB_CANCELED, text);
	if (!is_down(unit))
		return;
	unit->wanted = false;
	unit_set_blocked(core, unit, UNIT_ID_NONE);
}

void unit_set_blocked(struct core *core, struct unit *unit, unit_id by)
{
	struct unit *before = core_at(core, unit->blocked_by);
	struct unit *after = core_at(core, by);

	unit_touch(core, unit);
	if (before)
		before->private->blocked_count--;
	unit->blocked_by = after ? by : UNIT_ID_NONE;
	if (after)
		after->private->blocked_count++;
}
