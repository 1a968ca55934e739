#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/forest.h"
#include "ctl/property.h"
#include "ctl/unit_words.h"
#include "ctl/verbs.h"

enum { DEPTH_MAX = 64 };

static const struct option_row options[] = {
	{ "reverse", 0, NULL, "what depends on the unit, instead of what it depends on" },
	{ "after", 0, NULL, "what the unit is started after" },
	{ "before", 0, NULL, "what the unit is started before" },
	{ 0 },
};

/* What each unit leads to, and its state; a unit's own branch is drawn once, further below it is only named. */
struct drawing {
	const struct terminal *terminal;
	json_t *children;
	json_t *states;
	json_t *drawn;
};

static void print_name(const struct drawing *drawing, const char *name)
{
	const json_t *state = json_object_get(drawing->states, name);
	enum style style = state ? unit_style(state) : STYLE_PLAIN;
	if (state)
		printf("%s%s%s ", style_begin(drawing->terminal, style), unit_symbol(drawing->terminal, state),
		       style_end(drawing->terminal, style));
	print_harmless(stdout, name, strlen(name), false);
}

static void draw(const struct drawing *drawing, const char *name, const char *prefix, int depth)
{
	const json_t *children = json_object_get(drawing->children, name), *child;
	size_t i, count = json_array_size(children);
	json_object_set_new(drawing->drawn, name, json_true());
	json_array_foreach(children, i, child) {
		char below[FOREST_PREFIX_MAX];
		const char *to = json_string_value(child);
		bool last = i + 1 == count, again = json_object_get(drawing->drawn, to) != NULL;
		printf("%s%s", prefix, forest_branch(drawing->terminal, last));
		print_name(drawing, to);
		puts(again && json_object_get(drawing->children, to) ? " (shown above)" : "");
		size_t length =
			(size_t)snprintf(below, sizeof(below), "%s%s", prefix, forest_below(drawing->terminal, last));
		if (!again && depth < DEPTH_MAX && length < sizeof(below))
			draw(drawing, to, below, depth + 1);
	}
}

static bool has_string(const json_t *list, const char *text)
{
	const json_t *item;
	size_t i;
	json_array_foreach(list, i, item)
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	return false;
}

static void add_edge(struct drawing *drawing, const char *from, const char *to)
{
	json_t *list = json_object_get(drawing->children, from);
	if (!list) {
		list = json_array();
		json_object_set_new(drawing->children, from, list);
	}
	if (!has_string(list, to))
		json_array_append_new(list, json_string(to));
}

static void print_edges(const struct context *context, const char *typed, const json_t *reply)
{
	struct drawing drawing = { .terminal = &context->terminal,
				   .children = json_object(),
				   .states = json_object(),
				   .drawn = json_object() };
	const char *root = property_text_or(reply, "unit", typed);
	const json_t *edge;
	json_t *unit;
	size_t i;
	json_array_foreach(json_object_get(reply, "edges"), i, edge) {
		const char *from = property_text(edge, "from"), *to = property_text(edge, "to");
		if (from && to)
			add_edge(&drawing, from, to);
	}
	json_array_foreach(json_object_get(reply, "units"), i, unit)
		if (property_text(unit, "Id"))
			json_object_set(drawing.states, property_text(unit, "Id"), unit);
	print_name(&drawing, root);
	putchar('\n');
	draw(&drawing, root, "", 0);
	json_decref(drawing.children);
	json_decref(drawing.states);
	json_decref(drawing.drawn);
}

static json_t *request(const struct context *context)
{
	const char *unit = context->argument_count > 0 ? context->arguments[0] : "default.target";
	json_t *parameters = json_pack("{s:s}", "unit", unit);
	if (option_is_given(context, "reverse"))
		json_object_set_new(parameters, "reverse", json_true());
	if (option_is_given(context, "after"))
		json_object_set_new(parameters, "order", json_string("after"));
	if (option_is_given(context, "before"))
		json_object_set_new(parameters, "order", json_string("before"));
	return parameters;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "Dependencies", request(context), &status);
	const char *typed = context->argument_count > 0 ? context->arguments[0] : "default.target";
	if (reply && context->json)
		status = print_document(context, reply);
	else if (reply)
		print_edges(context, typed, reply);
	json_decref(reply);
	return status;
}

const struct verb verb_list_dependencies = {
	.name = "list-dependencies",
	.synopsis = "[UNIT]",
	.summary = "draw what a unit needs and wants as a tree; of default.target without UNIT",
	.options = options,
	.arguments_max = 1,
	.run = run,
	.paged = true,
};
