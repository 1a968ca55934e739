/* Whether what a unit was loaded from is still what would be loaded. */
#ifndef SVINIT_LOAD_FRESHNESS_H
#define SVINIT_LOAD_FRESHNESS_H

#include "common/usec.h"
#include "supervisor/load/loader.h"

/*
 * Looks at which file a unit would be loaded from, and at the times of the last change (stat(2), st_ctim, which
 * installing a file with an old mtime changes too) of that file, its drop-ins and the directories that drop-ins and
 * .wants/ links lie in. Reads no file. `since` is realtime, µs; it goes in ticks of the kernel's clock: a change within
 * some milliseconds after loading may not be seen. Within a batch of the loader, the directories are those of its
 * beginning.
 */
bool loader_is_stale(struct loader *loader, const struct unit_definition *definition, usec since);

/*
 * The paths at which a change shows: unit directories, the directories in them, and what links lead to. Within a batch.
 * `each` returns false to end the walk.
 */
void loader_each_watched_path(struct loader *loader, bool (*each)(void *context, const char *path), void *context);

#endif
