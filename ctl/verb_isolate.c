/* Starting one unit in place of all that runs. */
#include "ctl/connection.h"
#include "ctl/verbs.h"

static int isolate(struct context *context, const char *name)
{
	json_t *units = json_pack("[s]", name);
	int status = run_jobs(context, "Start", units, "isolate");
	json_decref(units);
	return status;
}

static int run_isolate(struct context *context)
{
	return isolate(context, context->arguments[0]);
}

static int run_default(struct context *context)
{
	return isolate(context, "default.target");
}

static int run_rescue(struct context *context)
{
	return isolate(context, "rescue.target");
}

static int run_emergency(struct context *context)
{
	return isolate(context, "emergency.target");
}

const struct verb verb_isolate = {
	.name = "isolate",
	.synopsis = "UNIT",
	.summary = "start a unit and what it needs, stop everything else",
	.arguments_min = 1,
	.arguments_max = 1,
	.run = run_isolate,
};

const struct verb verb_default = {
	.name = "default",
	.synopsis = "",
	.summary = "isolate default.target",
	.run = run_default,
};

const struct verb verb_rescue = {
	.name = "rescue",
	.synopsis = "",
	.summary = "isolate rescue.target",
	.run = run_rescue,
};

const struct verb verb_emergency = {
	.name = "emergency",
	.synopsis = "",
	.summary = "isolate emergency.target",
	.run = run_emergency,
};
