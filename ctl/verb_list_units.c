/* list-units, as systemctl prints it. */
#include <stdlib.h>
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

/* The first one is left out with --plain. */
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

/* By type, then by name. */
static int by_type_and_name(const void *left, const void *right)
{
	const char *a = property_text_or(*(json_t *const *)left, "Id", "");
	const char *b = property_text_or(*(json_t *const *)right, "Id", "");
	const char *type = strrchr(a, '.'), *other = strrchr(b, '.');
	int order = type && other ? strcmp(type, other) : 0;
	return order != 0 ? order : strcmp(a, b);
}

/* A new list of those that are to be shown, in their order; NULL when out of memory. */
static json_t *choose(const struct context *context, const json_t *units)
{
	json_t **chosen = calloc(json_array_size(units) + 1, sizeof(json_t *)), *list = json_array(), *unit;
	size_t i, count = 0;
	if (!chosen)
		return NULL;
	json_array_foreach(units, i, unit)
		if (is_listed(context, unit))
			chosen[count++] = unit;
	qsort(chosen, count, sizeof(json_t *), by_type_and_name);
	for (i = 0; i < count; i++)
		json_array_append(list, chosen[i]);
	free(chosen);
	return list;
}

static void add_row(const struct context *context, struct table *table, const json_t *unit, bool symbols)
{
	enum style style = unit_style(unit);
	bool loaded = strcmp(property_text_or(unit, "LoadState", "loaded"), "loaded") == 0;
	const char *dot = context->terminal.unicode ? "●" : "*";
	if (symbols)
		table_cell(table, style, style == STYLE_BAD || !loaded ? dot : " ");
	table_cell(table, STYLE_PLAIN, property_text(unit, "Id"));
	table_cell(table, loaded ? STYLE_PLAIN : STYLE_BAD, property_text(unit, "LoadState"));
	table_cell(table, style, property_text(unit, "ActiveState"));
	table_cell(table, style, property_text(unit, "SubState"));
	table_cell(table, STYLE_PLAIN, property_text(unit, "Description"));
}

static void print_legend(const struct context *context, size_t listed)
{
	if (listed > 0 && context->face == FACE_SYSTEMCTL)
		fputs("\nLOAD   = whether the unit's files were read\nACTIVE = the state of the unit in general\n"
		      "SUB    = the state in particular, which depends on the unit's type\n",
		      stdout);
	else if (listed > 0)
		putchar('\n');
	printf("%zu loaded units listed.%s\n", listed,
	       option_is_given(context, "all") ? "" : " Pass --all to see loaded but inactive units, too.");
	if (context->face == FACE_SYSTEMCTL)
		puts("To show all installed unit files use 'systemctl list-unit-files'.");
}

static int print_units(const struct context *context, const json_t *units)
{
	bool symbols = !option_is_given(context, "plain"), legend = context_has_legend(context);
	size_t i, count = sizeof(columns) / sizeof(*columns);
	struct table *table =
		table_create(&context->terminal, symbols ? columns : columns + 1, symbols ? count : count - 1);
	const json_t *unit;
	if (!table)
		return complain("out of memory");
	if (context->face == FACE_SYSTEMCTL)
		table_set_gap(table, 1);
	json_array_foreach(units, i, unit)
		add_row(context, table, unit, symbols);
	if (json_array_size(units) > 0)
		table_print(table, stdout, legend);
	if (legend)
		print_legend(context, json_array_size(units));
	table_destroy(table);
	return STATUS_OK;
}

/* As systemctl names them. */
static int print_json(const struct context *context, const json_t *units)
{
	json_t *list = json_array();
	const json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s, s:s}", "unit", property_text_or(unit, "Id", ""),
						"load", property_text_or(unit, "LoadState", ""), "active",
						property_text_or(unit, "ActiveState", ""), "sub",
						property_text_or(unit, "SubState", ""), "description",
						property_text_or(unit, "Description", "")));
	int status = print_list_document(context, "units", list);
	json_decref(list);
	return status;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = list_units(context, option_is_given(context, "all"), &status), *units = NULL;
	if (reply && context->json && context->face != FACE_SYSTEMCTL)
		status = print_document(context, reply);
	else if (reply && !(units = choose(context, json_object_get(reply, "units"))))
		status = complain("out of memory");
	else if (reply)
		status = context->json ? print_json(context, units) : print_units(context, units);
	json_decref(units);
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
