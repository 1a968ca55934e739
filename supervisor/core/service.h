/*
 * The state machine of a service, in the states and by the rules of systemd.service(5):
 *
 *   dead → condition → start-pre → start → start-post → running (exited) → stop → stop-sigterm → stop-sigkill →
 *   stop-post → final-sigterm → final-sigkill → dead or failed → auto-restart → auto-restart-queued → …
 *
 * A state without commands or processes of its own is passed through without being seen. Every command is started by
 * ACTION_SPAWN; until that is answered the unit stays where it is, and a stop that is asked for meanwhile is
 * remembered and done when the answer comes.
 */
#ifndef SVINIT_CORE_SERVICE_H
#define SVINIT_CORE_SERVICE_H

#include "supervisor/core/core_state.h"
#include "supervisor/core/unit_state.h"

/* What jobs ask for. */
bool service_may_start(struct core *core, struct unit *unit); /* the start limit; false: now failed */
void service_start(struct core *core, struct unit *unit);
void service_stop(struct core *core, struct unit *unit);
void service_reload(struct core *core, struct unit *unit);
bool service_can_reload(const struct unit *unit);
void service_reset_failed(struct core *core, struct unit *unit);

/* What the world tells. */
void service_spawned(struct core *core, struct unit *unit, const struct event *event);
void service_spawn_failed(struct core *core, struct unit *unit, const struct event *event);
void service_exited(struct core *core, struct unit *unit, const struct event *event);
void service_empty(struct core *core, struct unit *unit);
void service_main_process(struct core *core, struct unit *unit, const struct event *event);
void service_notify(struct core *core, struct unit *unit, const struct event *event);
void service_oom_killed(struct core *core, struct unit *unit);
/* It is sent again, a little later. */
void service_signal_failed(struct core *core, struct unit *unit);
/* No other job is under way, or it has waited for that long enough: its program is started. */
void service_idle_over(struct core *core, struct unit *unit);
void service_timeout(struct core *core, struct unit *unit);
void service_watchdog_timeout(struct core *core, struct unit *unit);
/* What core_unit_deadline() calls the deadline of the present state. */
const char *service_deadline_name(const struct unit *unit);

/* The steps of the machine, for its own files. `result` is what led to the step. */
void service_enter_start_pre(struct core *core, struct unit *unit);
void service_enter_start(struct core *core, struct unit *unit);
void service_enter_start_post(struct core *core, struct unit *unit);
void service_enter_running(struct core *core, struct unit *unit, enum unit_result result);
void service_enter_reload_notify(struct core *core, struct unit *unit);
void service_reload_control_ended(struct core *core, struct unit *unit, enum unit_result result);
void service_enter_stop(struct core *core, struct unit *unit, enum unit_result result);
void service_enter_stop_by_notify(struct core *core, struct unit *unit);
void service_enter_signal(struct core *core, struct unit *unit, enum sub_state state, enum unit_result result);
void service_enter_stop_post(struct core *core, struct unit *unit, enum unit_result result);
void service_enter_dead(struct core *core, struct unit *unit, enum unit_result result, bool allow_restart);
void service_enter_restart(struct core *core, struct unit *unit);

/* Runs the phase's first command as control process in `state`; false when it has none, or when an
 * earlier control process would not die. */
bool service_run_phase(struct core *core, struct unit *unit, enum exec_phase phase, enum sub_state state, usec timeout);
void service_spawn(struct core *core, struct unit *unit, enum exec_phase phase, unsigned index, enum process_role role);
void service_find_main(struct core *core, struct unit *unit, bool wait);
void service_set_main(struct core *core, struct unit *unit, int32_t pid);
/* The first result that is no success stays. */
void service_note(struct unit *unit, enum unit_result result);

static inline const struct exec_command_list *commands_of(const struct unit *unit, enum exec_phase phase)
{
	return &unit->definition->service->phases[phase];
}

static inline enum service_type service_type_of(const struct unit *unit)
{
	return unit->definition->service->type;
}

static inline bool main_is_alive(const struct unit *unit)
{
	return unit->main_pid != 0 || unit->private->spawning == ROLE_MAIN + 1;
}

static inline bool control_is_alive(const struct unit *unit)
{
	return unit->control_pid != 0 || unit->private->spawning == ROLE_CONTROL + 1;
}

static inline bool is_notify_type(const struct unit *unit)
{
	return service_type_of(unit) == SERVICE_NOTIFY || service_type_of(unit) == SERVICE_NOTIFY_RELOAD;
}

/* How long a stage of stopping may last: not at all for a unit that is to hurry, but SIGKILL takes its time, whatever
 * grace the service is given. */
static inline usec stop_span(const struct unit *unit, usec span, bool kill)
{
	usec most = kill ? KILL_PATIENCE : 0;

	if (kill && span < KILL_AT_LEAST)
		span = KILL_AT_LEAST;
	return unit->private->hurry && most < span ? most : span;
}

/* now + span, where an infinite span is no deadline. */
static inline usec deadline_in(const struct core *core, usec span)
{
	return usec_add(core->now, span);
}

#endif
