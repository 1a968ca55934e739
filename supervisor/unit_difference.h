/* Key by key, how two definitions of a unit differ. */
#ifndef SVINIT_UNIT_DIFFERENCE_H
#define SVINIT_UNIT_DIFFERENCE_H

#include "supervisor/json_writer.h"
#include "supervisor/manager.h"

/*
 * Writes an array of {key, old, new}: properties by their names, dependencies as far as files name them. Empty where no
 * property shows the difference.
 */
void unit_write_difference(struct json_writer *writer, struct manager *manager, const struct unit_definition *old,
			   const struct unit_definition *new);

#endif
