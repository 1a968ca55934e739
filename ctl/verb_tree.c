#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/forest.h"
#include "ctl/property.h"
#include "ctl/unit_words.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static void print_unit(const struct context *context, const json_t *unit)
{
	const char *name = property_text_or(unit, "Id", "-"), *state = property_text(unit, "ActiveState");
	enum style style = state ? unit_style(unit) : STYLE_PLAIN;
	if (state)
		printf("%s%s%s ", style_begin(&context->terminal, style), unit_symbol(&context->terminal, unit),
		       style_end(&context->terminal, style));
	print_harmless(stdout, name, strlen(name), false);
	putchar('\n');
	forest_print_processes(&context->terminal, stdout, property_list(unit, "processes"), "  ");
}

static void print_reply(const struct context *context, const json_t *reply)
{
	const json_t *unit, *orphans = property_list(reply, "orphans");
	size_t i;
	json_array_foreach(property_list(reply, "units"), i, unit)
		if (context->argument_count > 0 || json_array_size(property_list(unit, "processes")) > 0)
			print_unit(context, unit);
	if (json_array_size(orphans) == 0)
		return;
	puts("adopted orphans");
	forest_print_processes(&context->terminal, stdout, orphans, "  ");
}

int run_tree(struct context *context)
{
	int status = STATUS_OK;
	json_t *parameters = json_object();
	if (context->argument_count > 0)
		json_object_set_new(parameters, "units", units_named(context));
	json_t *reply = call_or_complain(context, "Tree", parameters, &status);
	if (reply && context->json)
		status = print_document(context, reply);
	else if (reply)
		print_reply(context, reply);
	if (reply)
		note_unmatched(context, json_object_get(reply, "units"), "Id");
	json_decref(reply);
	return status;
}

const struct verb verb_tree = {
	.name = "tree",
	.synopsis = "[UNIT...]",
	.summary = "show the processes of each unit as trees; zombies and orphans are marked",
	.arguments_max = ARGUMENTS_ANY,
	.run = run_tree,
	.paged = true,
};
