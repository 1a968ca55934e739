/* enable, link and add-wants: the links that [Install] asks for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/install.h"

/* The units that are to be enabled: those named, and what their Also= adds. */
struct plan {
	struct install *install;
	struct install_unit *units;
	size_t count;
	char **names;
};

static bool explain(struct install *install, const char *name, int error)
{
	if (error == -ENOENT)
		return install_fail(install, "unit %s does not exist", name);
	return install_fail(install, "%s: %s", name, strerror(-error));
}

static bool is_made_by_a_program(const char *path)
{
	return strstr(path, "/systemd/transient/") || strstr(path, "/systemd/generator");
}

static bool check(struct install *install, const struct install_unit *unit)
{
	if (unit->file.masked)
		return install_fail(install, "%s masks %s; unmask it first", unit->file.path, unit->file.name);
	if (is_made_by_a_program(unit->file.path))
		return install_fail(install, "%s was made by a program, and cannot be enabled", unit->file.path);
	return true;
}

static bool add_unit(struct plan *plan, const char *name, bool auxiliary)
{
	struct install_unit unit;
	int r = install_unit_find(plan->install, name, &unit);
	if (r < 0 && auxiliary) {
		complain("Also=%s: there is no such unit file; left out", name);
		return true;
	}
	if (r < 0)
		return explain(plan->install, name, r);
	if (auxiliary && unit.file.masked)
		return true;
	struct install_unit *grown =
		check(plan->install, &unit) ? reallocarray(plan->units, plan->count + 1, sizeof(*grown)) : NULL;
	if (!grown) {
		install_unit_finish(&unit);
		return false;
	}
	plan->units = grown;
	plan->units[plan->count++] = unit;
	return true;
}

static bool add_also(struct plan *plan, const struct install_options *options)
{
	for (char **also = options ? options->also : NULL; also && *also; also++)
		if (unit_name_is_valid(*also) && !string_list_contains(plan->names, *also) &&
		    string_list_append(&plan->names, *also) < 0)
			return false;
	return true;
}

static bool make_plan(struct plan *plan, char *const *names)
{
	size_t named = string_list_length(names);
	for (size_t i = 0; i < named; i++)
		if (string_list_append(&plan->names, names[i]) < 0)
			return install_fail(plan->install, "out of memory");
	for (size_t i = 0; plan->names && plan->names[i]; i++) {
		size_t before = plan->count;
		if (!add_unit(plan, plan->names[i], i >= named))
			return false;
		if (plan->count > before && !add_also(plan, plan->units[before].options))
			return install_fail(plan->install, "out of memory");
	}
	return true;
}

static void plan_finish(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		install_unit_finish(&plan->units[i]);
	free(plan->units);
	string_list_free(plan->names);
}

/*
 * The name of an alias link: a template's alias may be another template or an instance, an instance takes the place of
 * a template alias with its own instance, and nothing else is known as a template. False: it cannot be.
 */
static bool alias_name(const char *name, const char *alias, char *to)
{
	const char *suffix = unit_name_suffix(name), *other = unit_name_suffix(alias);
	char instance[UNIT_NAME_MAX + 1];
	if (!unit_name_is_valid(alias) || !suffix || !other || strcmp(suffix, other) != 0)
		return false;
	unit_name_copy(alias, to);
	if (unit_name_is_template(name))
		return unit_name_is_template(alias) || unit_name_is_instance(alias);
	if (!unit_name_is_template(alias))
		return true;
	return unit_name_instance(name, instance) && *instance && unit_name_make_instance(alias, instance, to);
}

static bool link_aliases(struct install *install, const struct install_unit *unit)
{
	char path[PATH_MAX], name[UNIT_NAME_MAX + 1];
	bool good = true;
	for (char **alias = unit->options->aliases; alias && *alias; alias++) {
		if (strcmp(*alias, unit->file.name) == 0)
			continue;
		if (!alias_name(unit->file.name, *alias, name)) {
			good = install_fail(install, "%s cannot be an alias of %s", *alias, unit->file.name);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", install->config, name);
		good &= install_link(install, path, unit->file.path, install->force);
	}
	return good;
}

static bool link_into(struct install *install, const struct install_unit *unit, const char *target, const char *suffix)
{
	char path[PATH_MAX];
	struct unit_file wanting;
	if (!unit_name_is_valid(target))
		return install_fail(install, "%s: %s is not a valid unit name", unit->file.name, target);
	if (unit_name_is_template(unit->linked_name) && !unit_name_is_template(target) && install->preset)
		return true;
	if (unit_name_is_template(unit->linked_name) && !unit_name_is_template(target))
		return install_fail(install,
				    "%s is a template, and %s is none; name an instance, with a word behind the @",
				    unit->file.name, target);
	snprintf(path, sizeof(path), "%s/%s.%s/%s", install->config, target, suffix, unit->linked_name);
	if (!install_link(install, path, unit->file.path, true))
		return false;
	if (unit_file_find(&install->directories, target, &wanting) == -ENOENT &&
	    !builtin_unit_exists(target, install->directories.scope != UNIT_SCOPE_SYSTEM))
		complain("Unit %s is added as a dependency to a non-existent unit %s.", unit->linked_name, target);
	return true;
}

static bool link_wants(struct install *install, const struct install_unit *unit)
{
	const struct {
		char **targets;
		const char *suffix;
	} kinds[] = {
		{ unit->options->wanted_by, "wants" },
		{ unit->options->required_by, "requires" },
		{ unit->options->upheld_by, "upholds" },
	};
	bool good = true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (char **target = kinds[i].targets; target && *target; target++)
			good &= link_into(install, unit, *target, kinds[i].suffix);
	return good;
}

bool install_enable(struct install *install, char *const *names)
{
	struct plan plan = { .install = install };
	bool good = make_plan(&plan, names);
	for (size_t i = 0; good && i < plan.count; i++)
		if (install_starts_anyway(install, &plan.units[i].file))
			complain("%s lies in %s, and starts as it is", plan.units[i].file.name,
				 install->directories.run_directory);
		else if (plan.units[i].options)
			good = link_aliases(install, &plan.units[i]) & link_wants(install, &plan.units[i]);
	plan_finish(&plan);
	return good;
}

bool install_depend(struct install *install, char *const *names, const char *target, const char *suffix)
{
	struct plan plan = { .install = install };
	bool good = make_plan(&plan, names);
	for (size_t i = 0; good && i < plan.count; i++)
		good = link_into(install, &plan.units[i], target, suffix);
	plan_finish(&plan);
	return good;
}

bool install_link_path(struct install *install, const char *argument, char name[UNIT_NAME_MAX + 1])
{
	char absolute[PATH_MAX], here[PATH_MAX], on_disk[PATH_MAX], path[PATH_MAX];
	struct stat status;
	if (*argument != '/' && !getcwd(here, sizeof(here)))
		return install_fail(install, "%s: %s", argument, strerror(errno));
	if (!link_destination(here, argument, absolute) || !unit_name_is_valid(basename(absolute)))
		return install_fail(install, "%s has no name of a unit (such as foo.service)", argument);
	unit_name_copy(basename(absolute), name);
	if (!unit_directories_on_disk(&install->directories, absolute, on_disk) || stat(on_disk, &status) < 0)
		return install_fail(install, "unit file %s: %s", absolute, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return install_fail(install, "%s is no file", absolute);
	if (unit_directories_hold(&install->directories, absolute))
		return true;
	snprintf(path, sizeof(path), "%s/%s", install->config, name);
	return install_link(install, path, absolute, install->force);
}
