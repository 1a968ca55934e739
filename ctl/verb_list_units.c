/* list-units, as systemctl prints it. */
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/unit_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "all", 'a', NULL, "units that are not active, too" },
	{ "state", 0, "STATE,...", "only units whose load, active or sub state it is" },
	{ "type", 't', "TYPE,...", "only units of these types" },
	{ "failed", 0, NULL, "the same as --state=failed" },
	{ 0 },
};

static const struct table_column columns[] = {
	{ " ", false, false },      { "UNIT", false, true }, { "LOAD", false, false },
	{ "ACTIVE", false, false }, { "SUB", false, false }, { "DESCRIPTION", false, true },
};

/* Without --all and --state: what is up, has failed or has a job. */
static bool is_listed(const struct context *context, const json_t *unit)
{
	const char *state = property_text_or(unit, "ActiveState", "inactive");
	if (option_is_given(context, "failed"))
		return strcmp(state, "failed") == 0;
	if (option_is_given(context, "all") || option_is_given(context, "state"))
		return true;
	return strcmp(state, "inactive") != 0 || property_text(unit, "Job");
}

static void add_row(const struct context *context, struct table *table, const json_t *unit)
{
	enum style style = unit_style(unit);
	bool loaded = strcmp(property_text_or(unit, "LoadState", "loaded"), "loaded") == 0;
	table_cell(table, style, style == STYLE_BAD || !loaded ? unit_symbol(&context->terminal, unit) : " ");
	table_cell(table, STYLE_PLAIN, property_text(unit, "Id"));
	table_cell(table, loaded ? STYLE_PLAIN : STYLE_BAD, property_text(unit, "LoadState"));
	table_cell(table, style, property_text(unit, "ActiveState"));
	table_cell(table, style, property_text(unit, "SubState"));
	table_cell(table, STYLE_PLAIN, property_text(unit, "Description"));
}

static int print_units(const struct context *context, const json_t *units)
{
	struct table *table = table_create(&context->terminal, columns, sizeof(columns) / sizeof(*columns));
	bool legend = !option_is_given(context, "no-legend") && !context->quiet;
	const json_t *unit;
	size_t i, listed = 0;
	if (!table)
		return complain("out of memory");
	json_array_foreach(units, i, unit)
		if (is_listed(context, unit) && ++listed)
			add_row(context, table, unit);
	if (listed > 0)
		table_print(table, stdout, legend);
	if (legend)
		printf("%s%zu loaded units listed.%s\n", listed ? "\n" : "", listed,
		       option_is_given(context, "all") ? "" : " Pass --all to see inactive units, too.");
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

const struct verb verb_list_units = {
	.name = "list-units",
	.synopsis = "[PATTERN...]",
	.summary = "list loaded units as systemctl does",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
