/* UnitFileState and UnitFilePreset: the links on disk are read once for all units that one request shows. */
#ifndef SVINIT_UNIT_FILE_STATES_H
#define SVINIT_UNIT_FILE_STATES_H

#include "supervisor/manager.h"

/* "enabled", "masked", …; NULL for a unit without a file, or when out of memory. */
const char *unit_file_states_find(struct manager *manager, const struct unit_definition *definition);
/* What the preset policy says: "enabled" or "disabled"; NULL for a unit without a file or without installation. */
const char *unit_file_states_preset(struct manager *manager, const struct unit_definition *definition);
/* At the end of each request. */
void unit_file_states_forget(struct manager *manager);

#endif
