#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"
#include "supervisor/core/unit.h"

static const struct option_row options[] = {
	{ "property", 'p', "NAME,...", "only these properties" },
	{ "value", 0, NULL, "only the values" },
	{ "property-value", 'P', "NAME,...", "the same as --value -p" },
	{ "all", 'a', NULL, "empty properties too" },
	{ 0 },
};

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0);
}

static void print_property(const struct context *context, const char *name, const json_t *value)
{
	if (!option_is_given(context, "value") && !option_is_given(context, "property-value"))
		printf("%s=", name);
	property_print(stdout, name, value);
	putchar('\n');
}

/* In the order in which they were asked for; a name that the unit has not is left out, as in systemctl. */
static void print_unit(const struct context *context, json_t *unit, const json_t *asked)
{
	bool all = option_is_given(context, "all");
	const char *name;
	json_t *value;
	size_t i;
	json_array_foreach(asked, i, value)
		if (json_object_get(unit, json_string_value(value)))
			print_property(context, json_string_value(value),
				       json_object_get(unit, json_string_value(value)));
	json_object_foreach(unit, name, value)
		if (!asked && (all || !is_empty(value)))
			print_property(context, name, value);
}

static json_t *unknown_unit(const json_t *name)
{
	return json_pack("{s:O, s:[O], s:s, s:s, s:s, s:O}", "Id", name, "Names", name, "LoadState", "not-found",
			 "ActiveState", "inactive", "SubState", "dead", "Description", name);
}

/* A unit that does not exist has properties too, and showing them is no failure. */
static void add_unknown(json_t *reply)
{
	json_t *units = json_object_get(reply, "units"), *name;
	size_t i;
	json_array_foreach(json_object_get(reply, "missing"), i, name)
		if (json_is_string(name) && !strpbrk(json_string_value(name), "*?["))
			json_array_append_new(units, unknown_unit(name));
}

static int print_reply(const struct context *context, json_t *reply, const json_t *asked)
{
	json_t *unit;
	size_t i;
	add_unknown(reply);
	if (context->json)
		return print_document(context, reply);
	json_array_foreach(json_object_get(reply, "units"), i, unit) {
		if (i > 0)
			putchar('\n');
		print_unit(context, unit, asked);
	}
	return STATUS_OK;
}

/* -p and -P alike. */
static json_t *asked_properties(const struct context *context)
{
	json_t *asked = option_words(context, "property"), *more = option_words(context, "property-value");
	if (!asked)
		return more;
	json_array_extend(asked, more);
	json_decref(more);
	return asked;
}

/* What scripts ask systemd about itself, in its words. */
static json_t *system_properties(const struct context *context, const json_t *reply)
{
	bool systemctl = context->face == FACE_SYSTEMCTL;
	const char *version = systemctl ? SYSTEMCTL_VERSION " (svinit " SVINIT_VERSION ")" : SVINIT_VERSION;
	return json_pack("{s:s, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:I, s:I, s:I, s:I, s:i}", "Version", version,
			 "SystemState", json_object_get(reply, "state"), "NFailedUnits",
			 json_object_get(reply, "failed"), "NJobs", json_object_get(reply, "jobs"), "NNames",
			 json_object_get(reply, "units"), "MainPID", json_object_get(reply, "pid"),
			 "UserspaceTimestamp", json_object_get(reply, "started"), "Environment",
			 json_object_get(reply, "environment"), "DefaultTimeoutStartUSec",
			 (json_int_t)service_options_default.timeout_start, "DefaultTimeoutStopUSec",
			 (json_int_t)service_options_default.timeout_stop, "DefaultRestartUSec",
			 (json_int_t)service_options_default.restart_delay, "DefaultStartLimitIntervalUSec",
			 (json_int_t)unit_options_default.start_limit_interval, "DefaultStartLimitBurst",
			 (int)unit_options_default.start_limit_burst);
}

static int show_system(struct context *context, const json_t *asked)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "SystemState", json_object(), &status);
	json_t *environment = reply ? call(context, "Environment", json_object(), &(struct call_error){ 0 }) : NULL;
	if (reply && environment)
		json_object_set(reply, "environment", json_object_get(environment, "environment"));
	json_decref(environment);
	if (reply && context->json)
		status = print_document(context, reply);
	else if (reply) {
		json_t *properties = system_properties(context, reply);
		print_unit(context, properties, asked);
		json_decref(properties);
	}
	json_decref(reply);
	return status;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *asked = asked_properties(context);
	if (context->argument_count == 0) {
		status = show_system(context, asked);
	} else {
		json_t *parameters =
			json_pack("{s:o}", "units", string_array(context->arguments, context->argument_count));
		if (asked && parameters)
			json_object_set(parameters, "properties", asked);
		json_t *reply = call_or_complain(context, "Show", parameters, &status);
		if (reply)
			status = print_reply(context, reply, asked);
		if (reply && !asked)
			note_unmatched(context, json_object_get(reply, "units"), "Id");
		json_decref(reply);
	}
	json_decref(asked);
	return status;
}

const struct verb verb_show = {
	.name = "show",
	.synopsis = "[UNIT...]",
	.summary = "print properties, for programs to read; those of svinit without UNIT",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
