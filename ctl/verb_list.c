/* list: one screen with what people want to see. */
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/unit_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "all", 'a', NULL, "targets, and units that are only referred to, too" },
	{ "state", 0, "STATE,...", "only units whose load, active or sub state it is" },
	{ "type", 't', "TYPE,...", "only units of these types" },
	{ 0 },
};

static const struct table_column columns[] = {
	{ "UNIT", false, true }, { "STATE", false, false },   { "SINCE", false, false },
	{ "PID", true, false },  { "RESTARTS", true, false }, { "WHAT", false, true },
};

static bool is_of_interest(const struct context *context, const json_t *unit)
{
	const char *name = property_text_or(unit, "Id", "");
	const char *suffix = strrchr(name, '.');
	if (option_is_given(context, "all") || option_is_given(context, "type") || context->argument_count > 0)
		return true;
	return !suffix || strcmp(suffix, ".target") != 0 || unit_style(unit) == STYLE_BAD;
}

static void number_cell(struct table *table, const json_t *unit, const char *name)
{
	char text[32] = "";
	json_int_t number = property_number_or(unit, name, 0);
	if (number > 0)
		snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, number);
	table_cell(table, STYLE_PLAIN, text);
}

static void state_cell(struct table *table, const json_t *unit)
{
	char text[WORDS_MAX];
	const char *active = property_text_or(unit, "ActiveState", "-");
	const char *sub = property_text_or(unit, "SubState", "-");
	if (strcmp(active, sub) == 0 || strcmp(active, "inactive") == 0)
		snprintf(text, sizeof(text), "%s", active);
	else
		snprintf(text, sizeof(text), "%s (%s)", active, sub);
	table_cell(table, unit_style(unit), text);
}

/* ".service" goes without saying. */
static void name_cell(struct table *table, const json_t *unit)
{
	const char *name = property_text_or(unit, "Id", "-"), *suffix = strrchr(name, '.');
	char text[256];
	int length = suffix && strcmp(suffix, ".service") == 0 ? (int)(suffix - name) : (int)strlen(name);
	snprintf(text, sizeof(text), "%.*s", length, name);
	table_cell(table, STYLE_PLAIN, text);
}

static void add_row(struct table *table, const json_t *unit, usec now)
{
	char since[WORDS_MAX] = "", what[WORDS_MAX];
	json_int_t changed = property_number_or(unit, "StateChangeTimestamp", 0);
	name_cell(table, unit);
	state_cell(table, unit);
	if (changed > 0)
		words_ago(since, (usec)changed, now);
	table_cell(table, STYLE_PLAIN, since);
	number_cell(table, unit, "MainPID");
	number_cell(table, unit, "NRestarts");
	table_cell(table, unit_style(unit) == STYLE_BAD ? STYLE_BAD : STYLE_PLAIN, unit_what(unit, what));
}

static int print_units(const struct context *context, const json_t *units)
{
	struct table *table = table_create(&context->terminal, columns, sizeof(columns) / sizeof(*columns));
	usec now = realtime_now();
	const json_t *unit;
	size_t i, listed = 0;
	if (!table)
		return complain("out of memory");
	json_array_foreach(units, i, unit)
		if (is_of_interest(context, unit) && ++listed)
			add_row(table, unit, now);
	if (listed > 0)
		table_print(table, stdout, !option_is_given(context, "no-legend"));
	else if (!context->quiet)
		fputs("No units to show.\n", stderr);
	table_destroy(table);
	return STATUS_OK;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = list_units(context, option_is_given(context, "all"), &status);
	if (reply)
		status = context->json ? print_document(context, reply)
				       : print_units(context, json_object_get(reply, "units"));
	json_decref(reply);
	return status;
}

const struct verb verb_list = {
	.name = "list",
	.aliases = (const char *const[]){ "ls", NULL },
	.synopsis = "[PATTERN...]",
	.summary = "show units on one screen: state, since when, process, restarts, and what is the matter",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
