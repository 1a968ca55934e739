/* The last lines that a unit printed, from LDIR/UNIT/current. */
#ifndef SVCTL_LOG_TAIL_H
#define SVCTL_LOG_TAIL_H

#include <stddef.h>
#include <stdio.h>

#include "ctl/verb.h"

/*
 * Prints at most `count` of them, each behind `prefix`, harmless and no wider than the terminal. `directory`: LDIR;
 * NULL or "": nothing. `before`
 * stands in front of them all, if there are any. Returns how many there were.
 */
size_t log_tail_print(const struct context *context, FILE *stream, const char *directory, const char *unit,
		      size_t count, const char *before, const char *prefix);

#endif
