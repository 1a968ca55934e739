#include "supervisor/os/clock_watch.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* A moment that never comes: what counts is that the timer is canceled when the clock is set. */
static int arm(int fd)
{
	const struct itimerspec never = { .it_value = { .tv_sec = INT_MAX } };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0 ? -errno : 0;
}

static void clock_dispatch(struct event_source *source, uint32_t events)
{
	struct clock_watch *watch = (struct clock_watch *)((char *)source - offsetof(struct clock_watch, clock));
	uint64_t expirations;

	(void)events;
	if (read(source->fd, &expirations, sizeof expirations) < 0 && errno != ECANCELED)
		return;
	if (arm(source->fd) < 0)
		event_loop_remove(watch->loop, source);
	watch->changed(watch->context, false);
}

static void zone_dispatch(struct event_source *source, uint32_t events)
{
	struct clock_watch *watch = (struct clock_watch *)((char *)source - offsetof(struct clock_watch, zone));
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t length;

	(void)events;
	while ((length = read(source->fd, buffer, sizeof buffer)) > 0) {
		for (char *at = buffer; at < buffer + length;) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			changed |= event->len > 0 && strcmp(event->name, "localtime") == 0;
			at += sizeof *event + event->len;
		}
	}
	if (!changed)
		return;
	tzset();
	watch->changed(watch->context, true);
}

static void open_zone(struct clock_watch *watch)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0)
		return;
	watch->zone = (struct event_source){ .fd = fd, .dispatch = zone_dispatch };
	if (inotify_add_watch(fd, "/etc", IN_ONLYDIR | IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE) < 0 ||
	    event_loop_add(watch->loop, &watch->zone, EPOLLIN) < 0) {
		close(fd);
		watch->zone.fd = -1;
	}
}

int clock_watch_open(struct clock_watch *watch, struct event_loop *loop, void (*changed)(void *context, bool zone),
		     void *context)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	int r;

	*watch = (struct clock_watch){
		.loop = loop, .zone = { .fd = -1 }, .wake_fd = -1, .changed = changed, .context = context
	};
	watch->clock = (struct event_source){ .fd = fd, .dispatch = clock_dispatch };
	if (fd < 0)
		return -errno;
	r = arm(fd);
	if (r == 0)
		r = event_loop_add(loop, &watch->clock, EPOLLIN);
	if (r < 0) {
		close(fd);
		watch->clock.fd = -1;
		return r;
	}
	open_zone(watch);
	return 0;
}

static void close_source(struct event_loop *loop, struct event_source *source)
{
	if (source->fd < 0)
		return;
	event_loop_remove(loop, source);
	close(source->fd);
	source->fd = -1;
}

void clock_watch_close(struct clock_watch *watch)
{
	close_source(watch->loop, &watch->clock);
	close_source(watch->loop, &watch->zone);
	if (watch->wake_fd >= 0)
		close(watch->wake_fd);
	watch->wake_fd = -1;
}

int clock_watch_wake(struct clock_watch *watch, usec delay)
{
	struct itimerspec when = { .it_value = { .tv_sec = (time_t)(delay / USEC_PER_SEC),
						 .tv_nsec = (long)(delay % USEC_PER_SEC) * 1000 } };

	if (watch->wake_fd < 0 && delay == 0)
		return 0;
	if (watch->wake_fd < 0)
		watch->wake_fd = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_NONBLOCK | TFD_CLOEXEC);
	if (watch->wake_fd < 0)
		return -errno;
	return timerfd_settime(watch->wake_fd, 0, &when, NULL) < 0 ? -errno : 0;
}
