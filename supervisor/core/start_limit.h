/* StartLimitIntervalSec= and StartLimitBurst=: how often a unit may be started in a while. */
#ifndef SVINIT_CORE_START_LIMIT_H
#define SVINIT_CORE_START_LIMIT_H

#include <stdbool.h>

#include "common/usec.h"

struct start_limit {
	usec begin;     /* of the interval that is being counted */
	unsigned count; /* starts in it; 0: nothing counted yet */
};

/* Counts a start; false when it is one too many. An interval or burst of 0 switches the limit off. */
bool start_limit_take(struct start_limit *limit, usec interval, unsigned burst, usec now);
/* When a start will be let through again; `now` or earlier: at once. */
usec start_limit_open_again(const struct start_limit *limit, usec interval, unsigned burst);

#endif
