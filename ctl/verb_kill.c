#include <signal.h>
#include <string.h>

#include "common/signal_name.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "signal", 's', "SIGNAL", "by name or number; SIGTERM without it" },
	{ "kill-whom", 0, "WHOM", "main, control, or all (default)" },
	{ "kill-who", 0, "WHOM", NULL },
	{ 0 },
};

static const char *whom_of(const struct context *context)
{
	const char *whom = option_value(context, "kill-whom");
	if (!whom)
		whom = option_value(context, "kill-who");
	return whom ? whom : "all";
}

static int run(struct context *context)
{
	const char *text = option_value(context, "signal"), *whom = whom_of(context);
	int number = text ? signal_from_name(text) : SIGTERM, status = STATUS_OK;
	if (number <= 0)
		return complain("no such signal: %s", text);
	if (strcmp(whom, "main") != 0 && strcmp(whom, "control") != 0 && strcmp(whom, "all") != 0)
		return complain("--kill-whom=%s: must be main, control or all", whom);
	json_t *parameters =
		json_pack("{s:o, s:i, s:s}", "units", units_named(context), "signal", number, "whom", whom);
	json_t *reply = call_or_complain(context, "Kill", parameters, &status);
	if (reply && context->json)
		print_document(context, reply);
	if (reply)
		note_unmatched(context, json_object_get(reply, "units"), NULL);
	json_decref(reply);
	return status;
}

const struct verb verb_kill = {
	.name = "kill",
	.synopsis = "UNIT...",
	.summary = "send a signal to the processes of units",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
