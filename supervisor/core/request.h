/* What somebody asks of a unit, or of all: checked, turned into a transaction, and answered once it is settled. */
#ifndef SVINIT_CORE_REQUEST_H
#define SVINIT_CORE_REQUEST_H

#include "supervisor/core/core_state.h"

void request_take(struct core *core, const struct event *event);

#endif
