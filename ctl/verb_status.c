#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/forest.h"
#include "ctl/property.h"
#include "ctl/unit_status.h"
#include "ctl/unit_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

enum { STATUS_LOG_LINES = 10, LOG_LINES_MAX = 100000 };

static const struct option_row options[] = {
	{ "lines", 'n', "NUMBER", "how many log lines to show (10)" },
	{ 0 },
};

/* The processes, and what it waits for; a unit that is down, empty and has no job needs no second request. */
static json_t *ask_why(struct context *context, const json_t *unit)
{
	struct call_error error;
	const char *state = property_text_or(unit, "ActiveState", "inactive");
	if (!property_text(unit, "Id") ||
	    (strcmp(state, "inactive") == 0 && !json_is_object(json_object_get(unit, "JobDetails")) &&
	     property_number_or(unit, "TasksCurrent", 0) == 0))
		return NULL;
	return call(context, "Why", json_pack("{s:O}", "unit", json_object_get(unit, "Id")), &error);
}

static int print_units(struct context *context, const json_t *units, size_t lines)
{
	size_t i;
	int status = STATUS_OK;
	const json_t *unit;
	json_array_foreach(units, i, unit) {
		json_t *reply = ask_why(context, unit);
		int code = unit_status_code(unit);
		if (i > 0)
			putchar('\n');
		if (code == STATUS_UNKNOWN)
			complain("unit %s not found", property_text_or(unit, "Id", "-"));
		else
			unit_status_print(context, unit, json_object_get(reply, "why"), context->quiet ? 0 : lines);
		json_decref(reply);
		status = code ? code : status;
	}
	return status;
}

static int json_status(const json_t *units)
{
	const json_t *unit;
	int status = STATUS_OK;
	size_t i;
	json_array_foreach(units, i, unit)
		if (unit_status_code(unit))
			status = unit_status_code(unit);
	return status;
}

/* Programs get every property; for people the server writes only what is shown to them. */
static json_t *show_request(const struct context *context)
{
	json_t *parameters = json_pack("{s:o}", "units", units_named(context));
	if (!context->json && parameters)
		json_object_set_new(parameters, "properties", unit_status_properties());
	return parameters;
}

static bool lines_asked(const struct context *context, size_t *lines)
{
	const char *given = option_value(context, "lines");
	uint64_t number = STATUS_LOG_LINES;
	if (given && parse_unsigned(given, LOG_LINES_MAX, &number) < 0) {
		complain("--lines=%s: must be a number up to %d", given, LOG_LINES_MAX);
		return false;
	}
	*lines = (size_t)number;
	return true;
}

static int show_units(struct context *context)
{
	struct call_error error;
	size_t lines;
	if (!lines_asked(context, &lines))
		return STATUS_FAILURE;
	json_t *reply = call(context, "Show", show_request(context), &error);
	if (!reply) {
		complain("%s", error.text);
		return STATUS_UNKNOWN;
	}
	const json_t *units = json_object_get(reply, "units");
	if (context->json)
		print_document(context, reply);
	int status = context->json ? json_status(units) : print_units(context, units, lines);
	if (complain_missing(context, json_object_get(reply, "missing")) > 0)
		status = STATUS_UNKNOWN;
	note_unmatched(context, units, "Id");
	json_decref(reply);
	return status;
}

static void print_system(const struct context *context, const json_t *system)
{
	const char *state = property_text_or(system, "state", "unknown");
	enum style style = strcmp(state, "running") == 0    ? STYLE_GOOD
			   : strcmp(state, "degraded") == 0 ? STYLE_BAD
							    : STYLE_WARNING;
	json_int_t started = property_number_or(system, "started", 0);
	char when[WORDS_MAX], ago[WORDS_MAX];
	printf("%s%s%s svinit, PID %" JSON_INTEGER_FORMAT "\n", style_begin(&context->terminal, style),
	       context->terminal.unicode ? "●" : "*", style_end(&context->terminal, style),
	       property_number_or(system, "pid", 0));
	printf("      State: %s%s%s\n", style_begin(&context->terminal, style), state,
	       style_end(&context->terminal, style));
	printf("      Units: %" JSON_INTEGER_FORMAT " loaded, %" JSON_INTEGER_FORMAT " failed\n",
	       property_number_or(system, "units", 0), property_number_or(system, "failed", 0));
	printf("       Jobs: %" JSON_INTEGER_FORMAT " queued\n", property_number_or(system, "jobs", 0));
	if (started > 0)
		printf("      Since: %s; %s\n", words_timestamp(when, (usec)started),
		       words_ago(ago, (usec)started, realtime_now()));
	if (property_number_or(system, "crashes", 0) > 0)
		printf("    Crashes: %ssvinit has crashed %" JSON_INTEGER_FORMAT
		       " times and gone on; see svctl logs%s\n",
		       style_begin(&context->terminal, STYLE_BAD), property_number_or(system, "crashes", 0),
		       style_end(&context->terminal, STYLE_BAD));
}

static int show_system(struct context *context)
{
	int status = STATUS_OK;
	json_t *system = call_or_complain(context, "SystemState", json_object(), &status);
	if (!system)
		return STATUS_UNKNOWN;
	if (context->json)
		print_document(context, system);
	else {
		print_system(context, system);
		putchar('\n');
		status = run_tree(context);
	}
	json_decref(system);
	return status;
}

static int run(struct context *context)
{
	return context->argument_count > 0 ? show_units(context) : show_system(context);
}

const struct verb verb_status = {
	.name = "status",
	.synopsis = "[UNIT...]",
	.summary = "show units with their processes and last log lines; the whole without UNIT",
	.help = "Returns 0 when they are active, 3 when one is not, 4 when one does not exist.",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
