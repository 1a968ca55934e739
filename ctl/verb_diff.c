/* diff: key by key, what a reload would change. */
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/property_words.h"
#include "ctl/verbs.h"

/* As diff(1) has them. */
enum { NOTHING_DIFFERS = 0, SOMETHING_DIFFERS = 1, NOT_COMPARED = 2 };

/* The key behind a property: times have their unit in the property's name. */
static void print_key(const char *property)
{
	size_t length = strlen(property);
	/* Their items begin with their keys. */
	if (strcmp(property, "Conditions") == 0 || strcmp(property, "Asserts") == 0)
		return;
	bool time = length > 4 && strcmp(property + length - 4, "USec") == 0;
	printf("%.*s%s=", (int)(time ? length - 4 : length), property, time ? "Sec" : "");
}

static void print_command(const json_t *command)
{
	const json_t *word;
	size_t i;
	if (property_flag(command, "ignore_errors"))
		putchar('-');
	if (property_flag(command, "privileged"))
		putchar('+');
	json_array_foreach(property_list(command, "argv"), i, word) {
		if (i > 0)
			putchar(' ');
		print_harmless(stdout, json_string_value(word), json_string_length(word), false);
	}
}

static void print_value(const struct context *context, const char *mark, enum style style, const char *key,
			const json_t *value)
{
	printf("    %s%s ", style_begin(&context->terminal, style), mark);
	print_key(key);
	if (json_object_get(value, "argv"))
		print_command(value);
	else
		property_print(stdout, key, value);
	printf("%s\n", style_end(&context->terminal, style));
}

static bool has_item(const json_t *list, const json_t *item)
{
	const json_t *each;
	size_t i;
	json_array_foreach(list, i, each)
		if (json_equal(each, item))
			return true;
	return false;
}

/* Of lists, the items that the other one has not. */
static void print_side(const struct context *context, const json_t *entry, const char *side, const char *other)
{
	const char *key = property_text_or(entry, "key", "-");
	const json_t *value = json_object_get(entry, side), *list = json_object_get(entry, other), *item;
	enum style style = *side == 'o' ? STYLE_BAD : STYLE_GOOD;
	const char *mark = *side == 'o' ? "-" : "+";
	size_t i;
	if (!json_is_array(value) || !json_is_array(list)) {
		print_value(context, mark, style, key, value);
		return;
	}
	json_array_foreach(value, i, item)
		if (!has_item(list, item))
			print_value(context, mark, style, key, item);
}

/* The same items in another order. */
static bool is_reordered(const json_t *entry)
{
	const json_t *old = json_object_get(entry, "old"), *new = json_object_get(entry, "new"), *item;
	size_t i;
	if (!json_is_array(old) || !json_is_array(new) || json_array_size(old) != json_array_size(new))
		return false;
	json_array_foreach(new, i, item)
		if (!has_item(old, item))
			return false;
	return true;
}

static void print_entry(const struct context *context, const json_t *entry)
{
	if (is_reordered(entry)) {
		print_value(context, "-", STYLE_BAD, property_text_or(entry, "key", "-"),
			    json_object_get(entry, "old"));
		print_value(context, "+", STYLE_GOOD, property_text_or(entry, "key", "-"),
			    json_object_get(entry, "new"));
		return;
	}
	print_side(context, entry, "old", "new");
	print_side(context, entry, "new", "old");
}

/* What becomes of the unit, by a reload and after it. */
static const char *consequence(const json_t *unit)
{
	const char *change = property_text_or(unit, "change", "");
	bool stale = property_flag(unit, "NeedDaemonReload");
	if (strcmp(change, "appears") == 0)
		return "appears: no such unit is loaded yet";
	if (strcmp(change, "vanishes") == 0)
		return "vanishes: its file is gone; if it runs, it goes on until it is stopped";
	if (property_flag(unit, "NeedRestart"))
		return stale ? "changes; it runs: after the reload, restart to apply"
			     : "was reloaded: restart to apply";
	return "changes; it does not run: the reload is all";
}

static void print_unit(const struct context *context, const json_t *unit)
{
	const json_t *keys = property_list(unit, "keys"), *entry;
	const char *name = property_text_or(unit, "Id", "-"), *error = property_text(unit, "LoadError");
	size_t i;
	printf("%s", style_begin(&context->terminal, STYLE_BOLD));
	print_harmless(stdout, name, strlen(name), false);
	printf("%s %s\n", style_end(&context->terminal, STYLE_BOLD), consequence(unit));
	if (error && strcmp(property_text_or(unit, "change", ""), "vanishes") != 0) {
		printf("    %s", style_begin(&context->terminal, STYLE_BAD));
		print_harmless(stdout, error, strlen(error), false);
		printf("%s\n", style_end(&context->terminal, STYLE_BAD));
	}
	json_array_foreach(keys, i, entry)
		print_entry(context, entry);
	if (strcmp(property_text_or(unit, "change", ""), "changed") == 0 && json_array_size(keys) == 0)
		puts("    in keys that are no property");
}

static int run(struct context *context)
{
	int status = NOTHING_DIFFERS;
	json_t *reply = call_or_complain(context, "Diff", json_object(), &status), *unit;
	const json_t *units = property_list(reply, "units");
	size_t i;
	if (!reply)
		return NOT_COMPARED;
	status = json_array_size(units) > 0 ? SOMETHING_DIFFERS : NOTHING_DIFFERS;
	if (context->json)
		print_document(context, reply);
	else if (!context->quiet)
		json_array_foreach(units, i, unit)
			print_unit(context, unit);
	if (!context->json && property_flag(reply, "more"))
		complain("there are more new units than are shown");
	json_decref(reply);
	return status;
}

const struct verb verb_diff = {
	.name = "diff",
	.synopsis = "",
	.summary = "show key by key what daemon-reload would change, and what a restart would apply",
	.help = "Exit status: 0 nothing would change, 1 something would, 2 svinit could not be asked. With --quiet "
		"only\n"
		"that.",
	.run = run,
	.paged = true,
};
