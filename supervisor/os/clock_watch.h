/* Tells when the realtime clock is set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET) and when /etc/localtime changes. */
#ifndef SVINIT_OS_CLOCK_WATCH_H
#define SVINIT_OS_CLOCK_WATCH_H

#include "supervisor/os/event_loop.h"

struct clock_watch {
	struct event_loop *loop;
	struct event_source clock, zone;
	int wake_fd; /* CLOCK_BOOTTIME_ALARM; -1: not needed yet, or not permitted */
	void (*changed)(void *context, bool zone);
	void *context;
};

/* Costs nothing while neither happens. Without the right to watch the zone, that alone is left out. 0 or -errno. */
int clock_watch_open(struct clock_watch *watch, struct event_loop *loop, void (*changed)(void *context, bool zone),
		     void *context);
void clock_watch_close(struct clock_watch *watch);
/* Has the machine wake from suspend `delay` µs from now; 0: no more. -EPERM without CAP_WAKE_ALARM. */
int clock_watch_wake(struct clock_watch *watch, usec delay);

#endif
