/*
 * What a wish for one unit means for all the others: gathered along the dependencies, merged and checked as a whole,
 * and only then put in place. Either all of it happens or nothing.
 */
#ifndef SVINIT_CORE_TRANSACTION_H
#define SVINIT_CORE_TRANSACTION_H

#include "supervisor/core/core_state.h"

/* By request: the anchor's job is there, or was not needed (0), or -errno with a cause and nothing has changed. */
int transaction_request(struct core *core, struct unit *anchor, enum job_type type, enum job_mode mode,
			struct cause *cause);
/* By the core itself: units that are up are taken as they are. -errno: nothing has changed. */
int transaction_automatic(struct core *core, struct unit *anchor, enum job_type type, enum job_mode mode);
/* An automatic restart: dependents that are up are restarted too, unless RestartMode=direct. */
int transaction_restart(struct core *core, struct unit *anchor);
/* The unit goes down because one it is bound to went; it comes back with it, and who requires it with the unit. */
int transaction_bound_stop(struct core *core, struct unit *anchor, unit_id bound_to);
void transaction_finish(struct transaction *transaction);

/* Gathers; for transaction_apply.c to check and install. -errno with a cause. */
int transaction_build(struct core *core, struct unit *anchor, enum job_type type);
int transaction_check(struct core *core);
void transaction_install(struct core *core);
/* Forgets the marks in the units. */
void transaction_clear(struct core *core);
/* A job that the unit needs no job for: it is there already, and nothing is under way. */
bool transaction_is_redundant(const struct unit *unit, enum job_type type);

#endif
