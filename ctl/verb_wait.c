#include <string.h>

#include "common/time_span.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "for", 0, "CONDITION", "ready (default), stopped or failed" },
	{ "timeout", 0, "TIME", "give up after that long: 5, 500ms, 1min 30s" },
	{ 0 },
};

static void complain_unreached(const json_t *units, const char *condition)
{
	const json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit) {
		const char *failure = property_text(unit, "FailureText");
		complain("%s is %s (%s); waited for: %s%s%s", property_text_or(unit, "Id", "-"),
			 property_text_or(unit, "ActiveState", "-"), property_text_or(unit, "SubState", "-"), condition,
			 failure ? "; " : "", failure ? failure : "");
	}
}

static int report(const struct context *context, json_t *reply, const char *condition)
{
	bool reached = property_flag(reply, "reached");
	if (context->json)
		print_document(context, reply);
	else if (!reached && !context->quiet)
		complain_unreached(json_object_get(reply, "units"), condition);
	return reached ? STATUS_OK : STATUS_FAILURE;
}

static int run(struct context *context)
{
	const char *condition = option_value(context, "for"), *timeout = option_value(context, "timeout");
	usec span = USEC_INFINITY;
	int status = STATUS_OK;
	if (!condition)
		condition = "ready";
	if (strcmp(condition, "ready") != 0 && strcmp(condition, "stopped") != 0 && strcmp(condition, "failed") != 0)
		return complain("--for=%s: must be ready, stopped or failed", condition);
	if (timeout && time_span_parse(timeout, USEC_PER_SEC, &span) < 0)
		return complain("--timeout=%s: not a time span (5, 500ms, 1min 30s)", timeout);
	json_t *parameters = json_pack("{s:o, s:s}", "units", units_named(context), "condition", condition);
	if (span != USEC_INFINITY && parameters)
		json_object_set_new(parameters, "timeoutUSec", json_integer((json_int_t)span));
	json_t *reply = call_or_complain(context, "Wait", parameters, &status);
	if (reply)
		status = report(context, reply, condition);
	json_decref(reply);
	return status;
}

const struct verb verb_wait = {
	.name = "wait",
	.synopsis = "UNIT...",
	.summary = "wait until units are ready, stopped or failed",
	.help = "Returns 0 when it has come to that for every unit, 1 when the time is over or it cannot come to that.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
