/* The one place where a unit's state is written, and what follows from a change. */
#ifndef SVINIT_CORE_UNIT_STATE_H
#define SVINIT_CORE_UNIT_STATE_H

#include "supervisor/core/core_state.h"

/* Writes sub-state and active state, tells the world, and queues what the change means for jobs and other units. */
void unit_set_state(struct core *core, struct unit *unit, enum sub_state state);
enum active_state unit_active_state_of(enum sub_state state);
/* Counts the unit among those that are up, or no longer. */
void unit_count_up(struct core *core, struct unit *unit);
/* Something that can be shown but is no change of state: a status text, a main process. */
void unit_changed(struct core *core, struct unit *unit);

/* The deadline of the present sub-state; USEC_INFINITY: none. */
void unit_set_deadline(struct core *core, struct unit *unit, usec when);
/* Puts the earliest of the unit's deadlines into the heap. */
void unit_rearm(struct core *core, struct unit *unit);

/* The first failure of a run, in words. */
void unit_set_failure(struct unit *unit, const char *format, ...) __attribute__((format(printf, 2, 3)));
void unit_clear_failure(struct unit *unit);

void unit_queue_effect(struct core *core, struct unit *unit, unsigned effects);
/* Timers and others that trigger the unit are told, once the step is through, that its state or its job has changed. */
void unit_tell_triggers(struct core *core, struct unit *unit);
/* Deals with what a change of state means for others. (unit_effects.c) */
void unit_run_effects(struct core *core, struct unit *unit);
/* Upholds=: sets when the unit, which is down, is to be tried again, if somebody upholds it; and tries. */
void unit_plan_uphold(struct core *core, struct unit *unit);
void unit_retry_uphold(struct core *core, struct unit *unit);

/* NULL when out of memory. */
struct unit_rare *unit_own_rare(struct unit *unit);

/* No process, no unanswered action: a new definition may take over. */
bool unit_is_quiet(const struct unit *unit);
/* The waiting definition takes over. */
void unit_adopt_definition(struct core *core, struct unit *unit);

#endif
