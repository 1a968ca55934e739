#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/verbs.h"

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "DaemonReexec", json_object(), &status);

	if (reply && context->json)
		status = print_document(context, reply);
	json_decref(reply);
	return status;
}

const struct verb verb_daemon_reexec = {
	.name = "daemon-reexec",
	.synopsis = "",
	.summary = "have svinit execute its program anew, as after an upgrade; units keep their processes",
	.run = run,
};
