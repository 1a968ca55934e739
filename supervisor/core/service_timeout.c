/* The time of a state is over. */
#include <errno.h>

#include "supervisor/core/service.h"

enum { SPAWN_PATIENCE = 100 * 1000 }; /* µs; the answer to ACTION_SPAWN is awaited before anything else is done */

static enum sub_state stop_state(enum timeout_failure_mode mode)
{
	switch (mode) {
	case TIMEOUT_ABORT:
		return SUB_STOP_WATCHDOG;
	case TIMEOUT_KILL:
		return SUB_STOP_SIGKILL;
	default:
		return SUB_STOP_SIGTERM;
	}
}

static void start_timed_out(struct core *core, struct unit *unit)
{
	unit_set_failure(unit, "not up in time: %s timed out", sub_state_name((enum sub_state)unit->sub_state));
	service_enter_signal(core, unit, stop_state(service_of(unit)->timeout_start_failure_mode), RESULT_TIMEOUT);
}

static void kill_or(struct core *core, struct unit *unit, enum sub_state kill_state)
{
	if (service_of(unit)->send_sigkill)
		service_enter_signal(core, unit, kill_state, RESULT_TIMEOUT);
	else if (kill_state == SUB_STOP_SIGKILL)
		service_enter_stop_post(core, unit, RESULT_TIMEOUT);
	else
		service_enter_dead(core, unit, RESULT_TIMEOUT, false);
}

static void stop_timed_out(struct core *core, struct unit *unit)
{
	enum sub_state next = stop_state(service_of(unit)->timeout_stop_failure_mode);

	unit_set_failure(unit, "ExecStop= timed out");
	if (next == SUB_STOP_SIGKILL)
		kill_or(core, unit, SUB_STOP_SIGKILL);
	else
		service_enter_signal(core, unit, next, RESULT_TIMEOUT);
}

static void sigterm_timed_out(struct core *core, struct unit *unit, enum sub_state watchdog, enum sub_state kill_state)
{
	unit_set_failure(unit, "stopping timed out");
	if (service_of(unit)->timeout_stop_failure_mode == TIMEOUT_ABORT)
		service_enter_signal(core, unit, watchdog, RESULT_TIMEOUT);
	else
		kill_or(core, unit, kill_state);
}

static void stop_post_timed_out(struct core *core, struct unit *unit)
{
	unit_set_failure(unit, "ExecStopPost= timed out");
	switch (service_of(unit)->timeout_stop_failure_mode) {
	case TIMEOUT_ABORT:
		service_enter_signal(core, unit, SUB_FINAL_WATCHDOG, RESULT_TIMEOUT);
		break;
	case TIMEOUT_KILL:
		kill_or(core, unit, SUB_FINAL_SIGKILL);
		break;
	default:
		service_enter_signal(core, unit, SUB_FINAL_SIGTERM, RESULT_TIMEOUT);
		break;
	}
}

/* The reload is over when its command is gone; it is killed as often as it takes. */
static void reload_timed_out(struct core *core, struct unit *unit)
{
	struct action action = { .kind = ACTION_SIGNAL, .unit = unit->id };

	unit->reload_failed = true;
	unit->private->notify_state = NOTIFY_STATE_UNKNOWN;
	core_record(core, unit, RECORD_WARNING, "reload timed out");
	if (unit->control_pid == 0) {
		service_enter_running(core, unit, RESULT_SUCCESS);
		return;
	}
	action.signal.scope = SCOPE_CONTROL;
	action.signal.signal = service_of(unit)->final_kill_signal;
	core_push(core, &action);
	unit_set_deadline(core, unit, deadline_in(core, service_of(unit)->timeout_stop));
}

static void runtime_is_over(struct core *core, struct unit *unit)
{
	unit_set_failure(unit, "ran longer than RuntimeMaxSec=");
	service_enter_stop(core, unit, RESULT_TIMEOUT);
}

static void kill_timed_out(struct core *core, struct unit *unit, bool final)
{
	/* That they did not stop when asked is the lesser news. */
	unit_clear_failure(unit);
	unit_set_failure(unit, "processes are left that SIGKILL did not end");
	core_record(core, unit, RECORD_ERROR, "processes are left that SIGKILL did not end");
	if (final)
		service_enter_dead(core, unit, RESULT_TIMEOUT, true);
	else
		service_enter_stop_post(core, unit, RESULT_TIMEOUT);
}

static void fail_lost_spawn(struct core *core, struct unit *unit)
{
	struct event event = { .kind = EVENT_SPAWN_FAILED, .unit = unit->id };

	event.spawn_failed.role = (enum process_role)(unit->private->spawning - 1);
	event.spawn_failed.step = "spawn";
	event.spawn_failed.error = ENOMEM;
	service_spawn_failed(core, unit, &event);
}

static void state_timed_out(struct core *core, struct unit *unit)
{
	switch (unit->sub_state) {
	case SUB_CONDITION:
	case SUB_START_PRE:
	case SUB_START:
	case SUB_START_POST:
		start_timed_out(core, unit);
		break;
	case SUB_RUNNING:
		runtime_is_over(core, unit);
		break;
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		reload_timed_out(core, unit);
		break;
	case SUB_STOP:
		stop_timed_out(core, unit);
		break;
	case SUB_STOP_WATCHDOG:
		unit_set_failure(unit, "stopping timed out");
		kill_or(core, unit, SUB_STOP_SIGKILL);
		break;
	case SUB_STOP_SIGTERM:
		sigterm_timed_out(core, unit, SUB_STOP_WATCHDOG, SUB_STOP_SIGKILL);
		break;
	case SUB_STOP_SIGKILL:
		kill_timed_out(core, unit, false);
		break;
	case SUB_STOP_POST:
		stop_post_timed_out(core, unit);
		break;
	case SUB_FINAL_WATCHDOG:
		kill_or(core, unit, SUB_FINAL_SIGKILL);
		break;
	case SUB_FINAL_SIGTERM:
		sigterm_timed_out(core, unit, SUB_FINAL_WATCHDOG, SUB_FINAL_SIGKILL);
		break;
	case SUB_FINAL_SIGKILL:
		kill_timed_out(core, unit, true);
		break;
	case SUB_AUTO_RESTART:
		service_enter_restart(core, unit);
		break;
	default:
		break;
	}
}

static bool is_signalled(const struct unit *unit)
{
	switch (unit->sub_state) {
	case SUB_STOP_WATCHDOG:
	case SUB_STOP_SIGTERM:
	case SUB_STOP_SIGKILL:
	case SUB_FINAL_WATCHDOG:
	case SUB_FINAL_SIGTERM:
	case SUB_FINAL_SIGKILL:
		return true;
	default:
		return false;
	}
}

void service_signal_failed(struct core *core, struct unit *unit)
{
	if (!is_signalled(unit))
		return;
	unit->private->signal_lost = true;
	unit_set_deadline(core, unit, usec_add(core->now, MEMORY_PATIENCE));
}

void service_timeout(struct core *core, struct unit *unit)
{
	if (unit->private->spawn_lost)
		fail_lost_spawn(core, unit);
	else if (unit->private->signal_lost && is_signalled(unit))
		service_enter_signal(core, unit, (enum sub_state)unit->sub_state, RESULT_SUCCESS);
	else if (unit->private->idle_waiting)
		service_idle_over(core, unit);
	else if (unit->private->spawning)
		unit_set_deadline(core, unit, usec_add(core->now, SPAWN_PATIENCE));
	else
		state_timed_out(core, unit);
}

void service_watchdog_timeout(struct core *core, struct unit *unit)
{
	if (unit->private->spawning) {
		unit->watchdog_last = core->now;
		unit_rearm(core, unit);
		return;
	}
	unit_set_failure(unit, "watchdog: no WATCHDOG=1 within %g s", (double)unit->watchdog / (double)USEC_PER_SEC);
	service_enter_signal(core, unit, SUB_STOP_WATCHDOG, RESULT_WATCHDOG);
}

void service_oom_killed(struct core *core, struct unit *unit)
{
	enum oom_policy policy = service_of(unit)->oom_policy;

	core_record(core, unit, RECORD_WARNING, "the kernel killed one of its processes for want of memory");
	if (policy == OOM_POLICY_CONTINUE || is_down(unit) || unit->private->spawning)
		return;
	if (unit->active_state == ACTIVE_STATE_DEACTIVATING) {
		service_note(unit, RESULT_OOM_KILL);
		return;
	}
	if (unit->sub_state == SUB_AUTO_RESTART || unit->sub_state == SUB_AUTO_RESTART_QUEUED)
		return;
	unit_set_failure(unit, "the kernel killed one of its processes for want of memory");
	service_enter_signal(core, unit, policy == OOM_POLICY_KILL ? SUB_STOP_SIGKILL : SUB_STOP_SIGTERM,
			     RESULT_OOM_KILL);
}

const char *service_deadline_name(const struct unit *unit)
{
	if (unit->private->idle_waiting)
		return "idle wait";
	switch (unit->sub_state) {
	case SUB_CONDITION:
	case SUB_START_PRE:
	case SUB_START:
	case SUB_START_POST:
		return "start timeout";
	case SUB_RUNNING:
		return "runtime limit";
	case SUB_RELOAD:
	case SUB_RELOAD_SIGNAL:
	case SUB_RELOAD_NOTIFY:
		return "reload timeout";
	case SUB_AUTO_RESTART:
		return "restart delay";
	case SUB_DEAD:
	case SUB_FAILED:
		return "retry";
	default:
		return "stop timeout";
	}
}
