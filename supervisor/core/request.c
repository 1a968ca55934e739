#include "supervisor/core/request.h"

#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/job.h"
#include "supervisor/core/service.h"
#include "supervisor/core/shutdown_plan.h"
#include "supervisor/core/transaction.h"
#include "supervisor/core/unit_machine.h"
#include "supervisor/core/unit_state.h"

static void refuse(struct core *core, const struct event *event, enum job_result result, const char *text)
{
	core_answer(core, event->unit, event->request.request, 0, result, text);
}

/* What the verb means for the unit as it is; JOB_NONE: there is nothing to do. */
static enum job_type job_for(const struct unit *unit, enum request_verb verb)
{
	bool running = unit->active_state != ACTIVE_STATE_INACTIVE && unit->active_state != ACTIVE_STATE_FAILED &&
		       unit->active_state != ACTIVE_STATE_DEACTIVATING;
	bool reloads = unit->definition->type != UNIT_SERVICE || service_can_reload(unit);

	switch (verb) {
	case REQUEST_START:
		return JOB_START;
	case REQUEST_STOP:
		return JOB_STOP;
	case REQUEST_RESTART:
		return JOB_RESTART;
	case REQUEST_TRY_RESTART:
		return running ? JOB_RESTART : JOB_NONE;
	case REQUEST_RELOAD:
		return JOB_RELOAD;
	case REQUEST_RELOAD_OR_RESTART:
		return running && reloads ? JOB_RELOAD : JOB_RESTART;
	case REQUEST_RELOAD_OR_TRY_RESTART:
		return !running ? JOB_NONE : reloads ? JOB_RELOAD : JOB_RESTART;
	default:
		return JOB_VERIFY_ACTIVE;
	}
}

static const char *manual_refusal(const struct unit *unit, const struct event *event, enum job_type type)
{
	const struct unit_options *options = options_of(unit);

	if (event->request.mode == JOB_MODE_ISOLATE && type != JOB_START)
		return "only a start can isolate";
	if (event->request.mode == JOB_MODE_ISOLATE && !options->allow_isolate)
		return "it may not be isolated (AllowIsolate=)";
	if (!event->request.by_user)
		return NULL;
	if (options->refuse_manual_start && (type == JOB_START || (type == JOB_RESTART && is_down(unit))))
		return "it may not be started by hand (RefuseManualStart=)";
	if (options->refuse_manual_stop && (type == JOB_STOP || (type == JOB_RESTART && !is_down(unit))))
		return "it may not be stopped by hand (RefuseManualStop=)";
	return NULL;
}

static const char *refusal(const struct unit *unit, const struct event *event, enum job_type type)
{
	const char *text = manual_refusal(unit, event, type);

	if (text)
		return text;
	if (event->request.mode >= JOB_MODE_COUNT)
		return "no such job mode";
	if (type == JOB_RELOAD && unit->definition->type == UNIT_SERVICE && !service_can_reload(unit))
		return "it cannot be reloaded: no ExecReload=";
	return NULL;
}

/* A job that the transaction found to be of no use leaves the request nothing to wait for. */
static void wait_or_answer(struct core *core, struct unit *unit, const struct event *event, enum job_type type)
{
	if (unit->job_type != JOB_NONE)
		job_add_waiter(core, unit, event->request.request, type);
	else if (type == JOB_START && !is_up(unit))
		core_answer(core, unit->id, event->request.request, 0, JOB_FAILED, unit->failure);
	else
		core_answer(core, unit->id, event->request.request, 0, JOB_DONE, NULL);
}

static void start_job(struct core *core, struct unit *unit, const struct event *event)
{
	enum job_type type = job_for(unit, event->request.verb);
	const char *text;
	struct cause cause = { 0 };

	if (type == JOB_NONE) {
		core_answer(core, unit->id, event->request.request, 0, JOB_DONE, NULL);
		return;
	}
	text = refusal(unit, event, type);
	if (!text && job_reserve_waiter(core) < 0)
		text = "out of memory";
	if (text)
		refuse(core, event, JOB_REFUSED, text);
	else if (transaction_request(core, unit, type, event->request.mode, &cause) < 0)
		refuse(core, event, JOB_REFUSED, cause.text);
	else
		wait_or_answer(core, unit, event, type);
}

static void cancel(struct core *core, struct unit *unit, const struct event *event)
{
	if (unit->job_type == JOB_NONE || (event->request.job != 0 && event->request.job != unit->job)) {
		refuse(core, event, JOB_REFUSED, "there is no such job");
		return;
	}
	if (core->shutdown.active) {
		refuse(core, event, JOB_REFUSED, "svinit is shutting down");
		return;
	}
	job_cancel(core, unit, "canceled on request");
	core_answer(core, unit->id, event->request.request, 0, JOB_DONE, NULL);
}

/* Of a unit that is no service. */
static void clear_failed(struct core *core, struct unit *unit)
{
	unit->wanted = false;
	unit->result = RESULT_SUCCESS;
	unit_clear_failure(unit);
	unit_machine(unit)->stop(core, unit);
}

static void reset_failed(struct core *core, struct unit *unit, const struct event *event)
{
	if (unit->definition->type == UNIT_SERVICE && unit->definition->service)
		service_reset_failed(core, unit);
	else if (unit->active_state == ACTIVE_STATE_FAILED)
		clear_failed(core, unit);
	core_answer(core, unit->id, event->request.request, 0, JOB_DONE, NULL);
}

static void unit_request(struct core *core, const struct event *event)
{
	struct unit *unit = core_at(core, event->unit);

	if (!unit)
		refuse(core, event, JOB_REFUSED, "no such unit");
	else if (event->request.verb == REQUEST_CANCEL)
		cancel(core, unit, event);
	else if (event->request.verb == REQUEST_RESET_FAILED)
		reset_failed(core, unit, event);
	else
		start_job(core, unit, event);
}

void request_take(struct core *core, const struct event *event)
{
	switch (event->request.verb) {
	case REQUEST_SHUTDOWN:
		shutdown_begin(core, event->request.leave, event->request.exit_status, false);
		core_answer(core, UNIT_ID_NONE, event->request.request, 0, JOB_DONE, NULL);
		break;
	case REQUEST_HURRY:
		shutdown_hurry(core);
		core_answer(core, UNIT_ID_NONE, event->request.request, 0, JOB_DONE, NULL);
		break;
	default:
		if ((unsigned)event->request.verb < REQUEST_COUNT)
			unit_request(core, event);
		else
			refuse(core, event, JOB_REFUSED, "no such request");
		break;
	}
}
