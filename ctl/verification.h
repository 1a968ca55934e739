/* What is wrong with unit files: the loader's findings, and what shows only when units are seen together. */
#ifndef SVCTL_VERIFICATION_H
#define SVCTL_VERIFICATION_H

#include <jansson.h>

/* An array of {severity, unit, path, line, column, text}; what is unknown is null. NULL when out of memory.
 * The arguments are as verification_targets_find() takes them. */
json_t *verification_run(char *const *arguments, size_t count);

#endif
