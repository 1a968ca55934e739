/* Wait: an answer when a condition holds for all of some units at once, at a time-out, or when it cannot come to that.
 */
#include <stdlib.h>

#include "supervisor/control.h"
#include "supervisor/unit_properties.h"

enum wait_condition { WAIT_READY, WAIT_STOPPED, WAIT_FAILED };

static const char *const condition_names[] = { "ready", "stopped", "failed", NULL };

struct wait_unit {
	unit_id unit;
	uint8_t job_type; /* the last that was seen */
	bool started;     /* its start job ended well: what is over and done by then was ready too */
	bool holds;
};

struct wait_call {
	struct wait_call *next, **previous;
	struct control_session *session;
	enum wait_condition condition;
	usec deadline;
	size_t count, holding;
	struct wait_unit units[]; /* sorted by unit */
};

static int compare_units(const void *left, const void *right)
{
	unit_id a = ((const struct wait_unit *)left)->unit, b = ((const struct wait_unit *)right)->unit;

	return (a > b) - (a < b);
}

static bool condition_holds(enum wait_condition condition, const struct wait_unit *wait, const struct unit *unit)
{
	switch (condition) {
	case WAIT_READY:
		return unit && (unit->active_state == ACTIVE_STATE_ACTIVE ||
				unit->active_state == ACTIVE_STATE_RELOADING || wait->started);
	case WAIT_STOPPED:
		return !unit || unit->active_state == ACTIVE_STATE_INACTIVE ||
		       unit->active_state == ACTIVE_STATE_FAILED;
	case WAIT_FAILED:
		return unit && unit->active_state == ACTIVE_STATE_FAILED;
	}
	return false;
}

static void wait_update(struct wait_call *wait, struct wait_unit *each)
{
	const struct unit *unit = core_unit(wait->session->verbs->manager->core, each->unit);
	bool holds = condition_holds(wait->condition, each, unit);

	if (holds == each->holds)
		return;
	each->holds = holds;
	if (holds)
		wait->holding++;
	else
		wait->holding--;
}

/* A failed unit that nobody has asked to start again will not become ready by itself. */
static bool is_hopeless(const struct wait_call *wait)
{
	const struct core *core = wait->session->verbs->manager->core;

	for (size_t i = 0; i < wait->count && wait->condition == WAIT_READY; i++) {
		const struct unit *unit = core_unit(core, wait->units[i].unit);

		if (unit && !wait->units[i].holds && unit->active_state == ACTIVE_STATE_FAILED &&
		    unit->job_type == JOB_NONE)
			return true;
	}
	return false;
}

static void wait_destroy(struct wait_call *wait)
{
	*wait->previous = wait->next;
	if (wait->next)
		wait->next->previous = wait->previous;
	free(wait);
}

static void wait_answer(struct wait_call *wait, bool reached)
{
	struct control_session *session = wait->session;
	const struct manager *manager = session->verbs->manager;
	struct json_writer reply;

	control_reply_begin(&reply, false);
	write_key(&reply, "units");
	write_begin_array(&reply);
	for (size_t i = 0; i < wait->count; i++) {
		const struct unit *unit = core_unit(manager->core, wait->units[i].unit);

		if (unit)
			unit_write_summary(&reply, manager, unit);
	}
	write_end_array(&reply);
	write_key_boolean(&reply, "reached", reached);
	control_send(session, &reply);
	wait_destroy(wait);
	control_client_set_waiting(session->client, false);
}

static struct wait_unit *wait_find(struct wait_call *wait, unit_id unit)
{
	struct wait_unit key = { .unit = unit };

	return bsearch(&key, wait->units, wait->count, sizeof *wait->units, compare_units);
}

void control_wait_unit_changed(struct control_verbs *verbs, unit_id unit)
{
	struct wait_call *wait = verbs->waits, *next;

	for (; wait; wait = next) {
		struct wait_unit *each = wait_find(wait, unit);

		next = wait->next;
		if (!each)
			continue;
		wait_update(wait, each);
		if (wait->holding == wait->count)
			wait_answer(wait, true);
		else if (is_hopeless(wait))
			wait_answer(wait, false);
	}
}

static void note_job(struct wait_unit *each, const struct action *action, const struct unit *unit)
{
	if (!action->job.ended)
		each->job_type = unit ? unit->job_type : JOB_NONE;
	else if (action->job.result == JOB_DONE && (each->job_type == JOB_START || each->job_type == JOB_RESTART))
		each->started = true;
}

void control_wait_job_changed(struct control_verbs *verbs, const struct action *action)
{
	const struct unit *unit = core_unit(verbs->manager->core, action->unit);

	for (struct wait_call *wait = verbs->waits; wait; wait = wait->next) {
		struct wait_unit *each = wait_find(wait, action->unit);

		if (each)
			note_job(each, action, unit);
	}
	control_wait_unit_changed(verbs, action->unit);
}

usec control_wait_deadline(const struct control_verbs *verbs)
{
	usec deadline = USEC_INFINITY;

	for (const struct wait_call *wait = verbs->waits; wait; wait = wait->next)
		if (wait->deadline < deadline)
			deadline = wait->deadline;
	return deadline;
}

void control_wait_expire(struct control_verbs *verbs, usec now)
{
	struct wait_call *wait = verbs->waits, *next;

	for (; wait; wait = next) {
		next = wait->next;
		if (wait->deadline <= now)
			wait_answer(wait, false);
	}
}

void control_wait_forget(struct control_session *session)
{
	struct wait_call *wait = session->verbs->waits, *next;

	for (; wait; wait = next) {
		next = wait->next;
		if (wait->session == session)
			wait_destroy(wait);
	}
}

static struct wait_call *wait_create(struct control_call *call, const struct unit_selection *selection,
				     enum wait_condition condition, usec timeout)
{
	struct wait_call *wait = calloc(1, sizeof *wait + selection->count * sizeof *wait->units);

	if (!wait)
		return NULL;
	wait->session = call->session;
	wait->condition = condition;
	wait->deadline = timeout == USEC_INFINITY ? timeout : usec_add(clock_monotonic(), timeout);
	wait->count = selection->count;
	for (size_t i = 0; i < wait->count; i++) {
		const struct unit *unit = core_unit(call->manager->core, selection->units[i]);

		wait->units[i] =
			(struct wait_unit){ .unit = selection->units[i], .job_type = unit ? unit->job_type : JOB_NONE };
	}
	qsort(wait->units, wait->count, sizeof *wait->units, compare_units);
	for (size_t i = 0; i < wait->count; i++)
		wait_update(wait, &wait->units[i]);
	wait->next = call->verbs->waits;
	wait->previous = &call->verbs->waits;
	if (wait->next)
		wait->next->previous = &wait->next;
	call->verbs->waits = wait;
	return wait;
}

static void wait_for(struct control_call *call, const struct unit_selection *selection, enum wait_condition condition,
		     usec timeout)
{
	struct wait_call *wait;

	if (selection->missing_count > 0) {
		control_answer_no_such_unit(call, &selection->missing[0]);
		return;
	}
	wait = wait_create(call, selection, condition, timeout);
	if (!wait) {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	control_client_set_waiting(call->session->client, true);
	if (wait->holding == wait->count)
		wait_answer(wait, true);
	else if (timeout == 0 || is_hopeless(wait))
		wait_answer(wait, false);
}

static void handle_wait(struct control_call *call)
{
	struct unit_selection selection;
	const char *condition = NULL;
	json_int_t timeout = -1;
	json_t *names = NULL;
	int index;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, true, &names },
				{ "condition", PARAMETER_STRING, true, &condition },
				{ "timeoutUSec", PARAMETER_INTEGER, false, &timeout }))
		return;
	index = control_word(condition, condition_names);
	if (index < 0) {
		control_answer_invalid(call, "condition");
		return;
	}
	if (call->oneway || !control_select(call, names, &selection))
		return;
	wait_for(call, &selection, (enum wait_condition)index, timeout < 0 ? USEC_INFINITY : (usec)timeout);
	unit_selection_finish(&selection);
}

const struct control_method control_wait_methods[] = {
	{ "Wait", CONTROL_READ_UNITS, handle_wait },
	{ 0 },
};
