/*
 * Units without processes: targets and slices, up as soon as they are started; devices and mounts, which are up when
 * what they stand for is there (load/presence.c); and the types that cannot be started yet.
 */
#ifndef SVINIT_CORE_SIMPLE_UNIT_H
#define SVINIT_CORE_SIMPLE_UNIT_H

#include "supervisor/core/core_state.h"

void simple_unit_start(struct core *core, struct unit *unit);
void simple_unit_stop(struct core *core, struct unit *unit);

#endif
