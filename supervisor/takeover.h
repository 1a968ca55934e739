/*
 * Taking over from an earlier svinit: this process as it was before it executed itself again (re-exec, crash), or one
 * on the same runtime directory that was killed. Its units keep their processes, jobs, deadlines and counters.
 */
#ifndef SVINIT_TAKEOVER_H
#define SVINIT_TAKEOVER_H

#include "supervisor/manager.h"
#include "supervisor/saved_state.h"

/* How svinit came to run. */
enum takeover_kind {
	TAKEOVER_NONE,
	TAKEOVER_REEXEC,    /* everything that was decided was carried out */
	TAKEOVER_CRASH,     /* the same process, at any point of its work */
	TAKEOVER_KILLED,    /* another process, at any point of its work */
	TAKEOVER_EMERGENCY, /* it crashed again at once: nothing is taken over */
};

struct takeover {
	enum takeover_kind kind;
	struct saved_state state;
	int signal; /* TAKEOVER_CRASH: what svinit crashed by */
};

/*
 * What the svinit that is executed next finds in its environment: "STATE:PID:KIND:SIGNAL:LOCK:WHEN", the descriptors of
 * the state and of the lock, the process that it is for, and the monotonic second of the last crash (0: none).
 */
#define TAKEOVER_VARIABLE "SVINIT_STATE"
enum { TAKEOVER_VALUE_MAX = 96 };
/* Async-signal-safe. */
void takeover_format(char value[TAKEOVER_VALUE_MAX], int state, enum takeover_kind kind, int signal, int lock,
		     unsigned long when);
/* The same, read once when svinit begins; the variable is gone from the environment then. */
void takeover_read_environment(void);
/* The state and the lock that were handed over; -1: none. */
int takeover_state(void);
int takeover_lock(void);
/* What svinit crashed by, and the monotonic second of it; 0: it did not. */
int takeover_signal(void);
unsigned long takeover_when(void);
/* How svinit came to run, before anything was read. */
enum takeover_kind takeover_announced(void);

/*
 * Looks for what there is to take over: what was announced in the environment, else RDIR/state.
 * Descriptors become keepsakes. Whatever is wrong with it is recorded; svinit then begins afresh.
 */
void takeover_find(struct manager *manager, struct takeover *takeover);
/* A svinit that was executed in place and cannot even begin, for want of memory perhaps, executes itself once more a
 * little later. Returns where there is nothing to be taken over. */
void takeover_try_again(char **arguments);
/* The units as they were: loaded, and set going again. 0, or -errno with a cause: there are no units. */
int takeover_apply(struct manager *manager, struct takeover *takeover, struct cause *cause);
void takeover_finish(struct takeover *takeover);

/* `svinit` executed by a svinit that wants to know whether it can take over: the exit status, or -1: it was not. */
int takeover_check(void);

#endif
