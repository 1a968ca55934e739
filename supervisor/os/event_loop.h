/* One epoll(7) instance and one timerfd(2). Sources are embedded in what they belong to. */
#ifndef SVINIT_OS_EVENT_LOOP_H
#define SVINIT_OS_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/usec.h"

struct event_source {
	int fd;
	/* `events` are epoll's. May remove and free any source, its own too. */
	void (*dispatch)(struct event_source *source, uint32_t events);
};

struct event_loop {
	int epoll_fd;
	int timer_fd;
	usec armed;                /* what the timer is set to; USEC_INFINITY: off */
	bool due;                  /* the timer fired in the present round */
	struct epoll_event *ready; /* the present round */
	int ready_count, ready_next;
	bool busy_poll; /* the deadline has passed already: do not sleep */
};

int event_loop_init(struct event_loop *loop);
void event_loop_finish(struct event_loop *loop);
int event_loop_add(struct event_loop *loop, struct event_source *source, uint32_t events);
int event_loop_modify(struct event_loop *loop, struct event_source *source, uint32_t events);
/* Also takes the source out of the present round. The descriptor stays open. */
void event_loop_remove(struct event_loop *loop, struct event_source *source);
/* The monotonic time at which event_loop_wait() returns true; USEC_INFINITY: none. One system call, none if unchanged.
 */
int event_loop_set_deadline(struct event_loop *loop, usec deadline);
/* Waits for events and dispatches what is ready. 1: the deadline has passed; 0: not; or -errno (never -EINTR). */
int event_loop_wait(struct event_loop *loop);

usec clock_monotonic(void);
usec clock_realtime(void);

#endif
