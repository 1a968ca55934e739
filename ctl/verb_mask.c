/* mask and unmask: a link to /dev/null in place of a unit file. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/install.h"
#include "ctl/verbs.h"

static const struct option_row mask_options[] = {
	INSTALL_OPTIONS,
	{ "now", 0, NULL, "stop them too" },
	{ 0 },
};

static const struct option_row unmask_options[] = { INSTALL_OPTIONS, { 0 } };

static bool mask(struct install *install, const char *name)
{
	struct unit_file file;
	char path[PATH_MAX];
	int r = unit_file_find(&install->directories, name, &file);
	if (r == 0 && !install_is_linked(install, &file))
		return false;
	if (r == -ENOENT && !install->context->quiet &&
	    !builtin_unit_exists(name, install->directories.scope != UNIT_SCOPE_SYSTEM))
		complain("Unit %s does not exist, proceeding anyway.", name);
	snprintf(path, sizeof(path), "%s/%s", install->config, name);
	return install_link(install, path, "/dev/null", install->force);
}

static bool unmask(struct install *install, const char *name)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", install->config, name);
	return !install_is_mask(install, path) || install_remove(install, path);
}

static int run(struct context *context)
{
	bool masks = context->verb == &verb_mask;
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 0);
	bool now = masks && option_is_given(context, "now");
	/* A masked unit can be stopped, but what it was is known only before. */
	int stopped = names && now ? install_run_jobs(context, "Stop", names) : STATUS_OK;
	for (char **name = names; name && *name; name++)
		if (masks)
			mask(&install, *name);
		else
			unmask(&install, *name);
	string_list_free(names);
	int status = install_close(&install);
	return status ? status : stopped;
}

const struct verb verb_mask = {
	.name = "mask",
	.synopsis = "UNIT...",
	.summary = "make it impossible to start units, by hand too",
	.options = mask_options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};

const struct verb verb_unmask = {
	.name = "unmask",
	.synopsis = "UNIT...",
	.summary = "undo mask",
	.options = unmask_options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
