/* list-timers and list-sockets: the units that start others, and when or by what. */
#include <stdlib.h>
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/property_words.h"
#include "ctl/unit_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "all", 'a', NULL, "those that are not active, too" },
	{ "state", 0, "STATE,...", "only units whose load, active or sub state it is" },
	{ "show-types", 0, NULL, "the kind of each socket" },
	{ 0 },
};

static const struct table_column timer_columns[] = {
	{ "NEXT", false, false },   { "LEFT", false, false }, { "LAST", false, false },
	{ "PASSED", false, false }, { "UNIT", false, true },  { "ACTIVATES", false, true },
};

static const struct table_column socket_columns[] = {
	{ "LISTEN", false, true },
	{ "TYPE", false, false },
	{ "UNIT", false, true },
	{ "ACTIVATES", false, true },
};

/* The properties of the units of a type that there are, NULL with *status set when they cannot be had. */
static json_t *ask(struct context *context, const char *type, int *status)
{
	json_t *names = context->argument_count > 0 ? units_named(context) : json_array(), *unit, *units;
	char pattern[32];
	size_t i;
	snprintf(pattern, sizeof(pattern), "*.%s", type);
	if (context->argument_count == 0)
		json_array_append_new(names, json_string(pattern));
	json_t *parameters = json_pack("{s:o, s:[sssssssss]}", "units", names, "properties", "Id", "ActiveState",
				       "LoadState", "SubState", "Triggers", "NextElapseUSecRealtime",
				       "NextElapseUSecMonotonic", "LastTriggerUSec", "Listen");
	json_t *reply = call_or_complain(context, "Show", parameters, status);
	if (!reply)
		return NULL;
	units = json_array();
	json_array_foreach(json_object_get(reply, "units"), i, unit) {
		const char *suffix = strrchr(property_text_or(unit, "Id", ""), '.');
		bool active = strcmp(property_text_or(unit, "ActiveState", ""), "active") == 0;
		if (suffix && strcmp(suffix + 1, type) == 0 && (active || option_is_given(context, "all")))
			json_array_append(units, unit);
	}
	json_decref(reply);
	return units;
}

static void names_cell(struct table *table, const json_t *list)
{
	char *text = NULL;
	size_t length, i;
	FILE *stream = open_memstream(&text, &length);
	const json_t *name;
	if (!stream)
		return;
	json_array_foreach(list, i, name)
		fprintf(stream, "%s%s", i > 0 ? " " : "", json_is_string(name) ? json_string_value(name) : "-");
	fclose(stream);
	table_cell(table, STYLE_PLAIN, text);
	free(text);
}

static void time_cells(struct table *table, json_int_t when, usec now)
{
	char words[WORDS_MAX];
	table_cell(table, STYLE_PLAIN, when > 0 ? words_timestamp(words, (usec)when) : NULL);
	table_cell(table, STYLE_PLAIN, when > 0 ? words_ago(words, (usec)when, now) : NULL);
}

static void add_timer(struct table *table, const json_t *unit)
{
	usec now = realtime_now();
	time_cells(table, property_number_or(unit, "NextElapseUSecRealtime", 0), now);
	time_cells(table, property_number_or(unit, "LastTriggerUSec", 0), now);
	table_cell(table, STYLE_PLAIN, property_text(unit, "Id"));
	names_cell(table, json_object_get(unit, "Triggers"));
}

/* "PATH (Stream)", as Listen is printed; a socket unit may have several. */
static void add_socket(struct table *table, const json_t *unit)
{
	const json_t *listen = property_list(unit, "Listen"), *each;
	size_t i, count = json_array_size(listen);
	for (i = 0; i < (count ? count : 1); i++) {
		each = json_array_get(listen, i);
		const char *text =
			json_is_array(each) ? json_string_value(json_array_get(each, 1)) : json_string_value(each);
		table_cell(table, STYLE_PLAIN, text);
		table_cell(table, STYLE_PLAIN, json_is_array(each) ? json_string_value(json_array_get(each, 0)) : NULL);
		table_cell(table, STYLE_PLAIN, property_text(unit, "Id"));
		names_cell(table, json_object_get(unit, "Triggers"));
	}
}

static int print_units(const struct context *context, const json_t *units, bool timers)
{
	const struct table_column *columns = timers ? timer_columns : socket_columns;
	size_t i, count = timers ? sizeof(timer_columns) / sizeof(*columns) : sizeof(socket_columns) / sizeof(*columns);
	struct table *table = table_create(&context->terminal, columns, count);
	const json_t *unit;
	if (!table)
		return complain("out of memory");
	json_array_foreach(units, i, unit)
		(timers ? add_timer : add_socket)(table, unit);
	if (json_array_size(units) > 0)
		table_print(table, stdout, context_has_legend(context));
	if (context_has_legend(context))
		printf("%s%zu %s listed.%s\n", json_array_size(units) ? "\n" : "", json_array_size(units),
		       timers ? "timers" : "sockets",
		       option_is_given(context, "all") ? "" : " Pass --all to see those that are not active, too.");
	table_destroy(table);
	return STATUS_OK;
}

static int run(struct context *context)
{
	bool timers = context->verb == &verb_list_timers;
	int status = STATUS_OK;
	json_t *units = ask(context, timers ? "timer" : "socket", &status);
	if (units)
		status = context->json ? print_list_document(context, "units", units)
				       : print_units(context, units, timers);
	json_decref(units);
	return status;
}

const struct verb verb_list_timers = {
	.name = "list-timers",
	.synopsis = "[PATTERN...]",
	.summary = "list timers, when they elapse next and when they did last",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};

const struct verb verb_list_sockets = {
	.name = "list-sockets",
	.synopsis = "[PATTERN...]",
	.summary = "list sockets that start services",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
