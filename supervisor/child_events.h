/* From ended children to events for the core; orphans that came to svinit end here. */
#ifndef SVINIT_CHILD_EVENTS_H
#define SVINIT_CHILD_EVENTS_H

#include "supervisor/manager.h"
#include "supervisor/os/reaper.h"

/* Reaps what has ended, at most a bounded number; more is left to the next turn (manager->reap_again). */
void child_events_reap(struct manager *manager);

/* A unit's main or control process has ended. */
void child_events_exited(struct manager *manager, unit_id unit, enum process_role role,
			 const struct exited_child *child);

/* Feeds EVENT_OOM_KILLED if the kernel has killed a process of the unit since it was last asked. */
void child_events_look_for_oom(struct manager *manager, unit_id unit);

/* A process of the unit that is no child of ours has ended; how, only newer kernels tell. */
void child_events_stranger_ended(struct manager *manager, unit_id unit, enum process_role role);

/* Feeds EVENT_EMPTY when no process of the unit is left, now or as soon as it is seen. */
void child_events_expect_empty(struct manager *manager, unit_id unit);

/* The containments' callback: the unit's last process is gone. */
void child_events_on_empty(struct containment *containment, void *manager);

#endif
