/* One unit as `status` shows it. */
#ifndef SVCTL_UNIT_STATUS_H
#define SVCTL_UNIT_STATUS_H

#include <jansson.h>

#include "ctl/verb.h"

/* `why`: the reply of Why for the unit, or NULL. `lines`: how many log lines stand below. */
void unit_status_print(const struct context *context, const json_t *unit, const json_t *why, size_t lines);

/* The names of the properties that this takes. NULL when out of memory. */
json_t *unit_status_properties(void);

/* The exit status for a unit: 0 active, 3 not active, 4 no such unit. */
int unit_status_code(const json_t *unit);

#endif
