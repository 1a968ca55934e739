/* The units a user named. */
#ifndef SVCTL_UNITS_H
#define SVCTL_UNITS_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl/verb.h"

/*
 * The arguments as a JSON array; patterns become the loaded units they match. NULL with *status set when that needed an
 * answer and there was none.
 */
json_t *units_named(struct context *context, int *status);

/* Whether what a user typed and a full unit name mean the same unit. */
bool unit_is_meant(const char *typed, const char *name);

/* Takes out of a list what is meant by the name; false when nothing is. */
bool units_drop(json_t *units, const char *name);

/* The words of `--state=a,b --state=c` as a JSON array, NULL when the option was not given. */
json_t *option_words(const struct context *context, const char *name);

/*
 * The reply of List for the arguments as patterns and the options --state and --type of the verb. NULL with *status set
 * when there was none.
 */
json_t *list_units(struct context *context, bool all, int *status);

#endif
