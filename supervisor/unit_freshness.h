/* Whether what a unit was loaded from has changed on disk since (NeedDaemonReload). */
#ifndef SVINIT_UNIT_FRESHNESS_H
#define SVINIT_UNIT_FRESHNESS_H

#include "supervisor/manager.h"

/* See loader_is_stale(). */
bool unit_files_changed(const struct manager *manager, const struct unit *unit);

/*
 * Around a look at many units. Where nothing has changed at the unit directories since an earlier look, which a watch
 * tells, no unit costs anything; otherwise the directories are listed once.
 */
void unit_freshness_begin(struct manager *manager);
void unit_freshness_end(struct manager *manager);
/* Between the two; elsewhere the answer is not known: false, and *known is false. */
bool unit_is_stale(const struct manager *manager, const struct unit *unit, bool *known);

/* After a reload, and at the end: what was known of the files counts no more. */
void unit_freshness_forget(struct manager *manager);

#endif
