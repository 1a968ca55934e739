/* The units a user named. */
#ifndef SVCTL_UNITS_H
#define SVCTL_UNITS_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl/verb.h"

/* The arguments as a JSON array; patterns are the server's to match. NULL when one is not UTF-8. */
json_t *units_named(const struct context *context);

/* The words of `--state=a,b --state=c` as a JSON array, NULL when the option was not given. */
json_t *option_words(const struct context *context, const char *name);

/* Complains about names for which the server has no unit, with the names nearest to them. Returns how many there are.
 */
size_t complain_missing(struct context *context, const json_t *names);
/* Says of each argument that is a pattern, and which none of the names matches, that it stands for nothing. `key`:
 * where the objects in `units` have their name; NULL: they are names. Returns how many there are. */
size_t note_unmatched(const struct context *context, const json_t *units, const char *key);

/*
 * The reply of List for the arguments as patterns and the options --state and --type of the verb. NULL with *status set
 * when there was none.
 */
json_t *list_units(struct context *context, bool all, int *status);

#endif
