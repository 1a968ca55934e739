#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"
#include "supervisor/load/loader.h"

/* What packages generate is made anew first. Where there are no generators, or no leave, there is nothing to say. */
static void run_generators(struct context *context)
{
	struct call_error error = { 0 };
	json_decref(call(context, "Start", json_pack("{s:[s]}", "units", GENERATORS_UNIT), &error));
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	run_generators(context);
	json_t *reply = call_or_complain(context, "DaemonReload", json_object(), &status), *unit;
	const char *text = property_text(reply, "text");
	size_t i;
	if (reply && context->json)
		status = print_document(context, reply);
	else if (reply && !context->quiet && context->terminal.width > 0)
		json_array_foreach(json_object_get(reply, "changed"), i, unit) {
			fputs("changed: ", stdout);
			print_harmless(stdout, json_string_value(unit), json_string_length(unit), false);
			putchar('\n');
		}
	if (text)
		complain("%s", text);
	json_decref(reply);
	return status;
}

const struct verb verb_daemon_reload = {
	.name = "daemon-reload",
	.synopsis = "",
	.summary = "have svinit read all unit files again; unchanged units keep their processes",
	.run = run,
};
