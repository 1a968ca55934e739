#include <string.h>

#include "common/glob.h"
#include "common/string_list.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/unit_file_list.h"
#include "ctl/units.h"
#include "ctl/verbs.h"
#include "supervisor/load/preset.h"
#include "supervisor/load/unit_file_state.h"

static const struct option_row options[] = {
	INSTALL_SCOPE_OPTIONS,
	{ "all", 'a', NULL, NULL },
	{ "state", 0, "STATE,...", "only files whose state it is" },
	{ "type", 't', "TYPE,...", "only units of these types" },
	{ 0 },
};

static const struct table_column columns[] = {
	{ "UNIT FILE", false, true },
	{ "STATE", false, false },
	{ "PRESET", false, false },
};

struct listing {
	struct install install;
	struct install_links links;
	struct preset_rules presets;
	json_t *states, *types; /* NULL: any */
	json_t *files;
};

static bool has_word(const json_t *words, const char *word)
{
	const json_t *each;
	size_t i;
	json_array_foreach(words, i, each)
		if (strcmp(json_string_value(each), word) == 0)
			return true;
	return !words;
}

static bool matches(const struct context *context, const char *name)
{
	char full[UNIT_NAME_MAX + 1];
	for (size_t i = 0; i < context->argument_count; i++)
		if (glob_match(context->arguments[i], name) ||
		    (unit_name_complete(context->arguments[i], full) && strcmp(full, name) == 0))
			return true;
	return context->argument_count == 0;
}

/* What has no rules cannot be preset. */
static const char *preset_of(const struct listing *listing, const char *name, enum unit_file_state state)
{
	if (state == UNIT_FILE_STATIC || state == UNIT_FILE_ALIAS || state == UNIT_FILE_GENERATED ||
	    state == UNIT_FILE_TRANSIENT)
		return NULL;
	return preset_enables(&listing->presets, name, NULL) ? "enabled" : "disabled";
}

static void add_file(struct listing *listing, const char *name)
{
	struct install_unit unit;
	enum unit_file_state state = UNIT_FILE_BAD;
	if (install_unit_find(&listing->install, name, &unit) == 0) {
		state = unit_file_state(&listing->install.directories, &listing->links, name, &unit.file, unit.options);
		install_unit_finish(&unit);
	}
	if (has_word(listing->states, unit_file_state_name(state)))
		json_array_append_new(listing->files, json_pack("{s:s, s:s, s:s?}", "unit_file", name, "state",
								unit_file_state_name(state), "preset",
								preset_of(listing, name, state)));
}

static enum style state_style(const char *state)
{
	if (strncmp(state, "masked", 6) == 0 || strcmp(state, "disabled") == 0 || strcmp(state, "bad") == 0)
		return STYLE_BAD;
	return strncmp(state, "enabled", 7) == 0 ? STYLE_GOOD : STYLE_PLAIN;
}

static int print_files(const struct context *context, const json_t *files)
{
	struct table *table = table_create(&context->terminal, columns, sizeof(columns) / sizeof(*columns));
	const json_t *file;
	size_t i;
	if (!table)
		return complain("out of memory");
	json_array_foreach(files, i, file) {
		const char *state = property_text_or(file, "state", "-");
		table_cell(table, STYLE_PLAIN, property_text(file, "unit_file"));
		table_cell(table, state_style(state), state);
		table_cell(table, STYLE_PLAIN, property_text(file, "preset"));
	}
	if (json_array_size(files) > 0)
		table_print(table, stdout, context_has_legend(context));
	if (context_has_legend(context))
		printf("%s%zu unit files listed.\n", json_array_size(files) ? "\n" : "", json_array_size(files));
	table_destroy(table);
	return STATUS_OK;
}

static int list(struct listing *listing)
{
	struct context *context = listing->install.context;
	char **names = unit_file_names(&listing->install);
	for (char **name = names; name && *name; name++)
		if (matches(context, *name) && has_word(listing->types, unit_name_suffix(*name) + 1))
			add_file(listing, *name);
	string_list_free(names);
	if (!context->json)
		return print_files(context, listing->files);
	return print_list_document(context, "units", listing->files);
}

static int run(struct context *context)
{
	struct listing listing = { .states = option_words(context, "state"),
				   .types = option_words(context, "type"),
				   .files = json_array() };
	int status = STATUS_FAILURE;
	if (install_open(&listing.install, context)) {
		if (install_links_read(&listing.links, &listing.install.directories) == 0 &&
		    preset_rules_read(&listing.presets, &listing.install.directories) == 0)
			status = list(&listing);
		else
			status = complain("out of memory");
	}
	install_links_finish(&listing.links);
	preset_rules_finish(&listing.presets);
	install_finish(&listing.install);
	json_decref(listing.states);
	json_decref(listing.types);
	json_decref(listing.files);
	return status;
}

const struct verb verb_list_unit_files = {
	.name = "list-unit-files",
	.synopsis = "[PATTERN...]",
	.summary = "list all unit files, and whether they are enabled",
	.options = options,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
