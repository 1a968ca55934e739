#include <errno.h>
#include <string.h>

#include "common/string_list.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/install.h"
#include "ctl/property.h"
#include "ctl/sysv_script.h"
#include "ctl/verbs.h"
#include "supervisor/load/unit_file_state.h"

static const struct option_row options[] = { INSTALL_SCOPE_OPTIONS, { 0 } };

/* By systemctl(1), the table of is-enabled. */
static bool counts_as_enabled(enum unit_file_state state)
{
	switch (state) {
	case UNIT_FILE_ENABLED:
	case UNIT_FILE_ENABLED_RUNTIME:
	case UNIT_FILE_STATIC:
	case UNIT_FILE_ALIAS:
	case UNIT_FILE_INDIRECT:
	case UNIT_FILE_GENERATED:
	case UNIT_FILE_TRANSIENT:
		return true;
	default:
		return false;
	}
}

/* What svinit knows of a unit that is in none of the usual places, but in one of its --units. */
static const char *ask_svinit(struct install *install, const char *name, bool *enabled)
{
	static char state[32];
	struct call_error error;
	if (option_is_given(install->context, "root") || install->directories.scope == UNIT_SCOPE_GLOBAL)
		return NULL;
	json_t *parameters = json_pack("{s:[s], s:[s]}", "units", name, "properties", "UnitFileState");
	json_t *reply = call(install->context, "Show", parameters, &error);
	const char *text = property_text(json_array_get(json_object_get(reply, "units"), 0), "UnitFileState");
	snprintf(state, sizeof(state), "%s", text ? text : "");
	json_decref(reply);
	*enabled = strcmp(state, "enabled") == 0;
	return *state ? state : NULL;
}

static const char *state_of(struct install *install, const struct install_links *links, const char *name, bool *enabled)
{
	struct install_unit unit;
	int r = install_unit_find(install, name, &unit);
	*enabled = false;
	if (r == -ENOENT && sysv_script_exists(install->directories.root, name)) {
		*enabled = sysv_script_is_enabled(install->directories.root, name);
		return *enabled ? "enabled" : "disabled";
	}
	const char *known = r == -ENOENT ? ask_svinit(install, name, enabled) : NULL;
	if (known)
		return known;
	if (r < 0) {
		complain("Failed to get unit file state for %s: %s", name, strerror(-r));
		return NULL;
	}
	enum unit_file_state state = unit_file_state(&install->directories, links, name, &unit.file, unit.options);
	install_unit_finish(&unit);
	*enabled = counts_as_enabled(state);
	return unit_file_state_name(state);
}

static int answer(struct install *install, char **names)
{
	struct install_links links;
	json_t *states = json_array();
	bool any = false;
	if (install_links_read(&links, &install->directories) < 0) {
		json_decref(states);
		return complain("out of memory");
	}
	for (; *names; names++) {
		bool enabled;
		const char *state = state_of(install, &links, *names, &enabled);
		any |= enabled;
		if (state && !install->context->quiet && !install->context->json)
			puts(state);
		json_array_append_new(states, json_pack("{s:s, s:s?}", "Id", *names, "UnitFileState", state));
	}
	if (install->context->json) {
		json_t *document = json_pack("{s:i, s:O}", "version", 1, "units", states);
		print_document(install->context, document);
		json_decref(document);
	}
	json_decref(states);
	install_links_finish(&links);
	return any ? STATUS_OK : STATUS_FAILURE;
}

static int run(struct context *context)
{
	struct install install;
	int status = STATUS_FAILURE;
	char **names = install_open(&install, context) ? install_names(&install, 0) : NULL;
	if (names)
		status = answer(&install, names);
	string_list_free(names);
	install_finish(&install);
	return status;
}

const struct verb verb_is_enabled = {
	.name = "is-enabled",
	.synopsis = "UNIT...",
	.summary = "print whether unit files are enabled; 0 if one is",
	.help = "Prints enabled, enabled-runtime, linked, linked-runtime, alias, masked, masked-runtime, static, "
		"indirect,\n"
		"disabled, generated or transient.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
