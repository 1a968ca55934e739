/*
 * Type=idle of systemd.service(5): the program is started when no other job is under way, or IDLE_PATIENCE later.
 *
 * Under way is a job that runs or may run. One that waits for its turn is not: what it waits for is under way itself,
 * or waits here, as with a target behind its idle services. A start that has come to an idle program is not either,
 * so that those who wait do not wait for each other.
 */
#ifndef SVINIT_CORE_IDLE_WAIT_H
#define SVINIT_CORE_IDLE_WAIT_H

#include "supervisor/core/core_state.h"

enum { IDLE_PATIENCE = 5 * 1000 * 1000 }; /* µs */

/* Is the unit's job under way? */
bool idle_wait_heeds(const struct unit *unit);
/* The job, its order or the unit's state has changed: counts the job, or no longer. */
void idle_wait_recount(struct core *core, struct unit *unit);

/* False when out of memory. */
bool idle_wait_enter(struct core *core, struct unit *unit);
void idle_wait_leave(struct core *core, struct unit *unit); /* nothing when it does not wait */
/* Takes one that need not wait any longer; NULL when there is none. */
struct unit *idle_wait_take(struct core *core);

#endif
