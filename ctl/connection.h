/* The client's side of RDIR/control: one varlink connection, made at the first call and kept for the next ones. */
#ifndef SVCTL_CONNECTION_H
#define SVCTL_CONNECTION_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl/verb.h"

enum call_error_kind {
	CALL_OK,
	CALL_NO_CONNECTION,
	CALL_NO_SUCH_UNIT,
	CALL_BAD_UNIT,
	CALL_JOB_REFUSED,
	CALL_NO_SUCH_PROCESS,
	CALL_NO_SUCH_JOB,
	CALL_PERMISSION_DENIED,
	CALL_FAILED,
};

struct call_error {
	enum call_error_kind kind;
	char unit[256];  /* the one it is about, or "" */
	char text[1024]; /* in words, with what to do next */
};

/*
 * Calls a method of org.svinit.Supervisor. Takes over `parameters`. The reply's parameters are the caller's, NULL with
 * an error filled in.
 */
json_t *call(struct context *context, const char *method, json_t *parameters, struct call_error *error);
/* As call(), complaining about an error and putting the exit status for it into *status. */
json_t *call_or_complain(struct context *context, const char *method, json_t *parameters, int *status);

/* A method that gives a reply an event: call_begin() once, then call_next() until it returns NULL. */
bool call_begin(struct context *context, const char *method, json_t *parameters, struct call_error *error);
json_t *call_next(struct context *context, bool *continues, struct call_error *error);

/* systemctl's exit status for an error. */
int call_error_status(const struct call_error *error);

void connection_close(struct context *context);

/* The directory RDIR when none was named: the system's, or an ordinary user's own. `to` holds PATH_MAX bytes. */
const char *default_runtime_directory(bool user, char *to);

/* A JSON array of `count` strings; NULL when out of memory. */
json_t *string_array(char *const *strings, size_t count);

#endif
