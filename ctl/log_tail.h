/* The last lines that a unit printed. */
#ifndef SVCTL_LOG_TAIL_H
#define SVCTL_LOG_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/usec.h"

struct log_tail {
	const char *directory; /* LDIR; NULL or "": nothing is printed */
	const char *unit;
	size_t count;
	usec since;         /* older ones are left out */
	bool unit_only;     /* without svinit's own words about the unit */
	const char *before; /* stands in front of them all, if there are any; NULL: nothing */
	const char *prefix; /* stands in front of each; NULL: nothing */
};

/* Prints them as `logs -o short` does. Returns how many there were. */
size_t log_tail_print(FILE *stream, const struct log_tail *tail);

#endif
