/* What must hold between any two steps; for the tests and the simulator. */
#ifndef SVINIT_CORE_INVARIANTS_H
#define SVINIT_CORE_INVARIANTS_H

#include "supervisor/core/core.h"

/*
 * false with a cause when something contradicts something else: edges without their other direction, miscounted waits,
 * a job without a way to go on, a deadline that is not in the heap. Costs O(edges).
 */
bool core_check(const struct core *core, struct cause *cause);

#endif
