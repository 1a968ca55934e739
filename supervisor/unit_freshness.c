#include "supervisor/unit_freshness.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/unit_name.h"
#include "supervisor/load/loader.h"

static usec changed_at(const struct stat *status)
{
	return (usec)status->st_ctim.tv_sec * USEC_PER_SEC + (usec)status->st_ctim.tv_nsec / 1000;
}

static bool file_changed(const char *path, usec since)
{
	struct stat status;

	return stat(path, &status) < 0 || changed_at(&status) > since;
}

/* In a directory, entries that come and go change its time. */
static bool drop_ins_changed(const char *directory, const char *unit, usec since)
{
	char path[PATH_MAX];
	struct stat status;

	return snprintf(path, sizeof path, "%s/%s.d", directory, unit) < (int)sizeof path && stat(path, &status) == 0 &&
	       changed_at(&status) > since;
}

bool unit_files_changed(const struct manager *manager, const struct unit *unit)
{
	const struct unit_definition *definition = unit->next_definition ? unit->next_definition : unit->definition;
	char *const *directories = manager->loader ? loader_directories(manager->loader) : NULL;
	usec since = definition->loaded > manager->reloaded ? definition->loaded : manager->reloaded;
	char template_name[UNIT_NAME_MAX + 1];
	bool instance = unit_name_template(definition->name, template_name);

	if (definition->fragment_path && file_changed(definition->fragment_path, since))
		return true;
	for (char **path = definition->drop_in_paths; path && *path; path++)
		if (file_changed(*path, since))
			return true;
	for (; directories && *directories; directories++)
		if (drop_ins_changed(*directories, definition->name, since) ||
		    (instance && drop_ins_changed(*directories, template_name, since)))
			return true;
	return false;
}
