/* What timers want from the world: when calendar events elapse by the realtime clock, and when they last did. */
#ifndef SVINIT_TIMER_CLOCK_H
#define SVINIT_TIMER_CLOCK_H

#include "supervisor/manager.h"

/* ACTION_TIMER_FACTS: answers with EVENT_TIMER_FACTS. */
void timer_clock_facts(struct manager *manager, const struct action *action);
/* ACTION_TIMER_ELAPSED: Persistent= keeps the time on disk, where systemd keeps it too. */
void timer_clock_elapsed(struct manager *manager, unit_id unit);
void timer_clock_close(struct manager *manager);

#endif
