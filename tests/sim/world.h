/*
 * The simulated world around one core: a kernel with processes that live and die, a clock, people who ask for things.
 *
 * Everything is drawn from one seed. The world answers every action of the core, at once or later, and the checks look
 * at each action before it is carried out and at the state after each step.
 */
#ifndef SVINIT_SIM_WORLD_H
#define SVINIT_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/pack.h"
#include "supervisor/core/core.h"
#include "tests/sim/random.h"

enum { SIM_UNITS_MAX = 64, SIM_REQUESTS_MAX = 512, SIM_STARTS_KEPT = 32 };

enum sim_wish_kind { WISH_NONE, WISH_DOWN, WISH_UP };

/* One process of a unit as the kernel has it. */
struct sim_process {
	bool pending; /* the spawn is not answered yet */
	bool alive;
	bool doomed; /* got a signal that it will die of */
	bool deaf;   /* ignores all but SIGKILL */
	int32_t pid;
	enum exec_phase phase;
	int killed_by;
};

/* What somebody asked of a unit and nobody took back. */
struct sim_wish {
	enum sim_wish_kind kind;
	uint64_t request;
	usec when;
};

struct sim_unit {
	struct sim_process processes[ROLE_COUNT];
	uint32_t extras; /* further processes of the unit */
	bool extras_doomed, extras_killed;
	bool owes_empty; /* EVENT_EMPTY is to be told */
	bool owes_main;  /* ACTION_FIND_MAIN_PROCESS is to be answered */
	bool owes_conditions;
	bool owes_facts;              /* ACTION_TIMER_FACTS is to be answered */
	job_id open_job;              /* as the actions so far tell it; 0: none */
	struct sim_wish wish;         /* the last request that was not refused */
	uint32_t restarts_seen;       /* NRestarts at the last start */
	bool awaits_restart;          /* was seen in auto-restart */
	usec restart_due;             /* when that is over */
	usec last_spawn;              /* 0: never */
	usec starts[SIM_STARTS_KEPT]; /* of the last starts, for the start limit */
	uint32_t start_count;
	bool may_leave_processes;
	bool said_stopping;      /* it ends by itself */
	uint64_t started_hash;   /* of the definition they were of */
	bool changed_in_between; /* its run goes on by another definition than it began by */
	struct pack saved;       /* its record as svinit has it outside of itself */
	bool saved_begun;        /* with the note that a process was being started */
};

struct sim_world {
	struct core *core;
	struct sim_random random;
	struct action_queue actions;
	usec now;
	uint64_t seed;
	uint32_t unit_count;
	struct sim_unit units[SIM_UNITS_MAX];
	int32_t next_pid;
	uint64_t next_request;
	uint8_t answered[SIM_REQUESTS_MAX]; /* by request number: times */
	uint64_t last_hash;                 /* of a definition */
	bool kind;      /* everybody behaves: signals are obeyed, commands succeed, nobody asks for anything */
	bool unordered; /* somebody asked for jobs that ignore the order */
	bool left;      /* ACTION_LEAVE was seen */
	bool verbose;
	bool mortal; /* svinit is replaced, crashes and is killed in it */
	bool dying;  /* svinit is about to be killed: what is still queued may not be done */
	bool dead;   /* it is */
	struct pack saved;
	uint64_t first_certain; /* requests before it were lost with a svinit */
	uint64_t steps;
	const char *broken; /* the first law that did not hold; NULL */
	char details[256];
};

/* graph.c: units and their relations, drawn from the world's seed. */
bool sim_draw_units(struct sim_world *world);
/* daemon-reload: some of the units have new files, the others the same as before. */
void sim_reload(struct sim_world *world);

/* kernel.c */
/* Takes in everything the core wants done, checking each action. */
void sim_perform_all(struct sim_world *world);
/* Lets one thing happen; false when nothing can but the passing of time. */
bool sim_something_happens(struct sim_world *world);
/* Gives the core an event and performs what follows. */
void sim_feed(struct sim_world *world, const struct event *event);
/* To the next deadline; false when there is none. */
bool sim_let_time_pass(struct sim_world *world);
/* What got SIGKILL ends, and the core is told. */
void sim_bury_the_killed(struct sim_world *world);
bool sim_unit_has_processes(const struct sim_unit *unit);

/* survival.c: svinit ends and another one goes on. */
/* What has changed is written where the next svinit finds it. */
void sim_save(struct sim_world *world);
/* What it notes beside the core's own: that a process is being started. */
void sim_save_unit(struct sim_world *world, unit_id id);
/* It executes a new build of itself; or is killed, wherever it stands, and found dead a while later. */
void sim_reexec(struct sim_world *world);
void sim_kill_svinit(struct sim_world *world);
void sim_forget_saved(struct sim_world *world);

/* laws.c: what must always hold. Each notes the first breach in the world. */
void sim_break(struct sim_world *world, const char *law, unit_id unit);
void sim_check_spawn(struct sim_world *world, const struct action *action);
void sim_check_signal(struct sim_world *world, const struct action *action);
void sim_check_state(struct sim_world *world);
void sim_check_left(struct sim_world *world);

/* wishes.c: the last request wins. */
void sim_note_request(struct sim_world *world, const struct event *event);
void sim_note_answer(struct sim_world *world, const struct action *action);
/* Who can start or stop whom has changed. */
void sim_forget_wishes(struct sim_world *world);
/* No job is under way, no unit on its way up or down. */
bool sim_is_at_rest(const struct sim_world *world);
/* The world is at rest. */
void sim_check_wishes(struct sim_world *world);

#endif
