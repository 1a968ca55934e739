/* svctl verify: everything there is to say about a unit file before anybody starts it. */
#ifndef SVINIT_LOAD_VERIFY_H
#define SVINIT_LOAD_VERIFY_H

#include "supervisor/load/loader.h"

/*
 * Loads a file (a template too) and reports, beside what loading reports: each key that does not simply hold and why,
 * programs, users, groups, environment files and directories that are missing. The findings go to the loader's
 * `report`. Returns how many errors and warnings there were, or -ENOMEM, or -EINVAL with a cause for a file that has no
 * name of a unit. `definition` (may be NULL) is given a reference, for the search for cycles.
 */
int verify_file(struct loader *loader, const char *path, struct unit_definition **definition, struct cause *cause);

/* As verify_file, of what the search path has under a name: -ENOENT with the nearest names when it has nothing. */
int verify_unit(struct loader *loader, const char *name, struct unit_definition **definition, struct cause *cause);

#endif
