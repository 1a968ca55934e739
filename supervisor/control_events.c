/* Subscribe: what changes, as it changes. A subscriber that does not read is dropped by the bound on its output. */
#include <string.h>

#include "supervisor/control.h"
#include "supervisor/unit_properties.h"

static void begin_event(struct json_writer *reply, const char *event, const char *unit)
{
	control_reply_begin(reply, true);
	write_key_string(reply, "event", event);
	write_key_string(reply, "unit", unit);
}

static void end_event(struct json_writer *reply)
{
	write_end_object(reply);
	write_end_object(reply);
	write_terminator(reply);
}

/* The text is made once, however many listen. */
static void send_event(struct control_verbs *verbs, const struct json_writer *reply, const char *unit)
{
	for (struct control_session *session = verbs->sessions; session && !reply->error; session = session->next)
		if (session->subscribed && session_may_read(session, "Subscribe", unit))
			control_client_send(session->client, reply->data, reply->length);
}

/* Several changes within one step of the core are told when it is over, when all of them look alike. */
static bool is_told(const struct control_verbs *verbs, const struct json_writer *reply)
{
	const struct json_writer *last = &verbs->last_event;

	return !reply->error && last->data && last->length == reply->length &&
	       memcmp(last->data, reply->data, reply->length) == 0;
}

void control_events_unit_changed(struct control_verbs *verbs, unit_id id)
{
	const struct unit *unit = verbs->subscribers ? core_unit(verbs->manager->core, id) : NULL;
	struct json_writer reply;

	if (!unit)
		return;
	begin_event(&reply, "unit", unit->definition->name);
	write_key(&reply, "state");
	unit_write_summary(&reply, verbs->manager, unit);
	write_key(&reply, "job");
	unit_write_job(&reply, unit);
	end_event(&reply);
	if (!is_told(verbs, &reply)) {
		send_event(verbs, &reply, unit->definition->name);
		json_writer_finish(&verbs->last_event);
		verbs->last_event = reply; /* which owns the text from here on */
	} else {
		json_writer_finish(&reply);
	}
}

void control_events_job_changed(struct control_verbs *verbs, const struct action *action)
{
	const struct unit *unit = verbs->subscribers ? core_unit(verbs->manager->core, action->unit) : NULL;
	bool current;
	struct json_writer reply;

	if (!unit)
		return;
	current = !action->job.ended && unit->job_type != JOB_NONE && unit->job == action->job.job;
	begin_event(&reply, "job", unit->definition->name);
	write_key(&reply, "state");
	write_null(&reply);
	write_key(&reply, "job");
	write_begin_object(&reply);
	write_key_integer(&reply, "Id", action->job.job);
	write_key_string(&reply, "Unit", unit->definition->name);
	write_key_string(&reply, "Type", current ? job_type_name(unit->job_type) : NULL);
	write_key_string(&reply, "State",
			 action->job.ended ? "ended"
			 : current         ? job_state_name(unit->job_state)
					   : NULL);
	write_key_string(&reply, "Result", action->job.ended ? job_result_name(action->job.result) : NULL);
	write_end_object(&reply);
	end_event(&reply);
	send_event(verbs, &reply, unit->definition->name);
	json_writer_finish(&reply);
}

/* The first reply says that from now on nothing is missed. */
static void handle_subscribe(struct control_call *call)
{
	struct json_writer reply;

	if (!control_parameters(call, NULL, 0))
		return;
	if (!call->more || call->oneway) {
		control_answer_error(call, VARLINK_SERVICE ".ExpectedMore", "method", call->method->name);
		return;
	}
	begin_event(&reply, "subscribed", NULL);
	write_key(&reply, "state");
	write_null(&reply);
	write_key(&reply, "job");
	write_null(&reply);
	control_send(call->session, &reply);
	control_client_set_waiting(call->session->client, true);
	call->session->subscribed = true;
	json_writer_finish(&call->verbs->last_event);
	call->verbs->subscribers++;
}

const struct control_method control_event_methods[] = {
	{ "Subscribe", CONTROL_READ_UNITS, handle_subscribe },
	{ 0 },
};
