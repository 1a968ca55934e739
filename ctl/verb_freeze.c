#include "ctl/connection.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static int ask(struct context *context, const char *method)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, method, json_pack("{s:o}", "units", units_named(context)), &status);

	json_decref(reply);
	return status;
}

static int freeze(struct context *context)
{
	return ask(context, "Freeze");
}

static int thaw(struct context *context)
{
	return ask(context, "Thaw");
}

const struct verb verb_freeze = {
	.name = "freeze",
	.synopsis = "UNIT...",
	.summary = "hold all processes of units still, as one",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = freeze,
};

const struct verb verb_thaw = {
	.name = "thaw",
	.synopsis = "UNIT...",
	.summary = "let frozen units run on",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = thaw,
};
