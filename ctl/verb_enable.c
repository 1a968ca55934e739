/* enable, disable, reenable, link, add-wants, add-requires: the links by which units start at boot. */
#include <errno.h>
#include <string.h>

#include "common/string_list.h"
#include "ctl/install.h"
#include "ctl/sysv_script.h"
#include "ctl/verbs.h"
#include "supervisor/load/unit_file_state.h"

static const struct option_row options[] = {
	INSTALL_OPTIONS,
	{ "now", 0, NULL, "start them too, or stop them" },
	{ 0 },
};

static const struct option_row link_options[] = { INSTALL_OPTIONS, { 0 } };

/* Of names for which there is only an init script: they are none of the unit files' business. */
static bool switch_scripts(struct install *install, char **names, bool enable)
{
	bool good = true;
	for (size_t i = 0; names[i];) {
		struct unit_file file;
		if (install->directories.scope != UNIT_SCOPE_SYSTEM ||
		    unit_file_find(&install->directories, names[i], &file) != -ENOENT ||
		    !sysv_script_exists(install->directories.root, names[i])) {
			i++;
			continue;
		}
		good &= sysv_script_switch(install->directories.root, names[i], enable);
		string_list_remove(names, names[i]);
	}
	install->failed |= !good;
	return good;
}

static bool has_rules(struct install *install, char *const *names)
{
	bool found = false;
	for (; *names && !found; names++) {
		struct install_unit unit;
		if (install_unit_find(install, *names, &unit) < 0)
			continue;
		found = install_has_rules(unit.options) || (unit.options && unit.options->also);
		install_unit_finish(&unit);
	}
	return found;
}

static void note_no_rules(struct install *install, char *const *names)
{
	if (!*names || install->context->quiet || install->failed || has_rules(install, names))
		return;
	fputs("The unit files have no installation config: no WantedBy=, RequiredBy=, UpheldBy=, Also= or Alias= in "
	      "[Install],\nand no DefaultInstance= for a template. Such units are not meant to be enabled: others "
	      "start "
	      "them, or a socket,\ntimer or path unit does. Of a template an instance is enabled, by its name.\n",
	      stderr);
}

/* Paths become links, and the names of those are enabled with the others. */
static char **names_and_paths(struct install *install)
{
	char **names = NULL, name[UNIT_NAME_MAX + 1];
	for (char **argument = install->context->arguments; *argument; argument++) {
		bool good = strchr(*argument, '/') ? install_link_path(install, *argument, name)
						   : unit_name_complete(*argument, name) && !strpbrk(name, "*?[");
		if (!good && !install->failed)
			install_fail(install, "\"%s\" is not a valid unit name", *argument);
		if (good && string_list_append(&names, name) == 0)
			continue;
		string_list_free(names);
		return NULL;
	}
	return names;
}

static int finish(struct install *install, char **names, char **all)
{
	struct context *context = install->context;
	bool enables = context->verb != &verb_disable;
	if (names)
		note_no_rules(install, names);
	int status = install_close(install);
	if (status == STATUS_OK && all && *all && option_is_given(context, "now"))
		status = install_run_jobs(context, enables ? "Start" : "Stop", all);
	string_list_free(names);
	string_list_free(all);
	return status;
}

static char **copy(char *const *names)
{
	char **list = NULL;
	for (; names && *names; names++)
		if (string_list_append(&list, *names) < 0)
			break;
	return list;
}

static int run_enable(struct context *context)
{
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = names_and_paths(&install), **all = copy(names);
	if (names && switch_scripts(&install, names, true))
		install_enable(&install, names);
	return finish(&install, names, all);
}

static int run_disable(struct context *context)
{
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 0), **all = copy(names);
	if (names && switch_scripts(&install, names, false) && *names)
		install_disable(&install, names, false);
	return finish(&install, names, all);
}

/* The files of linked units, which are not found any more once disabling has taken their links away. */
static char **linked_files(struct install *install, char *const *names)
{
	char **files = NULL;
	for (; *names; names++) {
		struct unit_file file;
		if (unit_file_find(&install->directories, *names, &file) == 0 && !file.masked &&
		    !unit_directories_hold(&install->directories, file.path))
			string_list_append(&files, file.path);
	}
	return files;
}

static void reenable(struct install *install, char **names)
{
	char **files = linked_files(install, names), name[UNIT_NAME_MAX + 1];
	bool good = install_disable(install, names, true);
	for (char **file = files; good && file && *file; file++)
		good = install_link_path(install, *file, name);
	if (good)
		install_enable(install, names);
	string_list_free(files);
}

static int run_reenable(struct context *context)
{
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 0), **all = copy(names);
	if (names)
		reenable(&install, names);
	return finish(&install, names, all);
}

static int run_link(struct context *context)
{
	struct install install;
	char name[UNIT_NAME_MAX + 1];
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	for (char **argument = context->arguments; *argument; argument++)
		install_link_path(&install, *argument, name);
	return install_close(&install);
}

static bool is_unit(struct install *install, const char *name)
{
	struct unit_file file;
	return unit_file_find(&install->directories, name, &file) == 0 ||
	       builtin_unit_exists(name, install->directories.scope != UNIT_SCOPE_SYSTEM) ||
	       install_fail(install, "unit %s does not exist", name);
}

static int run_depend(struct context *context)
{
	struct install install;
	char target[UNIT_NAME_MAX + 1];
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 1);
	if (!unit_name_complete(context->arguments[0], target))
		install_fail(&install, "\"%s\" is not a valid unit name", context->arguments[0]);
	else if (names && is_unit(&install, target))
		install_depend(&install, names, target, context->verb == &verb_add_wants ? "wants" : "requires");
	string_list_free(names);
	return install_close(&install);
}

#define ENABLE_VERB(identifier, ...)                                                                                   \
	const struct verb identifier = { .arguments_min = 1, .arguments_max = ARGUMENTS_ANY, __VA_ARGS__ }

ENABLE_VERB(verb_enable, .name = "enable", .synopsis = "UNIT|PATH...", .options = options, .run = run_enable,
	    .summary = "have units started at boot, as their [Install] section says; links a PATH first",
	    .help = "Works without svinit too. Starts nothing now, but with --now.");
ENABLE_VERB(verb_disable, .name = "disable", .synopsis = "UNIT...", .options = options, .run = run_disable,
	    .summary = "remove all links to units; undoes enable, link and add-wants",
	    .help = "Stops nothing now, but with --now.");
ENABLE_VERB(verb_reenable, .name = "reenable", .synopsis = "UNIT...", .options = options, .run = run_reenable,
	    .summary = "disable and enable: the links as [Install] has them now");
ENABLE_VERB(verb_link, .name = "link", .synopsis = "PATH...", .options = link_options, .run = run_link,
	    .summary = "make unit files known that lie elsewhere");

const struct verb verb_add_wants = {
	.name = "add-wants",
	.synopsis = "TARGET UNIT...",
	.summary = "have a target want units",
	.options = link_options,
	.arguments_min = 2,
	.arguments_max = ARGUMENTS_ANY,
	.run = run_depend,
};

const struct verb verb_add_requires = {
	.name = "add-requires",
	.synopsis = "TARGET UNIT...",
	.summary = "have a target require units",
	.options = link_options,
	.arguments_min = 2,
	.arguments_max = ARGUMENTS_ANY,
	.run = run_depend,
};
