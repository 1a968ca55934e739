#include "supervisor/timer_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/calendar.h"
#include "supervisor/os/clock_watch.h"
#include "supervisor/os/read_file.h"
#include "supervisor/os/stamp_file.h"

struct timer_clock {
	struct clock_watch watch;
	int64_t offset_before; /* realtime minus monotonic, before the clock was last set */
	bool watched;
	bool wakes; /* a timer has WakeSystem= */
};

static void clock_changed(void *context, bool zone)
{
	struct manager *manager = context;
	struct event event = { .kind = EVENT_CLOCK, .unit = UNIT_ID_NONE, .clock = { .zone = zone } };

	manager->timer_clock->offset_before = manager->realtime_offset;
	manager->realtime_offset = (int64_t)clock_realtime() - (int64_t)clock_monotonic();
	manager_feed(manager, &event);
}

/* The first timer has the clocks watched. */
static struct timer_clock *clock_of(struct manager *manager)
{
	struct timer_clock *clock = manager->timer_clock;
	int r;

	if (clock)
		return clock;
	clock = calloc(1, sizeof *clock);
	if (!clock)
		return NULL;
	manager->timer_clock = clock;
	manager->realtime_offset = (int64_t)clock_realtime() - (int64_t)clock_monotonic();
	clock->offset_before = manager->realtime_offset;
	r = clock_watch_open(&clock->watch, &manager->loop, clock_changed, manager);
	clock->watched = r == 0;
	if (r < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "timers will not see when the clock is set: %s",
			       strerror(-r));
	return clock;
}

static bool stamp_path(const struct manager *manager, const struct unit *unit, char *path, size_t size)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME"), *name = unit->definition->name;
	int length;

	if (!manager->options.user_mode)
		length = snprintf(path, size, "/var/lib/systemd/timers/stamp-%s", name);
	else if (data && *data == '/')
		length = snprintf(path, size, "%s/systemd/timers/stamp-%s", data, name);
	else if (home && *home == '/')
		length = snprintf(path, size, "%s/.local/share/systemd/timers/stamp-%s", home, name);
	else
		return false;
	return length > 0 && (size_t)length < size;
}

static void touch(struct manager *manager, const struct unit *unit)
{
	char path[4096];
	int r = stamp_path(manager, unit, path, sizeof path) ? stamp_file_touch(path) : -ENOENT;

	if (r < 0)
		manager_record(manager, RECORD_WARNING, unit->id, "Persistent=: %s: %s", path, strerror(-r));
}

/* Realtime behind which events are meant, and what the disk says. A timer that never ran begins to count now. */
static usec base_of(struct manager *manager, const struct unit *unit, const struct action *action, usec *stamp)
{
	int64_t offset = action->timer_facts.stepped ? manager->timer_clock->offset_before : manager->realtime_offset;
	usec now = clock_realtime(), base = (usec)((int64_t)action->timer_facts.since + offset);
	char path[4096];

	if (action->timer_facts.first && unit->definition->timer->persistent &&
	    stamp_path(manager, unit, path, sizeof path)) {
		*stamp = stamp_file_time(path);
		if (*stamp == 0)
			touch(manager, unit);
		else
			base = *stamp;
	}
	return base < now ? base : now;
}

static usec first_elapse(const struct timer_definition *timer, usec base)
{
	usec first = USEC_INFINITY, next;

	for (size_t i = 0; i < timer->line_count; i++)
		if (timer->lines[i].base == TIMER_ON_CALENDAR &&
		    calendar_next(timer->lines[i].calendar, base, &next) == 0 && next < first)
			first = next;
	return first;
}

/* What elapsed before svinit began counts as elapsed at its beginning, so that RandomizedDelaySec= spreads it. */
static usec to_monotonic(const struct manager *manager, usec realtime)
{
	usec now = clock_realtime(), monotonic = clock_monotonic();

	if (realtime == USEC_INFINITY)
		return USEC_INFINITY;
	if (realtime >= now)
		return usec_add(monotonic, realtime - now);
	return now - realtime > monotonic - manager->started ? manager->started : monotonic - (now - realtime);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}

/* FixedRandomDelay=: from what makes this timer on this machine different from any other. */
static uint64_t fixed_random(const struct unit *unit)
{
	char machine[64] = "";
	uint64_t hash = UINT64_C(14695981039346656037);

	read_file_at(AT_FDCWD, "/etc/machine-id", machine, sizeof machine);
	hash = hash_text(hash, machine);
	hash = hash_text(hash, unit->definition->name);
	hash = (hash ^ getuid()) * UINT64_C(1099511628211);
	return hash ^ hash >> 29;
}

/* In a container the machine's boot is no concern of its services: theirs is svinit's beginning. */
static usec boot_time(const struct manager *manager)
{
	return getpid() == 1 && !manager->options.machine_init ? manager->started : 0;
}

static usec earliest_wake(const struct manager *manager)
{
	usec earliest = USEC_INFINITY;
	struct timer_view view;

	for (unit_id id = 0; id < core_unit_count(manager->core); id++) {
		const struct unit *unit = core_unit(manager->core, id);

		if (unit && unit->definition->timer && unit->definition->timer->wake_system &&
		    core_timer(manager->core, id, &view) == 0 && view.next < earliest)
			earliest = view.next;
	}
	return earliest;
}

/* Sets the machine's alarm for the earliest of them. */
static void arm_wake(struct manager *manager)
{
	struct timer_clock *clock = manager->timer_clock;
	usec earliest, now = clock_monotonic();
	int r;

	if (!clock || !clock->watched || !clock->wakes)
		return;
	earliest = earliest_wake(manager);
	r = clock_watch_wake(&clock->watch, earliest == USEC_INFINITY ? 0 : earliest > now ? earliest - now : 1);
	clock->wakes = r == 0;
	if (r < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE,
			       "WakeSystem=: the machine is not woken from suspend for timers: %s", strerror(-r));
}

void timer_clock_facts(struct manager *manager, const struct action *action)
{
	const struct unit *unit = core_unit(manager->core, action->unit);
	struct event event = { .kind = EVENT_TIMER_FACTS, .unit = action->unit };

	event.timer_facts.next = USEC_INFINITY;
	event.timer_facts.boot = boot_time(manager);
	event.timer_facts.startup = manager->started;
	if (clock_of(manager) && unit->definition->timer) {
		usec base = base_of(manager, unit, action, &event.timer_facts.stamp);

		event.timer_facts.next = to_monotonic(manager, first_elapse(unit->definition->timer, base));
		event.timer_facts.random = fixed_random(unit);
	}
	manager_feed(manager, &event);
	if (manager->timer_clock && unit->definition->timer && unit->definition->timer->wake_system)
		manager->timer_clock->wakes = true;
	arm_wake(manager);
}

void timer_clock_elapsed(struct manager *manager, unit_id id)
{
	const struct unit *unit = core_unit(manager->core, id);

	if (unit->definition->timer && unit->definition->timer->persistent)
		touch(manager, unit);
}

void timer_clock_close(struct manager *manager)
{
	if (manager->timer_clock && manager->timer_clock->watched)
		clock_watch_close(&manager->timer_clock->watch);
	free(manager->timer_clock);
	manager->timer_clock = NULL;
}
