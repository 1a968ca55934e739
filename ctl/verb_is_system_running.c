#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "wait", 0, NULL, "until the start is over" },
	{ 0 },
};

static bool is_starting(const json_t *reply)
{
	return strcmp(property_text_or(reply, "state", ""), "starting") == 0;
}

/* Asks again after every event, on a connection of their own: the last job of the start is one of them. */
static json_t *wait_for_start(struct context *context, json_t *reply, struct call_error *error)
{
	struct context watcher = { .runtime_directory = context->runtime_directory };
	bool continues = call_begin(&watcher, "Subscribe", json_object(), error);
	while (continues && reply && is_starting(reply)) {
		json_decref(call_next(&watcher, &continues, error));
		json_decref(reply);
		reply = call(context, "SystemState", json_object(), error);
	}
	connection_close(&watcher);
	return reply;
}

static int run(struct context *context)
{
	struct call_error error;
	json_t *reply = call(context, "SystemState", json_object(), &error);
	if (reply && option_is_given(context, "wait"))
		reply = wait_for_start(context, reply, &error);
	const char *state = reply ? property_text_or(reply, "state", "unknown") : "offline";
	int status = strcmp(state, "running") == 0 ? STATUS_OK : STATUS_FAILURE;
	if (!reply && error.kind != CALL_NO_CONNECTION)
		complain("%s", error.text);
	if (context->json && reply)
		print_document(context, reply);
	else if (!context->quiet)
		printf("%s\n", state);
	json_decref(reply);
	return status;
}

const struct verb verb_is_system_running = {
	.name = "is-system-running",
	.synopsis = "",
	.summary = "print the state of the whole; 0 only if it is running and nothing has failed",
	.options = options,
	.run = run,
};
