/* is-active and is-failed: a word a unit, and an exit status for scripts. */
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

struct verdict {
	bool good, known;
};

static bool is_good(const struct verb *verb, const char *state)
{
	if (verb == &verb_is_failed)
		return strcmp(state, "failed") == 0;
	return strcmp(state, "active") == 0 || strcmp(state, "reloading") == 0;
}

static void judge(const struct context *context, const json_t *units, struct verdict *verdict)
{
	const json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit) {
		const char *state = property_text_or(unit, "ActiveState", "unknown");
		const char *load = property_text_or(unit, "LoadState", "loaded");
		verdict->good |= is_good(context->verb, state);
		verdict->known |= strcmp(load, "not-found") != 0;
		if (!context->quiet && !context->json)
			printf("%s\n", state);
	}
}

static json_t *missing_unit(const json_t *name)
{
	return json_pack("{s:O, s:s, s:s}", "Id", name, "LoadState", "not-found", "ActiveState", "inactive");
}

/* One answer a name in the order given, as scripts pair them with their arguments. */
static bool ask(struct context *context, const char *name, json_t *found, int *status)
{
	json_t *parameters =
		json_pack("{s:[s], s:[sss]}", "units", name, "properties", "Id", "LoadState", "ActiveState");
	struct call_error error;
	json_t *reply = call(context, "Show", parameters, &error), *missing;
	size_t i;
	if (!reply && error.kind != CALL_NO_SUCH_UNIT && error.kind != CALL_BAD_UNIT) {
		complain("%s", error.text);
		*status = error.kind == CALL_PERMISSION_DENIED ? STATUS_NO_PERMISSION : STATUS_FAILURE;
		return false;
	}
	if (!reply)
		reply = json_pack("{s:[s]}", "missing", name);
	json_array_extend(found, json_object_get(reply, "units"));
	json_array_foreach(json_object_get(reply, "missing"), i, missing)
		json_array_append_new(found, missing_unit(missing));
	json_decref(reply);
	return true;
}

static int run(struct context *context)
{
	struct verdict verdict = { 0 };
	int status = STATUS_OK;
	json_t *units = json_array();
	for (size_t i = 0; i < context->argument_count && !status; i++)
		ask(context, context->arguments[i], units, &status);
	if (!status) {
		judge(context, units, &verdict);
		if (context->json && !context->quiet) {
			json_t *document = json_pack("{s:i, s:O}", "version", 1, "units", units);
			print_document(context, document);
			json_decref(document);
		}
		if (!verdict.good && context->verb == &verb_is_failed)
			status = STATUS_FAILURE;
		else if (!verdict.good)
			status = verdict.known ? STATUS_NOT_ACTIVE : STATUS_UNKNOWN;
	}
	json_decref(units);
	return status;
}

const struct verb verb_is_active = {
	.name = "is-active",
	.synopsis = "UNIT...",
	.summary = "print the state of units; 0 if one is active, 3 if none, 4 if there are none",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};

const struct verb verb_is_failed = {
	.name = "is-failed",
	.synopsis = "UNIT...",
	.summary = "print the state of units; 0 if one has failed, 1 if none",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
