/* What the core holds: the parts of core.h's opaque structs, for the core's own files. */
#ifndef SVINIT_CORE_CORE_STATE_H
#define SVINIT_CORE_CORE_STATE_H

#include "supervisor/core/action_queue.h"
#include "supervisor/core/core.h"
#include "supervisor/core/deadline_heap.h"
#include "supervisor/core/edge.h"
#include "supervisor/core/start_limit.h"
#include "supervisor/core/touch_list.h"

/* What has happened to a unit and concerns others; gathered while a step runs, dealt with before it ends. */
enum unit_effect {
	EFFECT_UP = 1 << 0,        /* became active */
	EFFECT_DOWN = 1 << 1,      /* became inactive or failed */
	EFFECT_FAILED = 1 << 2,    /* became failed: OnFailure= */
	EFFECT_SUCCEEDED = 1 << 3, /* became inactive with success: OnSuccess= */
	EFFECT_FINAL = 1 << 4,     /* and no automatic restart follows: FailureAction=, SuccessAction= */
	EFFECT_RETRY = 1 << 5,     /* its time to be tried again has come */
	EFFECT_UNNEEDED = 1 << 6,  /* may be needed no more: StopWhenUnneeded= */
	EFFECT_TRIGGERS = 1 << 7,  /* what triggers it wants to know that its state or job has changed */
};

enum notify_state { NOTIFY_STATE_UNKNOWN, NOTIFY_STATE_READY, NOTIFY_STATE_RELOADING, NOTIFY_STATE_STOPPING };

/* Of a timer; times are monotonic. */
struct timer_state {
	usec next;  /* it elapses then; USEC_INFINITY: never */
	usec last;  /* it last elapsed; 0: not yet */
	usec stamp; /* realtime of the last time, as svinit found it on disk */
	bool asked; /* ACTION_TIMER_FACTS is unanswered */
	bool first; /* its moments were not counted yet since its start */
};

/* What few units have; allocated when first needed. */
struct unit_rare {
	usec job_queued_deadline;          /* JobTimeoutSec= */
	usec job_running_deadline;         /* JobRunningTimeoutSec= */
	usec reload_begin;                 /* of Type=notify-reload */
	uint32_t idle_next, idle_previous; /* in the list of those with idle_waiting */
	struct timer_state *timer;         /* of a timer that was ever started */
};

struct unit_private {
	edge *edges;         /* sorted */
	uint64_t edge_codes; /* bit n: there are edges of code n; most questions end here */
	struct unit_rare *rare;
	usec state_deadline; /* of the present sub-state; USEC_INFINITY */
	struct start_limit start_limit;
	uint32_t edge_count;
	uint32_t waiting;       /* ordered jobs of others that must end first */
	uint32_t waiters;       /* requests that wait for the job: index + 1 into the pool */
	uint32_t run_next;      /* in the queue of jobs that may be able to run */
	uint32_t effect_next;   /* in the queue of effects */
	uint32_t fail_next;     /* in the list of failed jobs whose dependents are still to be told */
	uint32_t entry;         /* index + 1 in the transaction that is being made */
	uint32_t changed_step;  /* the step in which ACTION_UNIT_CHANGED was last queued */
	uint32_t blocked_count; /* units with blocked_by here */
	uint8_t effects;        /* enum unit_effect */
	uint8_t notify_state;
	uint8_t spawning;   /* role + 1 of the process whose ACTION_SPAWN is unanswered; 0: none */
	uint8_t main_index; /* of the present ExecStart= command */
	bool run_queued : 1;
	bool effect_queued : 1;
	bool ordered : 1;            /* its job is counted in `waiting` of others */
	bool ignore_order : 1;       /* it does not wait for others (they may for it): job mode ignore-dependencies */
	bool irreversible : 1;       /* job mode replace-irreversibly */
	bool dirty : 1;              /* its own edges are to be made again by core_link() */
	bool checking : 1;           /* ACTION_CHECK_CONDITIONS is unanswered */
	bool main_known : 1;         /* there is, or was in this run, a known main process */
	bool finding_main : 1;       /* ACTION_FIND_MAIN_PROCESS is unanswered */
	bool forbid_restart : 1;     /* it is being stopped on request */
	bool stop_after_spawn : 1;   /* a stop was asked for, or a time-out passed, while spawning */
	bool flush_restarts : 1;     /* the next start counts restarts from 0 */
	bool will_restart : 1;       /* an automatic restart follows the present change of state */
	bool counted_up : 1;         /* in core.up_count */
	bool spawn_lost : 1;         /* no memory for ACTION_SPAWN: fails at the next deadline */
	bool signal_lost : 1;        /* no memory for ACTION_SIGNAL: sent again at the next deadline */
	bool hurry : 1;              /* until it is down, every stop timeout is over at once */
	bool stopping_for_other : 1; /* the stop job comes from BindsTo=: the unit stays wanted */
	bool under_way : 1;          /* its job is counted in core.under_way */
	bool stale : 1;              /* a new definition is in force, which its machine does not know of yet */
	bool idle_waiting : 1;       /* Type=idle: its program is started when no job is under way */
};

struct unit_slot {
	struct unit unit;
	struct unit_private private;
};

/* Further names of units, and where names are found. A zeroed table is valid and empty. */
struct unit_table {
	struct unit **units; /* by id; NULL: free */
	uint32_t *free_ids;
	struct name_entry *entries; /* open addressing, a power of two */
	struct unit_alias *aliases;
	uint32_t count, capacity;
	uint32_t free_count;
	uint32_t entry_capacity, entry_used;
	uint32_t alias_count, alias_capacity;
	uint32_t stub_count;
};

/* Edges that wait for core_link(): unit in the upper half, edge in the lower. */
struct edge_list {
	uint64_t *items;
	size_t count, capacity;
};

struct dependency_graph {
	uint32_t *dirty; /* units whose edges are to be made again */
	uint32_t dirty_count, dirty_capacity;
	char **cycles;
	size_t cycle_count;
};

struct waiter {
	uint64_t request;
	uint32_t next;
	uint8_t type; /* enum job_type: what was asked for */
};

struct waiter_pool {
	struct waiter *items;
	uint32_t count, capacity, free;
};

/* A job that a transaction wants. */
struct transaction_entry {
	unit_id unit;
	unit_id from; /* which pulled it in */
	uint8_t type;
	bool matters;  /* the transaction fails without it */
	bool expanded; /* its dependencies are in */
	bool bound;    /* a stop because of BindsTo=: the unit stays wanted */
};

struct transaction {
	struct transaction_entry *entries;
	uint32_t count, capacity;
	enum job_mode mode;
	bool restart_dependencies; /* dependents of the anchor are restarted */
	unit_id bound_to;          /* a stop for BindsTo= of this one; UNIT_ID_NONE */
	struct cause *cause;
	int error;
};

struct shutdown_plan {
	bool active;
	bool left; /* ACTION_LEAVE is out */
	bool force;
	enum leave_kind leave;
	int exit_status;
};

/* An ACTION_ANSWER for which there was no memory; given at the next step. */
struct lost_answer {
	uint64_t request;
	unit_id unit;
	job_id job;
	enum job_result result;
};

enum { LOST_ANSWERS_MAX = 32 };

struct core {
	struct unit_table table;
	struct dependency_graph graph;
	struct deadline_heap heap;
	struct touch_list touched; /* whose state has changed since it was saved */
	struct waiter_pool waiters;
	struct transaction transaction;
	struct shutdown_plan shutdown;
	uint32_t run_head, run_tail;
	uint32_t effect_head, effect_tail;
	uint32_t fail_head;
	uint32_t idle_head;
	bool unsettled;
	uint32_t step;
	uint32_t job_count;
	uint32_t under_way; /* jobs that Type=idle waits for; see idle_wait.h */
	uint32_t up_count;  /* units neither inactive nor failed */
	job_id last_job;
	uint64_t random;
	struct lost_answer lost[LOST_ANSWERS_MAX];
	uint32_t lost_count;
	usec retry; /* there was no memory for an action: tried again then; 0: nothing to try */
	usec now;   /* these two only during a step */
	struct action_queue *actions;
};

/* µs that SIGKILL is given to take effect when everything is to hurry. */
enum { KILL_PATIENCE = 1000 * 1000, KILL_AT_LEAST = 5 * 1000 * 1000 };

/* µs from a want of memory until what needed it is tried again. */
enum { MEMORY_PATIENCE = 100 * 1000 };

/* core_step() does at most this much follow-up work; what is left is done at once by the next EVENT_DEADLINE. */
enum { STEP_BUDGET = 4096 };

static inline struct unit *core_at(const struct core *core, unit_id id)
{
	return id < core->table.count ? core->table.units[id] : NULL;
}

/* Something of what outlives svinit has changed in the unit. */
static inline void unit_touch(struct core *core, const struct unit *unit)
{
	touch_list_add(&core->touched, unit->id);
}

static inline const struct unit_options *options_of(const struct unit *unit)
{
	return unit->definition->options;
}

static inline const struct service_options *service_of(const struct unit *unit)
{
	return unit->definition->service->options;
}

static inline bool is_down(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_INACTIVE || unit->active_state == ACTIVE_STATE_FAILED;
}

static inline bool is_up(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_ACTIVE || unit->active_state == ACTIVE_STATE_RELOADING;
}

/* The unit's edges of one code, in ascending order of the other unit. */
struct edge_range {
	const edge *at, *end;
};
struct edge_range edges_of(const struct unit *unit, unsigned code);

/* Queues a text for the log; lost when there is no memory for it. */
void core_record(struct core *core, const struct unit *unit, enum record_level level, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void core_answer(struct core *core, unit_id unit, uint64_t request, job_id job, enum job_result result,
		 const char *text);
/* False when there is no memory for it. */
bool core_push(struct core *core, const struct action *action);
/* Sees to it that there is a step soon, for what could not be queued now. */
void core_retry(struct core *core);

#endif
