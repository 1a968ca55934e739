/* What timers and sockets have in common: they start another unit. */
#ifndef SVINIT_CORE_TRIGGER_H
#define SVINIT_CORE_TRIGGER_H

#include "supervisor/core/core_state.h"

/* The unit that it triggers; NULL: none is linked. */
struct unit *trigger_target(const struct core *core, const struct unit *unit);
/* Whether that one is loaded; if not, the job of the unit fails and says why. */
bool trigger_is_possible(struct core *core, struct unit *unit);

#endif
