/*
 * The core: the table of loaded units, their jobs and their state machines, as a pure function of event and
 * clock. It makes no system call, reads no clock, and allocates only when units or jobs are added.
 *
 *     kernel event → struct event → core_step() → struct action… → perform
 *
 * Nothing in here ever aborts: an event that makes no sense in the present state is recorded and ignored, a
 * failed allocation fails the one request that needed it.
 */
#ifndef SVINIT_CORE_CORE_H
#define SVINIT_CORE_CORE_H

#include "common/cause.h"
#include "supervisor/core/action.h"
#include "supervisor/core/event.h"
#include "supervisor/core/unit.h"

enum active_state {
	ACTIVE_STATE_INACTIVE,
	ACTIVE_STATE_ACTIVATING,
	ACTIVE_STATE_ACTIVE,
	ACTIVE_STATE_RELOADING,
	ACTIVE_STATE_DEACTIVATING,
	ACTIVE_STATE_FAILED,
	ACTIVE_STATE_MAINTENANCE,
	ACTIVE_STATE_COUNT,
};

/* SubState in systemd's words, first those of services; targets use SUB_DEAD and SUB_ACTIVE. */
enum sub_state {
	SUB_DEAD,
	SUB_CONDITION,
	SUB_START_PRE,
	SUB_START,
	SUB_START_POST,
	SUB_RUNNING,
	SUB_EXITED,
	SUB_RELOAD,
	SUB_RELOAD_SIGNAL,
	SUB_RELOAD_NOTIFY,
	SUB_STOP,
	SUB_STOP_WATCHDOG,
	SUB_STOP_SIGTERM,
	SUB_STOP_SIGKILL,
	SUB_STOP_POST,
	SUB_FINAL_WATCHDOG,
	SUB_FINAL_SIGTERM,
	SUB_FINAL_SIGKILL,
	SUB_FAILED,
	SUB_DEAD_BEFORE_AUTO_RESTART,
	SUB_FAILED_BEFORE_AUTO_RESTART,
	SUB_AUTO_RESTART,
	SUB_AUTO_RESTART_QUEUED,
	SUB_CLEANING,
	SUB_ACTIVE,
	SUB_WAITING, /* of timers: for a moment */
	SUB_ELAPSED,
	SUB_START_CHOWN, /* of sockets: being opened */
	SUB_LISTENING,
	SUB_STATE_COUNT,
};

/* The Result property of a service. */
enum unit_result {
	RESULT_SUCCESS,
	RESULT_PROTOCOL,
	RESULT_TIMEOUT,
	RESULT_EXIT_CODE,
	RESULT_SIGNAL,
	RESULT_CORE_DUMP,
	RESULT_WATCHDOG,
	RESULT_START_LIMIT_HIT,
	RESULT_OOM_KILL,
	RESULT_RESOURCES,
	RESULT_EXEC_CONDITION,
	RESULT_HEALTH_CHECK,
	RESULT_TRIGGER_LIMIT_HIT,
	RESULT_SERVICE_START_LIMIT_HIT,
	RESULT_COUNT,
};

enum job_type {
	JOB_NONE,
	JOB_START,
	JOB_VERIFY_ACTIVE,
	JOB_STOP,
	JOB_RELOAD,
	JOB_RESTART,
	JOB_RELOAD_OR_START, /* only while a transaction is made: the sum of the two; never a unit's job */
	JOB_TYPE_COUNT,
};

enum job_state { JOB_WAITING, JOB_RUNNING };

/* What came of the last command of a phase that ended. */
struct exec_status {
	int32_t pid;  /* 0: never ran */
	int16_t code; /* CLD_*; 0 while it runs or when unknown */
	int16_t status;
	usec start, exit; /* monotonic */
};

/*
 * A unit at run time. Everybody may read it; only the core writes it. A small unit is the aim: what few
 * units have (the last failure in words, a notify status) is allocated apart.
 */
struct unit {
	struct unit_definition *definition;
	struct unit_definition *next_definition; /* changed on disk, reloaded, applies at the next start; else NULL */
	unit_id id;
	uint8_t active_state; /* enum active_state */
	uint8_t sub_state;    /* enum sub_state */
	uint8_t result;       /* enum unit_result */
	uint8_t job_type;     /* enum job_type; one job a unit at a time */
	uint8_t job_state;    /* enum job_state */
	bool populated;       /* processes of the unit may be left */
	bool wanted;          /* desired state: up */
	bool reload_failed;
	uint8_t control_phase; /* enum exec_phase of the present or last control process */
	uint8_t control_index;
	bool condition_result, assert_result;
	job_id job;
	int32_t main_pid; /* 0: none */
	int32_t control_pid;
	uint32_t restarts;  /* NRestarts: automatic ones since the last start by request */
	unit_id trigger;    /* what started its present run without being asked to: a timer, …; UNIT_ID_NONE */
	unit_id blocked_by; /* the dependency whose failure kept it from starting; UNIT_ID_NONE */
	int notify_errno;
	struct exec_status main_status;    /* of the present or last main process */
	struct exec_status control_status; /* of the present or last control process */
	usec state_change;                 /* monotonic, as all of these */
	usec active_enter, active_exit, inactive_enter, inactive_exit;
	usec condition_time;
	usec watchdog;                /* in force, also by WATCHDOG_USEC=; 0: none */
	usec watchdog_last;           /* the last ping */
	char *status_text;            /* STATUS=; NULL */
	char *failure;                /* in words: the step, errno or reason of the last failure; NULL */
	struct unit_private *private; /* edges, back-off, counters: the core's own */
};

struct core;

/* `random` seeds the spread of delays. NULL when out of memory. */
struct core *core_create(uint64_t random);
void core_destroy(struct core *core);

/*
 * Loading. core_define() takes a reference to the definition. A name not known yet becomes a new unit; for a
 * known one that is up and whose content_hash differs, the new definition waits in next_definition for what
 * concerns its processes, while its dependencies apply at once. Edges are resolved by core_link(), which is called
 * once behind a batch; a unit named only by others becomes one in LOAD_STATE_STUB, which core_next_stub() lists, so
 * that the shell loads it and calls core_define() again.
 * The waiting definition takes over at the next start, or at once when the unit is down or a target. Equal definitions
 * (the same load state and content_hash, not 0) change nothing. An alias that is another unit's name stays that.
 * -ENOMEM, -E2BIG.
 */
int core_define(struct core *core, struct unit_definition *definition, unit_id *id);
int core_link(struct core *core);
unit_id core_next_stub(const struct core *core, unit_id after); /* first: UNIT_ID_NONE; UNIT_ID_NONE at the end */
/* An alias: `name` becomes another name of the unit. A stub of that name gives way at the next core_link(). */
int core_alias(struct core *core, const char *name, unit_id id);
/* Forgets a unit that is down, has no job and is not referred to by others; -EBUSY otherwise. */
int core_forget(struct core *core, unit_id id);

/* The one entry for events. Out of memory inside is recorded and answered, never fatal. */
void core_step(struct core *core, const struct event *event, usec now, struct action_queue *actions);

/* The earliest deadline, monotonic; USEC_INFINITY when there is none. */
usec core_next_deadline(const struct core *core);

unit_id core_find(const struct core *core, const char *name);
uint32_t core_unit_count(const struct core *core);                 /* ids are 0 … count-1, some may be free */
const struct unit *core_unit(const struct core *core, unit_id id); /* NULL: no such unit */
bool core_is_shutting_down(const struct core *core);

/* The deadline that the unit's present state runs into, and what it is for ("start timeout"…); USEC_INFINITY. */
usec core_unit_deadline(const struct core *core, unit_id id, const char **what);
/* The units whose jobs the unit's waiting job waits for. Returns how many there are; fills at most `max`. */
size_t core_waits_for(const struct core *core, unit_id id, unit_id *waits, size_t max);

/* Edges of a unit, by the words of the properties: "Requires", "RequiredBy", "After", "TriggeredBy", …. */
struct edge_view {
	unit_id other;
	enum dependency_kind kind;
	bool inverse; /* the other names this unit */
};
/* Calls `each` for every edge until it returns false. */
void core_each_edge(const struct core *core, unit_id id, bool (*each)(void *context, const struct edge_view *edge),
		    void *context);
const char *edge_property_name(enum dependency_kind kind, bool inverse);

/* Of a timer: when it elapses next and when it elapsed last (monotonic; 0 and USEC_INFINITY: not, never). */
struct timer_view {
	usec next, last;
	usec stamp; /* realtime of the last time before svinit began, with Persistent=; 0: none */
};
/* -EINVAL: not a timer. */
int core_timer(const struct core *core, unit_id id, struct timer_view *view);

/* The cycles that core_link() had to break, in words ("a.service → b.service → a.service; left out: …"). */
size_t core_cycle_count(const struct core *core);
const char *core_cycle_text(const struct core *core, size_t index);

const char *active_state_name(enum active_state state);
const char *sub_state_name(enum sub_state state);
const char *unit_result_name(enum unit_result result);
const char *job_type_name(enum job_type type);
const char *job_state_name(enum job_state state);

#endif
