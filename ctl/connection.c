#include "ctl/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cause.h"
#include "common/varlink.h"
#include "ctl/property.h"

/* Lists of very many units are longer than what a request may be. */
enum { REPLY_MAX = 64 << 20 };

#define INTERFACE "org.svinit.Supervisor"

struct connection {
	int fd;
	struct varlink_buffer in;
};

const char *default_runtime_directory(bool user, char *to)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	if (!user || !base || !*base)
		return "/run/svinit";
	snprintf(to, PATH_MAX, "%s/svinit", base);
	return to;
}

/* A path too long for sun_path is reached through a descriptor of its directory. */
static int connect_socket(int fd, const char *directory)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int parent = -1;
	size_t length = (size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s/control", directory);
	if (length >= sizeof(address.sun_path)) {
		parent = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (parent < 0)
			return -errno;
		snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/control", parent);
	}
	int result = connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	if (parent >= 0)
		close(parent);
	return result;
}

static bool explain_no_connection(struct call_error *error, const char *directory, int problem)
{
	const char *hint = "";
	error->kind = CALL_NO_CONNECTION;
	if (problem == -ENOENT || problem == -ECONNREFUSED || problem == -ENOTDIR)
		hint = "; is svinit running? Start it with: svinit --units DIR, or name its runtime directory with "
		       "--runtime-dir or SVINIT_RUNTIME_DIR";
	else if (problem == -EACCES || problem == -EPERM)
		hint = "; try as root or as the user svinit runs as";
	snprintf(error->text, sizeof(error->text), "cannot connect to %s/control: %s%s", directory, strerror(-problem),
		 hint);
	return false;
}

static bool connection_open(struct context *context, struct call_error *error)
{
	if (context->connection)
		return true;
	struct connection *connection = calloc(1, sizeof(*connection));
	if (!connection)
		return explain_no_connection(error, context->runtime_directory, -ENOMEM);
	connection->in.maximum = REPLY_MAX;
	connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = connection->fd < 0 ? -errno : connect_socket(connection->fd, context->runtime_directory);
	context->connection = connection;
	if (result == 0)
		return true;
	connection_close(context);
	return explain_no_connection(error, context->runtime_directory, result);
}

void connection_close(struct context *context)
{
	if (!context->connection)
		return;
	if (context->connection->fd >= 0)
		close(context->connection->fd);
	varlink_buffer_finish(&context->connection->in);
	free(context->connection);
	context->connection = NULL;
}

static bool lost(struct context *context, struct call_error *error, int problem)
{
	error->kind = CALL_FAILED;
	snprintf(error->text, sizeof(error->text), "svinit at %s/control closed the connection%s%s",
		 context->runtime_directory, problem ? ": " : "", problem ? strerror(-problem) : "");
	connection_close(context);
	return false;
}

/* The NUL that ends the string ends the message too, so it is sent with it. */
static bool send_text(struct context *context, const char *text, struct call_error *error)
{
	size_t length = strlen(text) + 1;
	while (length > 0) {
		ssize_t sent = send(context->connection->fd, text, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return lost(context, error, -errno);
		text += sent;
		length -= (size_t)sent;
	}
	return true;
}

bool call_begin(struct context *context, const char *method, json_t *parameters, struct call_error *error)
{
	char name[128];
	*error = (struct call_error){ 0 };
	snprintf(name, sizeof(name), INTERFACE ".%s", method);
	bool more = strcmp(method, "Subscribe") == 0;
	json_t *message = json_pack("{s:s, s:o}", "method", name, "parameters", parameters);
	if (message && more)
		json_object_set_new(message, "more", json_true());
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (!text) {
		error->kind = CALL_FAILED;
		snprintf(error->text, sizeof(error->text), "the arguments are not UTF-8, or memory is short");
		return false;
	}
	bool sent = connection_open(context, error) && send_text(context, text, error);
	free(text);
	return sent;
}

static const char *receive_text(struct context *context, size_t *length, struct call_error *error)
{
	struct connection *connection = context->connection;
	const char *text;
	while (!(text = varlink_buffer_next(&connection->in, length))) {
		ssize_t got = varlink_buffer_fill(&connection->in, connection->fd);
		struct pollfd wait = { .fd = connection->fd, .events = POLLIN };
		if (got == -EAGAIN)
			(void)poll(&wait, 1, -1);
		else if (got <= 0 && got != -EINTR)
			return lost(context, error, (int)got), NULL;
	}
	return text;
}

static void append(char *to, size_t size, const char *text)
{
	size_t used = strlen(to);
	snprintf(to + used, size - used, "%s", text);
}

static void explain_no_such_unit(struct call_error *error, const json_t *parameters)
{
	json_t *suggestions = property_list(parameters, "suggestions"), *suggestion;
	size_t i;
	snprintf(error->unit, sizeof(error->unit), "%s", property_text_or(parameters, "name", ""));
	if (property_text(parameters, "text")) {
		snprintf(error->text, sizeof(error->text), "%s", property_text(parameters, "text"));
		return;
	}
	snprintf(error->text, sizeof(error->text), "unit %s not found", error->unit);
	json_array_foreach(suggestions, i, suggestion) {
		append(error->text, sizeof(error->text), i == 0 ? "; did you mean " : ", ");
		append(error->text, sizeof(error->text),
		       json_is_string(suggestion) ? json_string_value(suggestion) : "-");
	}
	if (i > 0)
		append(error->text, sizeof(error->text), "?");
}

static enum call_error_kind error_kind(const char *name)
{
	static const struct {
		const char *name;
		enum call_error_kind kind;
	} kinds[] = {
		{ INTERFACE ".NoSuchUnit", CALL_NO_SUCH_UNIT },
		{ INTERFACE ".BadUnit", CALL_BAD_UNIT },
		{ INTERFACE ".JobRefused", CALL_JOB_REFUSED },
		{ INTERFACE ".NoSuchProcess", CALL_NO_SUCH_PROCESS },
		{ INTERFACE ".NoSuchJob", CALL_NO_SUCH_JOB },
		{ INTERFACE ".PermissionDenied", CALL_PERMISSION_DENIED },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return CALL_FAILED;
}

static void explain_error(struct call_error *error, const char *name, const json_t *parameters)
{
	const char *unit = property_text(parameters, "unit");
	const char *text = property_text(parameters, "text");
	error->kind = error_kind(name);
	if (error->kind == CALL_NO_SUCH_UNIT) {
		explain_no_such_unit(error, parameters);
		return;
	}
	if (!unit)
		unit = property_text_or(parameters, "name", property_text_or(parameters, "method", ""));
	snprintf(error->unit, sizeof(error->unit), "%s", unit);
	if (error->kind == CALL_NO_SUCH_PROCESS)
		text = "no such process: none of it is running (svctl status shows what is)";
	if (error->kind == CALL_NO_SUCH_JOB) {
		snprintf(error->text, sizeof(error->text), "there is no job %" JSON_INTEGER_FORMAT " (svctl list-jobs)",
			 property_number_or(parameters, "job", 0));
		return;
	}
	if (!text)
		text = property_text_or(parameters, "parameter", name);
	snprintf(error->text, sizeof(error->text), "%s%s%s", unit, *unit ? ": " : "", text);
}

json_t *call_next(struct context *context, bool *continues, struct call_error *error)
{
	size_t length;
	json_error_t problem;
	*error = (struct call_error){ 0 };
	const char *text = receive_text(context, &length, error);
	if (!text)
		return NULL;
	json_t *message = json_loadb(text, strlen(text), 0, &problem);
	json_t *parameters = json_object_get(message, "parameters");
	const char *name = property_text(message, "error");
	*continues = property_flag(message, "continues");
	if (!json_is_object(message)) {
		error->kind = CALL_FAILED;
		snprintf(error->text, sizeof(error->text), "svinit's reply is no JSON object: %s", problem.text);
	} else if (name)
		explain_error(error, name, parameters);
	json_t *reply = error->kind != CALL_OK ? NULL : parameters ? json_incref(parameters) : json_object();
	json_decref(message);
	return reply;
}

json_t *call(struct context *context, const char *method, json_t *parameters, struct call_error *error)
{
	bool continues;
	if (!call_begin(context, method, parameters, error))
		return NULL;
	return call_next(context, &continues, error);
}

json_t *call_or_complain(struct context *context, const char *method, json_t *parameters, int *status)
{
	struct call_error error;
	json_t *reply = call(context, method, parameters, &error);
	if (reply)
		return reply;
	complain("%s", error.text);
	*status = call_error_status(&error);
	return NULL;
}

int call_error_status(const struct call_error *error)
{
	if (error->kind == CALL_NO_SUCH_UNIT)
		return STATUS_NO_SUCH_UNIT;
	return error->kind == CALL_PERMISSION_DENIED ? STATUS_NO_PERMISSION : STATUS_FAILURE;
}

json_t *string_array(char *const *strings, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; array && i < count; i++)
		if (json_array_append_new(array, json_string(strings[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}
