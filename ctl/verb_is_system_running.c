#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

static int run(struct context *context)
{
	struct call_error error;
	json_t *reply = call(context, "SystemState", json_object(), &error);
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
	.run = run,
};
