/* preset and preset-all: units as systemd.preset(5) wants them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "ctl/install.h"
#include "ctl/unit_file_list.h"
#include "ctl/verbs.h"
#include "supervisor/load/preset.h"
#include "supervisor/load/unit_file_state.h"

static const struct option_row options[] = {
	INSTALL_OPTIONS,
	{ "preset-mode", 0, "MODE", "full (default), enable-only, disable-only" },
	{ 0 },
};

enum preset_mode { PRESET_FULL, PRESET_ENABLE_ONLY, PRESET_DISABLE_ONLY };

static bool mode_of(const struct context *context, enum preset_mode *mode)
{
	static const char *const names[] = { "full", "enable-only", "disable-only" };
	const char *text = option_value(context, "preset-mode");
	*mode = PRESET_FULL;
	for (size_t i = 0; text && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(text, names[i]) == 0) {
			*mode = (enum preset_mode)i;
			return true;
		}
	if (text)
		complain("--preset-mode=%s: must be full, enable-only or disable-only", text);
	return !text;
}

/* The instances that a rule names for a template, else the unit itself. */
static bool add_names(char ***list, const char *name, char *const *instances)
{
	char full[UNIT_NAME_MAX + 1];
	if (!instances)
		return string_list_append(list, name) == 0;
	for (; *instances; instances++)
		if (unit_name_make_instance(name, *instances, full) && string_list_append(list, full) < 0)
			return false;
	return true;
}

/* Units without installation, and names that are mere aliases, are no business of the policy. */
static bool concerns(struct install *install, const char *name, bool *good)
{
	struct install_unit unit;
	int r = install_unit_find(install, name, &unit);
	bool all = install->context->verb == &verb_preset_all;
	*good = r == 0 || all || install_fail(install, "unit %s does not exist", name);
	if (r < 0)
		return false;
	if (unit.file.masked && !all)
		*good = install_fail(install, "%s masks %s", unit.file.path, name);
	bool has = !unit.file.masked && strcmp(unit.file.name, name) == 0 &&
		   (install_has_rules(unit.options) || (unit.options && unit.options->also));
	install_unit_finish(&unit);
	return has;
}

static bool apply(struct install *install, char **names, enum preset_mode mode)
{
	struct preset_rules rules;
	char **enabled = NULL, **disabled = NULL;
	bool good = preset_rules_read(&rules, &install->directories) == 0;
	for (; good && *names; names++) {
		char *const *instances;
		if (!concerns(install, *names, &good))
			continue;
		bool enables = preset_enables(&rules, *names, &instances);
		good = add_names(enables ? &enabled : &disabled, *names, enables ? instances : NULL);
	}
	if (good && disabled && mode != PRESET_ENABLE_ONLY)
		good = install_disable(install, disabled, true);
	for (char **name = enabled; good && name && *name && mode != PRESET_DISABLE_ONLY; name++)
		install_enable(install, (char *[]){ *name, NULL });
	string_list_free(enabled);
	string_list_free(disabled);
	preset_rules_finish(&rules);
	return good;
}

static int run(struct context *context)
{
	enum preset_mode mode;
	struct install install;
	if (!mode_of(context, &mode))
		return STATUS_FAILURE;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	install.preset = true;
	char **names = context->verb == &verb_preset_all ? unit_file_names(&install) : install_names(&install, 0);
	if (names && !apply(&install, names, mode))
		install.failed = true;
	string_list_free(names);
	return install_close(&install);
}

const struct verb verb_preset = {
	.name = "preset",
	.synopsis = "UNIT...",
	.summary = "enable or disable units as the preset policy says; without one, enable",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};

const struct verb verb_preset_all = {
	.name = "preset-all",
	.synopsis = "",
	.summary = "preset for all unit files",
	.options = options,
	.run = run,
};
