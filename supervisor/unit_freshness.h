/* Whether what a unit was loaded from has changed on disk since (NeedDaemonReload). */
#ifndef SVINIT_UNIT_FRESHNESS_H
#define SVINIT_UNIT_FRESHNESS_H

#include "supervisor/manager.h"

/*
 * Looks at the unit file, its drop-ins and the directories where drop-ins may lie, by the times of their last change
 * (stat(2), st_ctim, which installing a file with an old mtime changes too). Reads nothing. These times go in ticks of
 * the kernel's clock: a change within some milliseconds after loading may not be seen.
 */
bool unit_files_changed(const struct manager *manager, const struct unit *unit);

#endif
