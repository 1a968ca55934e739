/* From a message to its handler: parse, look up, ask for permission. */
#include "supervisor/control_verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/control.h"
#include "supervisor/keepsake.h"
#include "supervisor/reexec.h"

static const struct control_method *const method_tables[] = {
	control_job_methods,
	control_unit_methods,
	control_query_methods,
	control_process_methods,
	control_wait_methods,
	control_event_methods,
	control_environment_methods,
	control_system_methods,
	control_diff_methods,
	control_log_methods,
	NULL,
};

static const struct control_method *find_method(const char *name)
{
	for (const struct control_method *const *table = method_tables; *table; table++)
		for (const struct control_method *method = *table; method->name; method++)
			if (strcmp(method->name, name) == 0)
				return method;
	return NULL;
}

/* ---- sessions ---- */

static struct control_session *session_create(struct control_verbs *verbs, struct control_client *client)
{
	struct control_session *session = calloc(1, sizeof *session);
	int groups;

	if (!session)
		return NULL;
	session->verbs = verbs;
	session->client = client;
	session->peer.uid = control_client_uid(client);
	session->peer.gid = control_client_gid(client);
	groups = permission_is_all(&session->peer) ? 0 : control_client_groups(client, &session->groups);
	session->peer.groups = session->groups;
	session->peer.group_count = groups > 0 ? (size_t)groups : 0;
	session->next = verbs->sessions;
	session->previous = &verbs->sessions;
	if (session->next)
		session->next->previous = &session->next;
	verbs->sessions = session;
	*control_client_slot(client) = session;
	return session;
}

static struct control_session *session_of(struct control_verbs *verbs, struct control_client *client)
{
	struct control_session *session = *control_client_slot(client);

	return session ? session : session_create(verbs, client);
}

static void client_closed(void *context, struct control_client *client)
{
	struct control_session *session = *control_client_slot(client);
	struct control_verbs *verbs = context;

	if (!session)
		return;
	control_jobs_forget(session);
	control_wait_forget(session);
	control_logs_forget(session);
	reexec_forget_client(verbs->manager, client);
	if (session->subscribed)
		verbs->subscribers--;
	*session->previous = session->next;
	if (session->next)
		session->next->previous = session->previous;
	free(session->groups);
	free(session);
}

/* ---- calls ---- */

static bool is_permitted(struct control_call *call)
{
	const struct permission_list *permissions = &call->verbs->permissions;
	const struct permission_peer *peer = &call->session->peer;
	const char *name = call->method->name;

	switch (call->method->permission) {
	case CONTROL_READ_UNITS:
		return permission_allows_somewhere(permissions, peer, name, true);
	case CONTROL_WRITE_UNITS:
		return permission_allows_somewhere(permissions, peer, name, false);
	case CONTROL_READ_ALL:
		return permission_allows(permissions, peer, name, true, NULL);
	case CONTROL_WRITE_ALL:
		return permission_allows(permissions, peer, name, false, NULL);
	}
	return false;
}

static void call_own_method(struct control_call *call, const char *name, const char *full_name)
{
	call->method = find_method(name);
	if (!call->method)
		control_answer_error(call, VARLINK_SERVICE ".MethodNotFound", "method", full_name);
	else if (!is_permitted(call))
		control_answer_denied(call, NULL);
	else
		call->method->handle(call);
}

static void call_method(struct control_call *call, const char *full_name)
{
	const char *dot = strrchr(full_name, '.');
	size_t length = dot ? (size_t)(dot - full_name) : 0;
	char interface[128];

	snprintf(interface, sizeof interface, "%.*s", (int)length, full_name);
	if (dot && strcmp(interface, CONTROL_INTERFACE) == 0) {
		call_own_method(call, dot + 1, full_name);
	} else if (dot && strcmp(interface, VARLINK_SERVICE) == 0) {
		if (!control_service_handle(call, dot + 1))
			control_answer_error(call, VARLINK_SERVICE ".MethodNotFound", "method", full_name);
	} else {
		control_answer_error(call, VARLINK_SERVICE ".InterfaceNotFound", "interface", interface);
	}
}

/* A client that sends what is no call cannot be followed any further. */
static void refuse_message(struct control_session *session, const char *text)
{
	struct json_writer reply;

	control_error_begin(&reply, "BadMessage");
	write_key_string(&reply, "text", text);
	control_send(session, &reply);
	control_client_close(session->client);
}

static void drop_nulls(json_t *object)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, key, value) if (json_is_null(value)) json_object_del(object, key);
}

static void handle_call(struct control_session *session, json_t *message)
{
	struct control_call call = {
		.verbs = session->verbs,
		.manager = session->verbs->manager,
		.session = session,
		.more = json_is_true(json_object_get(message, "more")),
		.oneway = json_is_true(json_object_get(message, "oneway")),
	};
	json_t *method = json_object_get(message, "method"), *parameters = json_object_get(message, "parameters");

	if (!json_is_string(method)) {
		refuse_message(session, "no method in the call");
		return;
	}
	if (json_is_true(json_object_get(message, "upgrade"))) {
		control_answer_error(&call, VARLINK_SERVICE ".MethodNotImplemented", "method",
				     json_string_value(method));
		return;
	}
	call.parameters = json_is_object(parameters) ? json_incref(parameters) : json_object();
	if (!call.parameters || (parameters && !json_is_object(parameters) && !json_is_null(parameters))) {
		refuse_message(session, call.parameters ? "parameters is no object" : "out of memory");
	} else {
		drop_nulls(call.parameters);
		call_method(&call, json_string_value(method));
	}
	json_decref(call.parameters);
}

static void message_came(void *context, struct control_client *client, const char *text, size_t length)
{
	struct control_verbs *verbs = context;
	struct control_session *session = session_of(verbs, client);
	struct control_call nobody = { .verbs = verbs, .session = session };
	json_error_t error;
	json_t *message;

	if (!session) {
		control_client_close(client);
		return;
	}
	/* Who may do nothing gets his refusal without being read. */
	if (!permission_knows(&verbs->permissions, &session->peer)) {
		control_answer_denied(&nobody, NULL);
		return;
	}
	message = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(message))
		handle_call(session, message);
	else
		refuse_message(session, message ? "a message is a JSON object" : error.text);
	json_decref(message);
}

/* ---- grants ---- */

static int read_grants(struct permission_list *permissions, const char *directory, struct cause *cause)
{
	char path[512];

	snprintf(path, sizeof path, "%s/svinit.conf", directory);
	return permission_list_read(permissions, path, cause);
}

/* The grants of a machine are root's word, those of an ordinary user's svinit are in its own directory. */
int control_permissions_load(struct control_verbs *verbs, struct cause *cause)
{
	const struct manager_options *options = &verbs->manager->options;
	struct permission_list permissions = { 0 };
	int error = 0, error_here = 0;

	if (!options->user_mode)
		error = read_grants(&permissions, "/etc/svinit", cause);
	if (options->runtime_directory)
		error_here = read_grants(&permissions, options->runtime_directory, error ? NULL : cause);
	permission_list_finish(&verbs->permissions);
	verbs->permissions = permissions;
	control_socket_open_to_others(verbs->socket, permissions.count > 0);
	error = error ? error : error_here;
	if (error)
		manager_record(verbs->manager, RECORD_WARNING, UNIT_ID_NONE, "%s",
			       cause ? cause->text : strerror(-error));
	return error;
}

/* ---- the face to the manager ---- */

int control_verbs_open(struct manager *manager, const char *path, struct control_verbs **opened, struct cause *cause)
{
	struct control_verbs *verbs = calloc(1, sizeof *verbs);
	struct control_handler handler = { .message = message_came, .closed = client_closed, .context = verbs };
	struct cause grants = { 0 };
	int error;

	if (!verbs)
		return cause_set_errno(cause, ENOMEM, "control socket");
	verbs->manager = manager;
	int left[2] = { keepsake_take(manager, "control"), keepsake_take(manager, "control.lock") };
	error = control_socket_open_from(&verbs->socket, &manager->loop, path, &handler, left, cause);
	if (error) {
		free(verbs);
		return error;
	}
	control_socket_descriptors(verbs->socket, left);
	(void)keepsake_put(manager, "control", left[0], KEEPSAKE_OWN);
	(void)keepsake_put(manager, "control.lock", left[1], KEEPSAKE_OWN);
	/* Grants that cannot be read leave the socket shut; they are no reason to run without one. */
	control_permissions_load(verbs, &grants);
	*opened = verbs;
	return 0;
}

void control_verbs_reexecuted(struct control_verbs *verbs)
{
	int fd = keepsake_take(verbs->manager, "reexec.client");
	struct control_client *client;
	struct json_writer reply;

	if (fd < 0 || control_socket_take_client(verbs->socket, fd, &client) < 0)
		return;
	struct control_session *session = session_of(verbs, client);
	if (!session)
		return;
	control_reply_begin(&reply, false);
	control_send(session, &reply);
}

void control_verbs_close(struct control_verbs *verbs)
{
	if (!verbs)
		return;
	control_socket_close(verbs->socket);
	permission_list_finish(&verbs->permissions);
	json_writer_finish(&verbs->last_event);
	free(verbs);
}

void control_verbs_answer(struct control_verbs *verbs, const struct action *action)
{
	if (verbs && action->answer.request)
		control_jobs_answer(verbs, action);
}

void control_verbs_unit_changed(struct control_verbs *verbs, unit_id unit)
{
	if (!verbs)
		return;
	control_wait_unit_changed(verbs, unit);
	control_events_unit_changed(verbs, unit);
}

void control_verbs_job_changed(struct control_verbs *verbs, const struct action *action)
{
	if (!verbs)
		return;
	control_wait_job_changed(verbs, action);
	control_events_job_changed(verbs, action);
}

void control_verbs_logs_written(struct control_verbs *verbs, uint32_t number)
{
	if (verbs)
		control_logs_written(verbs, number);
}

usec control_verbs_deadline(const struct control_verbs *verbs)
{
	usec deadline, other;

	if (!verbs)
		return USEC_INFINITY;
	deadline = control_wait_deadline(verbs);
	if ((other = control_logs_deadline(verbs)) < deadline)
		deadline = other;
	if ((other = control_socket_deadline(verbs->socket)) < deadline)
		deadline = other;
	return deadline;
}

void control_verbs_expire(struct control_verbs *verbs, usec now)
{
	if (!verbs)
		return;
	control_wait_expire(verbs, now);
	control_logs_expire(verbs, now);
	control_socket_expire(verbs->socket, now);
}
