/* switch-root: out of an initramfs. */
#include "ctl/connection.h"
#include "ctl/verbs.h"

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *parameters = json_pack("{s:s}", "root", context->arguments[0]);
	if (context->argument_count > 1)
		json_object_set_new(parameters, "init", json_string(context->arguments[1]));
	json_decref(call_or_complain(context, "SwitchRoot", parameters, &status));
	return status;
}

const struct verb verb_switch_root = {
	.name = "switch-root",
	.synopsis = "DIR [INIT]",
	.summary = "in an initramfs: stop everything in order, then go on with the init of the root in DIR",
	.arguments_min = 1,
	.arguments_max = 2,
	.run = run,
};
