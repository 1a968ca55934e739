/*
 * The end of svinit itself: everything is stopped in reverse order, nothing new is started, and when nothing is left
 * ACTION_LEAVE goes out. Apart from the units' own machines.
 */
#ifndef SVINIT_CORE_SHUTDOWN_PLAN_H
#define SVINIT_CORE_SHUTDOWN_PLAN_H

#include "supervisor/core/core_state.h"

/* Begins, or changes how it is to end: the last word counts. `force`: leave at once, whatever is left is killed. */
void shutdown_begin(struct core *core, enum leave_kind leave, int exit_status, bool force);
/* Leaves when everything is down. */
void shutdown_continue(struct core *core);
/* Every pending stop timeout becomes now. */
void shutdown_hurry(struct core *core);
/* FailureAction= and its like. `exit_status` -1: that of the main process. */
void shutdown_emergency(struct core *core, const struct unit *unit, enum emergency_action action, int exit_status);

#endif
