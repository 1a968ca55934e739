/* get-default and set-default: what is brought up at boot. */
#include <errno.h>
#include <string.h>

#include "ctl/install.h"
#include "ctl/verbs.h"

static const struct option_row get_options[] = { INSTALL_SCOPE_OPTIONS, { 0 } };
static const struct option_row set_options[] = { INSTALL_OPTIONS, { 0 } };

/* What the built-in default.target brings up has no link to tell it by. */
static const char *target_name(const struct install *install, const struct unit_file *file)
{
	if (strcmp(file->name, "default.target") != 0)
		return file->name;
	return install->directories.scope == UNIT_SCOPE_SYSTEM ? "multi-user.target" : "basic.target";
}

static int run_get(struct context *context)
{
	struct install install;
	struct unit_file file;
	int status = STATUS_FAILURE;
	if (install_open(&install, context)) {
		int r = unit_file_find(&install.directories, "default.target", &file);
		/* A link may lead to a target that needs no file: its name is all that counts. */
		bool known = r == 0 || builtin_unit_exists(file.name, install.directories.scope != UNIT_SCOPE_SYSTEM);
		if (known && !file.masked) {
			puts(r == 0 ? file.name : target_name(&install, &file));
			status = STATUS_OK;
		} else
			complain("Failed to get default target: %s", known ? "it is masked" : strerror(-r));
	}
	install_finish(&install);
	return status;
}

/* Where a target that is built in would have its file, so that the link means the same to systemd. */
static bool target_path(struct install *install, const char *name, char path[PATH_MAX])
{
	struct unit_file file;
	int r = unit_file_find(&install->directories, name, &file);
	if (r == 0 && file.masked)
		return install_fail(install, "%s masks %s", file.path, name);
	if (r == 0)
		snprintf(path, PATH_MAX, "%s", file.path);
	else if (builtin_unit_exists(name, install->directories.scope != UNIT_SCOPE_SYSTEM))
		snprintf(path, PATH_MAX, "/usr/lib/systemd/%s/%s",
			 install->directories.scope == UNIT_SCOPE_SYSTEM ? "system" : "user", name);
	else
		return install_fail(install, "unit %s does not exist", name);
	return true;
}

static int run_set(struct context *context)
{
	struct install install;
	char name[UNIT_NAME_MAX + 1], target[PATH_MAX], path[PATH_MAX];
	const char *typed = context->arguments[0];
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	snprintf(name, sizeof(name), "%s%s", typed, unit_name_suffix(typed) ? "" : ".target");
	if (!unit_name_is_valid(name) || strcmp(unit_name_suffix(name), ".target") != 0 ||
	    strcmp(name, "default.target") == 0)
		install_fail(&install, "%s is no target that could be the default", typed);
	else if (target_path(&install, name, target)) {
		snprintf(path, sizeof(path), "%s/default.target", install.config);
		install_link(&install, path, target, true);
	}
	return install_close(&install);
}

const struct verb verb_get_default = {
	.name = "get-default",
	.synopsis = "",
	.summary = "print what is brought up at boot",
	.options = get_options,
	.run = run_get,
};

const struct verb verb_set_default = {
	.name = "set-default",
	.synopsis = "TARGET",
	.summary = "choose what is brought up at boot",
	.options = set_options,
	.arguments_min = 1,
	.arguments_max = 1,
	.run = run_set,
};
