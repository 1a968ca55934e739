/*
 * The state machine of a timer, by the rules of systemd.timer(5):
 *
 *   dead → waiting → running (what it triggers runs) → waiting … → elapsed (no moment will come) → dead
 *
 * Moments are counted when it begins to wait. What the clocks say is asked for by ACTION_TIMER_FACTS; until that is
 * answered the timer waits without a deadline. While what it triggers runs no moment is missed and none is counted:
 * there is no overlap.
 */
#ifndef SVINIT_CORE_TIMER_H
#define SVINIT_CORE_TIMER_H

#include "supervisor/core/core_state.h"

/* What only timers have; made when it is not there yet; NULL when out of memory. */
struct timer_state *timer_own_state(struct unit *unit);

void timer_start(struct core *core, struct unit *unit);
void timer_stop(struct core *core, struct unit *unit);
/* Its moment is there. */
void timer_timeout(struct core *core, struct unit *unit);
/* What it triggers has changed its state, or its job ended. */
void timer_triggered_changed(struct core *core, struct unit *unit, const struct unit *triggered);
void timer_facts(struct core *core, struct unit *unit, const struct event *event);
/* The clock was set, or the time zone changed. */
void timer_clock_changed(struct core *core, struct unit *unit, bool zone);
/* A new definition is in force, or svinit has taken it over: its moments are counted anew. */
void timer_refresh(struct core *core, struct unit *unit);

#endif
