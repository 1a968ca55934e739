#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"
#include "supervisor/control.h"

/* Room for the NUL behind the text. */
enum { REPLY_MAX = CONTROL_OUTPUT_MAX - 1 };

void control_reply_begin(struct json_writer *reply, bool continues)
{
	*reply = (struct json_writer){ .limit = REPLY_MAX };
	write_begin_object(reply);
	if (continues)
		write_key_boolean(reply, "continues", true);
	write_key(reply, "parameters");
	write_begin_object(reply);
}

void control_error_begin(struct json_writer *reply, const char *error)
{
	char name[128];

	*reply = (struct json_writer){ .limit = REPLY_MAX };
	snprintf(name, sizeof name, "%s%s", strchr(error, '.') ? "" : CONTROL_INTERFACE ".", error);
	write_begin_object(reply);
	write_key_string(reply, "error", name);
	write_key(reply, "parameters");
	write_begin_object(reply);
}

static void send_failure(struct control_session *session, int error)
{
	static const char too_long[] = "{\"error\":\"" CONTROL_INTERFACE ".ReplyTooLong\",\"parameters\":{\"text\":"
				       "\"the reply is too long; ask for fewer units or properties\"}}";
	static const char no_memory[] = "{\"error\":\"" CONTROL_INTERFACE ".OutOfMemory\",\"parameters\":{\"text\":"
					"\"svinit has no memory for the reply\"}}";

	if (error == -EMSGSIZE)
		control_client_send(session->client, too_long, sizeof too_long - 1);
	else
		control_client_send(session->client, no_memory, sizeof no_memory - 1);
}

void control_send(struct control_session *session, struct json_writer *reply)
{
	write_end_object(reply);
	write_end_object(reply);
	write_terminator(reply);
	if (reply->error)
		send_failure(session, reply->error);
	else
		control_client_send(session->client, reply->data, reply->length);
	json_writer_finish(reply);
}

void control_answer(struct control_call *call, struct json_writer *reply)
{
	if (call->oneway)
		json_writer_finish(reply);
	else
		control_send(call->session, reply);
}

void control_answer_empty(struct control_call *call)
{
	struct json_writer reply;

	control_reply_begin(&reply, false);
	control_answer(call, &reply);
}

void control_answer_error(struct control_call *call, const char *error, const char *key, const char *text)
{
	struct json_writer reply;

	control_error_begin(&reply, error);
	write_key_string(&reply, key, text);
	control_answer(call, &reply);
}

void control_answer_invalid(struct control_call *call, const char *parameter)
{
	control_answer_error(call, VARLINK_SERVICE ".InvalidParameter", "parameter", parameter);
}

void control_answer_denied(struct control_call *call, const char *unit)
{
	const char *method = call->method ? call->method->name : "*";
	struct json_writer reply;
	char text[512];

	snprintf(text, sizeof text,
		 "user %u may not use %s on %s; root can grant it in the [Control] section of /etc/svinit/svinit.conf",
		 (unsigned)call->session->peer.uid, method, unit ? unit : "svinit");
	control_error_begin(&reply, "PermissionDenied");
	write_key_string(&reply, "method", method);
	write_key_string(&reply, "text", text);
	control_answer(call, &reply);
}

void control_answer_no_such_unit(struct control_call *call, const struct missing_unit *missing)
{
	char full[UNIT_NAME_MAX + 1], **suggestions = NULL;
	struct json_writer reply;

	if (unit_name_complete(missing->name, full))
		loader_suggest(call->manager->loader, full, &suggestions);
	control_error_begin(&reply, "NoSuchUnit");
	write_key_string(&reply, "name", missing->name);
	write_key_string(&reply, "text", missing->text);
	write_key(&reply, "suggestions");
	write_strings(&reply, suggestions);
	control_answer(call, &reply);
	for (char **each = suggestions; each && *each; each++)
		free(*each);
	free(suggestions);
}
