#include "ctl/connection.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *parameters = json_object();

	if (context->argument_count > 0)
		json_object_set_new(parameters, "units", units_named(context));
	json_decref(call_or_complain(context, "RotateLogs", parameters, &status));
	return status;
}

const struct verb verb_rotate = {
	.name = "rotate",
	.synopsis = "[UNIT...]",
	.summary = "begin new log files; of all units without UNIT",
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
