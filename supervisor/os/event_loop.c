#include "supervisor/os/event_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENT_LOOP_ROUND = 64 };

static usec clock_read(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (usec)t.tv_sec * USEC_PER_SEC + (usec)t.tv_nsec / 1000;
}

usec clock_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

usec clock_realtime(void)
{
	return clock_read(CLOCK_REALTIME);
}

/* The timer is the one source without a struct event_source: its epoll data is NULL. */
static int add_timer(struct event_loop *loop)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->timer_fd, &event) < 0 ? -errno : 0;
}

int event_loop_init(struct event_loop *loop)
{
	int r;

	*loop = (struct event_loop){ .epoll_fd = -1, .timer_fd = -1, .armed = USEC_INFINITY };
	loop->ready = calloc(EVENT_LOOP_ROUND, sizeof *loop->ready);
	if (!loop->ready)
		return -ENOMEM;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->timer_fd < 0)
		r = -errno;
	else
		r = add_timer(loop);
	if (r < 0)
		event_loop_finish(loop);
	return r;
}

void event_loop_finish(struct event_loop *loop)
{
	if (loop->ready && loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	if (loop->ready && loop->timer_fd >= 0)
		close(loop->timer_fd);
	free(loop->ready);
	*loop = (struct event_loop){ .epoll_fd = -1, .timer_fd = -1, .armed = USEC_INFINITY };
}

static int control(struct event_loop *loop, int operation, struct event_source *source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = source };

	return epoll_ctl(loop->epoll_fd, operation, source->fd, &event) < 0 ? -errno : 0;
}

int event_loop_add(struct event_loop *loop, struct event_source *source, uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, source, events);
}

int event_loop_modify(struct event_loop *loop, struct event_source *source, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, source, events);
}

void event_loop_remove(struct event_loop *loop, struct event_source *source)
{
	(void)control(loop, EPOLL_CTL_DEL, source, 0);
	for (int i = loop->ready_next; i < loop->ready_count; i++)
		if (loop->ready[i].data.ptr == source)
			loop->ready[i].events = 0;
}

int event_loop_set_deadline(struct event_loop *loop, usec deadline)
{
	struct itimerspec value = { .it_value.tv_sec = 0 };

	loop->busy_poll = deadline != USEC_INFINITY && deadline <= clock_monotonic();
	if (loop->busy_poll || deadline == loop->armed)
		return 0;
	if (deadline != USEC_INFINITY) {
		value.it_value.tv_sec = (time_t)(deadline / USEC_PER_SEC);
		value.it_value.tv_nsec = (long)(deadline % USEC_PER_SEC) * 1000;
	}
	if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &value, NULL) < 0)
		return -errno;
	loop->armed = deadline;
	return 0;
}

/* The timer is off after it fired once, so the same deadline can be set again. */
static void timer_fired(struct event_loop *loop)
{
	uint64_t expirations;

	loop->due = true;
	loop->armed = USEC_INFINITY;
	(void)!read(loop->timer_fd, &expirations, sizeof expirations);
}

static void dispatch_round(struct event_loop *loop)
{
	while (loop->ready_next < loop->ready_count) {
		struct epoll_event *event = &loop->ready[loop->ready_next++];
		struct event_source *source = event->data.ptr;

		if (event->events == 0)
			continue;
		if (source)
			source->dispatch(source, event->events);
		else
			timer_fired(loop);
	}
	loop->ready_next = loop->ready_count = 0;
}

int event_loop_wait(struct event_loop *loop)
{
	int n;

	loop->due = loop->busy_poll;
	do
		n = epoll_wait(loop->epoll_fd, loop->ready, EVENT_LOOP_ROUND, loop->busy_poll ? 0 : -1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	loop->ready_next = 0;
	loop->ready_count = n;
	dispatch_round(loop);
	return loop->due;
}
