/* RotateLogs: the answer goes out when svlog has done it, or a moment later. */
#include <stdlib.h>

#include "supervisor/control.h"
#include "supervisor/log_line.h"

#define PATIENCE (10 * USEC_PER_SEC)

struct rotation_call {
	struct rotation_call *next;
	struct control_session *session;
	usec deadline;
	uint32_t number; /* of the question to svlog whether all is written */
};

static void remove_at(struct rotation_call **link)
{
	struct rotation_call *rotation = *link;

	*link = rotation->next;
	free(rotation);
}

static void answer_at(struct rotation_call **link, bool done)
{
	struct control_session *session = (*link)->session;
	struct json_writer reply;

	remove_at(link);
	if (done) {
		control_reply_begin(&reply, false);
	} else {
		control_error_begin(&reply, "Failed");
		write_key_string(&reply, "text", "svlog does not answer");
	}
	control_send(session, &reply);
	control_client_set_waiting(session->client, false);
}

void control_logs_written(struct control_verbs *verbs, uint32_t number)
{
	for (struct rotation_call **link = &verbs->rotations; *link;) {
		if ((int32_t)(number - (*link)->number) >= 0)
			answer_at(link, true);
		else
			link = &(*link)->next;
	}
}

usec control_logs_deadline(const struct control_verbs *verbs)
{
	usec deadline = USEC_INFINITY;

	for (const struct rotation_call *rotation = verbs->rotations; rotation; rotation = rotation->next)
		if (rotation->deadline < deadline)
			deadline = rotation->deadline;
	return deadline;
}

void control_logs_expire(struct control_verbs *verbs, usec now)
{
	for (struct rotation_call **link = &verbs->rotations; *link;) {
		if ((*link)->deadline <= now)
			answer_at(link, false);
		else
			link = &(*link)->next;
	}
}

void control_logs_forget(struct control_session *session)
{
	for (struct rotation_call **link = &session->verbs->rotations; *link;) {
		if ((*link)->session == session)
			remove_at(link);
		else
			link = &(*link)->next;
	}
}

static void answer_when_done(struct control_call *call)
{
	struct rotation_call *rotation = calloc(1, sizeof *rotation);

	if (!rotation) {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	rotation->number = log_line_flush(call->manager);
	if (!rotation->number) {
		free(rotation);
		control_answer_error(call, "Failed", "text", "svlog does not run, or does not listen");
		return;
	}
	rotation->session = call->session;
	rotation->deadline = usec_add(clock_monotonic(), PATIENCE);
	rotation->next = call->verbs->rotations;
	call->verbs->rotations = rotation;
	control_client_set_waiting(call->session->client, true);
}

static bool rotate_units(struct control_call *call, const struct unit_selection *selection)
{
	for (size_t i = 0; i < selection->count; i++) {
		const struct unit *unit = core_unit(call->manager->core, selection->units[i]);

		if (unit && log_line_rotate(call->manager, unit->definition->name) < 0)
			return false;
	}
	return true;
}

static void rotate_selected(struct control_call *call, json_t *names)
{
	struct unit_selection selection;

	if (!control_select(call, names, &selection))
		return;
	if (selection.missing_count > 0)
		control_answer_no_such_unit(call, &selection.missing[0]);
	else if (!rotate_units(call, &selection))
		control_answer_error(call, "Failed", "text", "svlog does not run, or does not listen");
	else if (call->oneway)
		control_answer_empty(call);
	else
		answer_when_done(call);
	unit_selection_finish(&selection);
}

static void handle_rotate(struct control_call *call)
{
	json_t *names = NULL;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, false, &names }))
		return;
	if (names)
		rotate_selected(call, names);
	else if (!control_may(call, "*"))
		control_answer_denied(call, NULL);
	else if (log_line_rotate(call->manager, "") < 0)
		control_answer_error(call, "Failed", "text", "svlog does not run, or does not listen");
	else if (call->oneway)
		control_answer_empty(call);
	else
		answer_when_done(call);
}

const struct control_method control_log_methods[] = {
	{ "RotateLogs", CONTROL_WRITE_UNITS, handle_rotate },
	{ 0 },
};
