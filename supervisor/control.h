/* What the files behind control_verbs.h share: the session of a client, the call under way, replies, parameters. */
#ifndef SVINIT_CONTROL_H
#define SVINIT_CONTROL_H

#include <jansson.h>

#include "supervisor/control_verbs.h"
#include "supervisor/json_writer.h"
#include "supervisor/os/control_socket.h"
#include "supervisor/permission.h"

#define CONTROL_INTERFACE "org.svinit.Supervisor"
#define VARLINK_SERVICE   "org.varlink.service"

/* Version of the objects in replies; it counts up when a field changes its meaning. */
enum { CONTROL_REPLY_VERSION = 1 };
/* Names and patterns in one call. */
enum { CONTROL_NAMES_MAX = 4096, CONTROL_PATTERNS_MAX = 64 };

struct job_call;
struct wait_call;
struct rotation_call;

/* A client that has said something. */
struct control_session {
	struct control_verbs *verbs;
	struct control_client *client;
	struct permission_peer peer;
	gid_t *groups;
	bool subscribed;
	struct control_session *next, **previous;
};

struct control_verbs {
	struct manager *manager;
	struct control_socket *socket;
	struct permission_list permissions;
	struct control_session *sessions;
	unsigned subscribers;
	struct json_writer last_event; /* of a unit, as it was sent; what did not change is not told again */
	struct job_call *job_calls;
	uint64_t last_job_call;
	struct wait_call *waits;
	struct rotation_call *rotations;
};

/* What a method needs permission for. */
enum control_permission {
	CONTROL_READ_UNITS,  /* looks at units: asked for each of them */
	CONTROL_WRITE_UNITS, /* does something to units: asked for each of them */
	CONTROL_READ_ALL,    /* looks at what concerns no single unit */
	CONTROL_WRITE_ALL,   /* does what concerns svinit as a whole */
};

struct control_call;

struct control_method {
	const char *name;
	enum control_permission permission;
	void (*handle)(struct control_call *call);
};

/* One call, alive while its handler runs. */
struct control_call {
	struct control_verbs *verbs;
	struct manager *manager;
	struct control_session *session;
	const struct control_method *method;
	json_t *parameters; /* an object; members that are null are left out */
	bool more, oneway;
};

/* The rows of the parts; control_verbs.c joins them. A row without name ends each. */
extern const struct control_method control_job_methods[];
extern const struct control_method control_unit_methods[];
extern const struct control_method control_query_methods[];
extern const struct control_method control_process_methods[];
extern const struct control_method control_wait_methods[];
extern const struct control_method control_system_methods[];
extern const struct control_method control_event_methods[];
extern const struct control_method control_environment_methods[];
extern const struct control_method control_diff_methods[];
extern const struct control_method control_log_methods[];

/* ---- parameters ---- */

enum parameter_kind {
	PARAMETER_STRING,   /* const char ** */
	PARAMETER_BOOLEAN,  /* bool * */
	PARAMETER_INTEGER,  /* json_int_t * */
	PARAMETER_STRINGS,  /* json_t **: an array of strings */
	PARAMETER_INTEGERS, /* json_t **: an array of integers */
};

struct parameter {
	const char *name;
	enum parameter_kind kind;
	bool required;
	void *to; /* left as it is when the parameter is missing */
};

/* false: the call was answered with InvalidParameter. What the caller does not list is refused. */
bool control_parameters(struct control_call *call, const struct parameter *parameters, size_t count);
#define CONTROL_PARAMETERS(call, ...)                                                                                  \
	control_parameters(call, (struct parameter[]){ __VA_ARGS__ },                                                  \
			   sizeof((struct parameter[]){ __VA_ARGS__ }) / sizeof(struct parameter))

/* Index of a word in a list that NULL ends, or -1. */
int control_word(const char *word, const char *const *words);

/* ---- replies ---- */

/* Begins a reply whose parameters the caller writes as keys and values. */
void control_reply_begin(struct json_writer *reply, bool continues);
/* Likewise with an error; the name without a dot is one of CONTROL_INTERFACE. */
void control_error_begin(struct json_writer *reply, const char *error);
/* Ends and sends it, and frees the text. A reply that grew too long becomes an error. */
void control_send(struct control_session *session, struct json_writer *reply);
/* The same for a call, which may be one way. */
void control_answer(struct control_call *call, struct json_writer *reply);
void control_answer_empty(struct control_call *call);
void control_answer_invalid(struct control_call *call, const char *parameter);
/* An error with the one parameter that says what is wrong. */
void control_answer_error(struct control_call *call, const char *error, const char *key, const char *text);
void control_answer_denied(struct control_call *call, const char *unit);
struct missing_unit;
void control_answer_no_such_unit(struct control_call *call, const struct missing_unit *missing);

/* ---- units ---- */

/* A name for which there is no unit. */
struct missing_unit {
	const char *name; /* borrowed from the call's parameters */
	char *text;       /* why, in words; NULL when memory was short */
};

struct unit_selection {
	unit_id *units; /* each once, in the order of the request */
	size_t count;
	struct missing_unit *missing;
	size_t missing_count;
};

bool control_may(struct control_call *call, const char *unit);
bool session_may_read(struct control_session *session, const char *method, const char *unit);
/*
 * The units that names and globs stand for; names are completed and loaded if need be. A name the caller may not touch
 * is denied, a glob leaves such units out. false: the call was answered with an error.
 */
bool control_select(struct control_call *call, json_t *names, struct unit_selection *selection);
void unit_selection_finish(struct unit_selection *selection);
/* One unit by name. NULL: the call was answered. */
const struct unit *control_find(struct control_call *call, const char *name);

/* ---- what is under way ---- */

/* The client is gone, and with it what it waited for; jobs go on. */
void control_jobs_forget(struct control_session *session);
void control_wait_forget(struct control_session *session);
void control_logs_forget(struct control_session *session);

void control_jobs_answer(struct control_verbs *verbs, const struct action *action);
void control_wait_unit_changed(struct control_verbs *verbs, unit_id unit);
void control_wait_job_changed(struct control_verbs *verbs, const struct action *action);
usec control_wait_deadline(const struct control_verbs *verbs);
void control_wait_expire(struct control_verbs *verbs, usec now);
void control_logs_written(struct control_verbs *verbs, uint32_t number);
usec control_logs_deadline(const struct control_verbs *verbs);
void control_logs_expire(struct control_verbs *verbs, usec now);
void control_events_unit_changed(struct control_verbs *verbs, unit_id unit);
void control_events_job_changed(struct control_verbs *verbs, const struct action *action);

/* Reads the grants afresh. 0 or -errno: those that could be read are in force. */
int control_permissions_load(struct control_verbs *verbs, struct cause *cause);

/* org.varlink.service (control_service.c). */
bool control_service_handle(struct control_call *call, const char *method);

#endif
