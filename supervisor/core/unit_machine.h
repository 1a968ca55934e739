/* The state machine that a unit of each type has. */
#ifndef SVINIT_CORE_UNIT_MACHINE_H
#define SVINIT_CORE_UNIT_MACHINE_H

#include "supervisor/core/core_state.h"

/* Functions that may be NULL are of no concern to the type. */
struct unit_machine {
	/* What jobs ask for, past order and conditions. */
	void (*start)(struct core *core, struct unit *unit);
	void (*stop)(struct core *core, struct unit *unit);
	/* The deadline of the present state, which is not down, has come. */
	void (*timeout)(struct core *core, struct unit *unit);
	/* The state of what it triggers has changed, or its job ended. */
	void (*triggered_changed)(struct core *core, struct unit *unit, const struct unit *triggered);
	/* A new definition is in force while it is up: it has no processes that the old one was for. */
	void (*refresh)(struct core *core, struct unit *unit);
	/* svinit has taken it over from an earlier one, and it is up. */
	void (*resume)(struct core *core, struct unit *unit);
};

const struct unit_machine *unit_machine(const struct unit *unit);

#endif
