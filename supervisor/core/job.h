/* Jobs: the way of one unit from one state to another. A unit has at most one; new wishes are merged into it. */
#ifndef SVINIT_CORE_JOB_H
#define SVINIT_CORE_JOB_H

#include "supervisor/core/core_state.h"

/* The one job type that does what both ask for; JOB_TYPE_COUNT when they contradict each other. */
enum job_type job_merge(enum job_type a, enum job_type b);
/* RELOAD_OR_START into what it means for the unit as it is. */
enum job_type job_collapse(enum job_type type, const struct unit *unit);

/* How a job is to be put in place. */
struct job_order {
	enum job_type type;
	bool ignore_order;
	bool irreversible;
	bool bound; /* a stop by BindsTo= */
};

/* Whether the unit is to be up from now on, apart from whether a job is needed for it. */
void job_note_desire(struct core *core, struct unit *unit, const struct job_order *order);
/* Gives the unit a job, or changes the one it has; never fails. */
void job_install(struct core *core, struct unit *unit, const struct job_order *order);
/* Ends the unit's job, answers who waits for it, tells dependents whose start depends on it. `text` may be NULL. */
void job_finish(struct core *core, struct unit *unit, enum job_result result, const char *text);
/* Somebody takes the job back: a unit that is down then is not wanted up any more. */
void job_cancel(struct core *core, struct unit *unit, const char *text);
/* The job's type changes while it goes on (restart: stopped, now start). It waits again. */
void job_change_type(struct core *core, struct unit *unit, enum job_type type);
/* The job is run out of turn. */
void job_stop_waiting(struct core *core, struct unit *unit);
/* The job may be able to run now. */
void job_queue_run(struct core *core, struct unit *unit);
/* Takes the next unit whose job may be able to run. */
struct unit *job_take_runnable(struct core *core);

/* Counts the unit's job, if it has one, in the `waiting` of its neighbours, and theirs in its own; and back. */
void job_order_attach(struct core *core, struct unit *unit);
void job_order_detach(struct core *core, struct unit *unit);

/* -ENOMEM; with room reserved, job_add_waiter() cannot fail. */
int job_reserve_waiter(struct core *core);
void job_add_waiter(struct core *core, struct unit *unit, uint64_t request, enum job_type type);

void unit_set_blocked(struct core *core, struct unit *unit, unit_id by);

/* Runs the unit's job if nothing is in its way. (job_run.c) */
void job_run(struct core *core, struct unit *unit);
/* ACTION_CHECK_CONDITIONS is answered. (job_run.c) */
void job_conditions(struct core *core, struct unit *unit, enum conditions_outcome outcome, const char *failed);
/* The unit's state has changed: ends or wakes its job. (job_run.c) */
void job_check(struct core *core, struct unit *unit);

#endif
