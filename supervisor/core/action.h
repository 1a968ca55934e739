/*
 * What the core wants done. core_step() appends these to a queue; perform.c is the one place that turns them
 * into system calls, in order. The shell may answer at once or later, always with an event.
 */
#ifndef SVINIT_CORE_ACTION_H
#define SVINIT_CORE_ACTION_H

#include "supervisor/core/event.h"

enum action_kind {
	ACTION_SPAWN,             /* run command `index` of `phase` as `role` → EVENT_SPAWNED or EVENT_SPAWN_FAILED */
	ACTION_SIGNAL,            /* signal number to `scope`; also SIGCONT behind it where `and_continue` */
	ACTION_FIND_MAIN_PROCESS, /* by PIDFile= or by guessing → EVENT_MAIN_PROCESS; `wait`: the file may appear later,
				     the shell watches for it and answers then */
	ACTION_CHECK_CONDITIONS, /* → EVENT_CONDITIONS */
	ACTION_TIMER_FACTS,      /* a timer wants to know what the clocks say → EVENT_TIMER_FACTS */
	ACTION_TIMER_ELAPSED,    /* a timer's moment is there: the time is kept on disk, for Persistent= */
	ACTION_OPEN_SOCKETS,     /* of a socket unit; what is open stays → EVENT_SOCKETS */
	ACTION_WATCH_SOCKETS,    /* `on`: tell of what comes by EVENT_CONNECTION */
	ACTION_CLOSE_SOCKETS,
	ACTION_CLEAN_UP,     /* the unit is down: runtime directories, cgroup, standard streams; `keep` if it is
				about to start again */
	ACTION_UNIT_CHANGED, /* its state as a property that somebody may watch has changed; once a step */
	ACTION_JOB_CHANGED,  /* a job was queued or began to run, or ended with `result` */
	ACTION_ANSWER,       /* the request is settled; exactly one for each request but 0 */
	ACTION_RECORD,       /* a fact for the log, in words */
	ACTION_LEAVE,        /* everything is down: exit, power off, … */
	ACTION_KIND_COUNT,
};

enum signal_scope {
	SCOPE_MAIN,
	SCOPE_CONTROL,
	SCOPE_MAIN_AND_CONTROL,
	SCOPE_ALL, /* every process of the unit */
	SCOPE_ALL_BUT_MAIN,
};

/* How a job ended; the words of systemd's JobRemoved signal, and what a request can meet with besides. */
enum job_result {
	JOB_DONE,
	JOB_CANCELED,
	JOB_TIMEOUT,
	JOB_FAILED,
	JOB_DEPENDENCY,
	JOB_SKIPPED,
	JOB_INVALID,
	JOB_ASSERT,
	JOB_UNSUPPORTED,
	JOB_ONCE,
	JOB_REFUSED, /* never became a job: masked, not found, bad setting, manual start refused, destructive… */
	JOB_RESULT_COUNT,
};

enum record_level { RECORD_ERROR = 3, RECORD_WARNING = 4, RECORD_NOTICE = 5, RECORD_INFO = 6, RECORD_DEBUG = 7 };

enum { ACTION_TEXT_MAX = 400 };

struct action {
	enum action_kind kind;
	unit_id unit;
	union {
		struct {
			enum exec_phase phase;
			unsigned index;
			enum process_role role;
			usec timeout; /* for the WATCHDOG_USEC and the like: the current watchdog, 0 none */
		} spawn;
		struct {
			enum signal_scope scope;
			int signal;
			bool and_continue;
		} signal;
		struct {
			bool wait;
		} find_main_process;
		struct {
			usec since;   /* monotonic: calendar events behind this one are meant */
			bool first;   /* the first time since the timer's start: what is kept on disk counts */
			bool stepped; /* the clock was set: `since` is of the time before */
		} timer_facts;
		struct {
			bool on;
		} watch_sockets;
		struct {
			bool keep;
		} clean_up;
		struct {
			job_id job;
			uint64_t request;
			bool ended;
			enum job_result result;
		} job;
		struct {
			uint64_t request;
			job_id job; /* 0: never became one */
			enum job_result result;
			char *text; /* why, when it did not succeed; owned by the queue; may be NULL */
		} answer;
		struct {
			enum record_level level;
			char *text; /* owned by the queue */
		} record;
		struct {
			enum leave_kind leave;
			bool force;
			int exit_status;
		} leave;
	};
};

/* A first-in first-out queue. */
struct action_queue {
	struct action *items;
	uint32_t head, count, capacity; /* a ring */
};

void action_queue_finish(struct action_queue *queue);
/* Takes the oldest action out; false when empty. The caller owns the text in it: action_finish(). */
bool action_queue_take(struct action_queue *queue, struct action *action);
void action_finish(struct action *action);

const char *job_result_name(enum job_result result); /* "done", "canceled", … */

#endif
