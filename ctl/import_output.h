/* What was imported, written to a directory and looked at by the loader. */
#ifndef SVCTL_IMPORT_OUTPUT_H
#define SVCTL_IMPORT_OUTPUT_H

#include "ctl/import.h"

/*
 * Writes each unit into a directory, which is made if need be. A file that is there is only replaced by `force`. 0, or
 * -errno with a cause; -EEXIST before anything is written.
 */
int import_write(const struct import *import, const char *directory, bool force, struct cause *cause);

/*
 * What `svctl verify` says of the units, errors only: an array as verification_run() makes it, paths being names of
 * units. NULL: no memory, or no directory to write them to for a moment.
 */
json_t *import_verify(const struct import *import);

#endif
