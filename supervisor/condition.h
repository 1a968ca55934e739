/*
 * Condition…= and Assert…= of systemd.unit(5), asked of the kernel when a unit is about to start. Small local reads
 * only; what cannot be known here answers as it does under systemd in a container.
 */
#ifndef SVINIT_CONDITION_H
#define SVINIT_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "supervisor/core/event.h"
#include "supervisor/core/unit.h"

/* The first one that does not hold is written to `failed` ("ConditionPathExists=/x"; "" when all hold). */
enum conditions_outcome conditions_check(const struct unit_options *options, char *failed, size_t size);

/* As it stands in the file: "ConditionPathExists=|!/x", cut off at `size`. Returns `text`. */
const char *condition_describe(const struct condition *condition, char *text, size_t size);

/* One of them, '!' applied. */
bool condition_holds(const struct condition *condition);

#endif
