/* What the arguments of verify stand for: files, and units that are found by their names. */
#ifndef SVCTL_VERIFICATION_TARGET_H
#define SVCTL_VERIFICATION_TARGET_H

#include <stdbool.h>
#include <stddef.h>

struct verification_target {
	char *path;      /* of a file; NULL: `unit` is looked for in the search path */
	char *unit;      /* NULL: named as the file is */
	char *directory; /* that comes first in the search path; may be NULL */
};

struct verification_targets {
	struct verification_target *targets;
	size_t count;
};

/*
 * A file is itself, a directory stands for the units and drop-ins in it, a drop-in for its unit, a pattern for what
 * matches it, and anything else for the unit of that name. -ENOMEM.
 */
int verification_targets_find(struct verification_targets *targets, char *const *arguments, size_t count);
void verification_targets_finish(struct verification_targets *targets);

#endif
