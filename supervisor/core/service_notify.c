/* sd_notify(3): what a service says about itself, believed as far as NotifyAccess= goes. */
#include <stdlib.h>
#include <string.h>

#include "supervisor/core/service.h"

static bool may_notify(const struct unit *unit, enum notify_sender sender)
{
	if (sender == SENDER_SUPERVISOR)
		return true;
	switch (service_of(unit)->notify_access) {
	case NOTIFY_ACCESS_ALL:
		return true;
	case NOTIFY_ACCESS_EXEC:
		return sender == SENDER_MAIN || sender == SENDER_CONTROL;
	case NOTIFY_ACCESS_MAIN:
		return sender == SENDER_MAIN;
	default:
		return false;
	}
}

static bool is_alive(const struct unit *unit)
{
	return !is_down(unit) && unit->sub_state != SUB_AUTO_RESTART && unit->sub_state != SUB_AUTO_RESTART_QUEUED;
}

static bool main_may_change(const struct unit *unit)
{
	return (unit->sub_state == SUB_START && !unit->private->idle_waiting) || unit->sub_state == SUB_START_POST ||
	       is_up(unit);
}

static void take_texts(struct core *core, struct unit *unit, const struct event *event)
{
	if (event->notify.flags & NOTIFY_STATUS && event->notify.status) {
		char *text = strdup(event->notify.status);

		if (text) {
			free(unit->status_text);
			unit->status_text = text;
		}
	}
	if (event->notify.flags & NOTIFY_ERRNO)
		unit->notify_errno = event->notify.error;
	if (event->notify.flags & (NOTIFY_STATUS | NOTIFY_ERRNO))
		unit_changed(core, unit);
}

static void take_main_pid(struct core *core, struct unit *unit, const struct event *event)
{
	if (!main_may_change(unit) || unit->private->spawning == ROLE_MAIN + 1)
		return;
	if (!event->notify.main_pid_ok || event->notify.main_pid <= 0) {
		core_record(core, unit, RECORD_WARNING, "MAINPID=%d ignored: not a process of this unit",
			    (int)event->notify.main_pid);
		return;
	}
	service_set_main(core, unit, event->notify.main_pid);
	if (unit->private->finding_main) {
		unit->private->finding_main = false;
		if (unit->sub_state == SUB_START)
			service_enter_start_post(core, unit);
		else if (unit->sub_state == SUB_START_POST && !control_is_alive(unit))
			service_enter_running(core, unit, RESULT_SUCCESS);
	}
}

static void take_watchdog(struct core *core, struct unit *unit, const struct event *event)
{
	if (event->notify.flags & NOTIFY_WATCHDOG_USEC)
		unit->watchdog = event->notify.watchdog;
	if (event->notify.flags & NOTIFY_WATCHDOG || event->notify.flags & NOTIFY_WATCHDOG_USEC) {
		if (unit->sub_state != SUB_START)
			unit->watchdog_last = core->now;
		unit_rearm(core, unit);
	}
	if (event->notify.flags & NOTIFY_WATCHDOG_TRIGGER && (is_up(unit) || unit->sub_state == SUB_START_POST))
		service_watchdog_timeout(core, unit);
}

/* Gives the present state at least that much more time, if it has a time limit at all. */
static void extend_timeout(struct core *core, struct unit *unit, usec more)
{
	usec wanted = usec_add(core->now, more);

	if (unit->private->idle_waiting)
		return;
	if (unit->private->state_deadline != USEC_INFINITY && wanted > unit->private->state_deadline)
		unit_set_deadline(core, unit, wanted);
}

/* Type=dbus counts as up by its name on the bus, whatever it says itself. */
static bool ends_start(const struct unit *unit, enum notify_sender sender)
{
	return is_notify_type(unit) || (service_type_of(unit) == SERVICE_DBUS && sender == SENDER_SUPERVISOR);
}

static void take_ready(struct core *core, struct unit *unit, enum notify_sender sender)
{
	unit->private->notify_state = NOTIFY_STATE_READY;
	if (unit->sub_state == SUB_START && ends_start(unit, sender) && !unit->private->spawning)
		service_enter_start_post(core, unit);
	else if (unit->sub_state == SUB_RELOAD_NOTIFY)
		service_enter_running(core, unit, RESULT_SUCCESS);
}

/* A RELOADING=1 that was on its way before the reload was asked for does not answer it. */
static bool answers_reload(const struct unit *unit, const struct event *event)
{
	const struct unit_rare *rare = unit->private->rare;

	return event->notify.flags & NOTIFY_MONOTONIC && rare && event->notify.monotonic >= rare->reload_begin;
}

static void take_reloading(struct core *core, struct unit *unit, const struct event *event)
{
	unit->private->notify_state = NOTIFY_STATE_RELOADING;
	if (unit->sub_state == SUB_RUNNING)
		service_enter_reload_notify(core, unit);
	else if (unit->sub_state == SUB_RELOAD_SIGNAL && answers_reload(unit, event))
		service_enter_reload_notify(core, unit);
}

static void take_stopping(struct core *core, struct unit *unit)
{
	unit->private->notify_state = NOTIFY_STATE_STOPPING;
	if (unit->sub_state == SUB_RUNNING)
		service_enter_stop_by_notify(core, unit);
}

static void take_progress(struct core *core, struct unit *unit, const struct event *event)
{
	unsigned flags = event->notify.flags;

	if (flags & NOTIFY_STOPPING)
		take_stopping(core, unit);
	else if (flags & NOTIFY_READY)
		take_ready(core, unit, event->notify.sender);
	else if (flags & NOTIFY_RELOADING)
		take_reloading(core, unit, event);
}

void service_notify(struct core *core, struct unit *unit, const struct event *event)
{
	if (!is_alive(unit))
		return;
	if (!may_notify(unit, event->notify.sender)) {
		core_record(core, unit, RECORD_WARNING,
			    "notification ignored: NotifyAccess= does not allow the sender");
		return;
	}
	take_texts(core, unit, event);
	if (event->notify.flags & NOTIFY_EXTEND_TIMEOUT)
		extend_timeout(core, unit, event->notify.extend_timeout);
	if (event->notify.flags & NOTIFY_MAIN_PID)
		take_main_pid(core, unit, event);
	take_progress(core, unit, event);
	if (is_alive(unit))
		take_watchdog(core, unit, event);
}
