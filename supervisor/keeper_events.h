/* What the keepers of units tell: the ends of main and control processes, and of their own. */
#ifndef SVINIT_KEEPER_EVENTS_H
#define SVINIT_KEEPER_EVENTS_H

#include "supervisor/manager.h"
#include "supervisor/os/reaper.h"

/* Without cgroups: lets units be held by keepers, where svkeeper is to be found. 0 or -errno with a cause. */
int keeper_events_open(struct manager *manager, struct cause *cause);
/* Takes in what keepers have written, at most a bounded number of reports. */
void keeper_events_receive(struct manager *manager);
/* Whether the ended child was a keeper; what follows from it is fed. */
bool keeper_events_ended(struct manager *manager, const struct exited_child *child);

#endif
