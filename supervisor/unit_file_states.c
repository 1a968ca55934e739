#include "supervisor/unit_file_states.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/preset.h"
#include "supervisor/load/unit_file_state.h"

struct unit_file_states {
	struct unit_directories directories;
	struct install_links links;
	struct preset_rules presets;
	bool has_presets;
};

/* Those that svinit loads from, which --units may have changed. */
static int take_paths(struct unit_directories *directories, struct manager *manager)
{
	char **paths = NULL;

	for (char *const *path = loader_directories(manager->loader); *path; path++)
		if (string_list_append(&paths, *path) < 0) {
			string_list_free(paths);
			return -1;
		}
	string_list_free(directories->paths);
	directories->run_directory = NULL;
	directories->paths = paths;
	return paths ? 0 : -1;
}

static struct unit_file_states *create(struct manager *manager)
{
	struct unit_file_states *states = calloc(1, sizeof *states);
	enum unit_scope scope = manager->options.user_mode ? UNIT_SCOPE_USER : UNIT_SCOPE_SYSTEM;

	if (!states)
		return NULL;
	if (unit_directories_init(&states->directories, scope, NULL) == 0 &&
	    take_paths(&states->directories, manager) == 0 &&
	    install_links_read(&states->links, &states->directories) == 0)
		return states;
	unit_directories_finish(&states->directories);
	free(states);
	return NULL;
}

static struct unit_file_states *states_of(struct manager *manager)
{
	if (!manager->unit_file_states)
		manager->unit_file_states = create(manager);
	return manager->unit_file_states;
}

static bool in_run_directory(const struct manager *manager, const char *path)
{
	const char *slash = strrchr(path, '/');

	for (char **each = manager->options.unit_directories; slash && each && *each; each++)
		if (strlen(*each) == (size_t)(slash - path) && strncmp(*each, path, (size_t)(slash - path)) == 0)
			return true;
	return false;
}

const char *unit_file_states_find(struct manager *manager, const struct unit_definition *definition)
{
	struct unit_file_states *states = definition->fragment_path ? states_of(manager) : NULL;
	struct unit_file file = { .masked = definition->load_state == LOAD_STATE_MASKED };

	if (!states)
		return NULL;
	snprintf(file.path, sizeof file.path, "%s", definition->fragment_path);
	unit_name_copy(definition->name, file.name);
	enum unit_file_state state =
		unit_file_state(&states->directories, &states->links, definition->name, &file, definition->install);
	/* No link is needed for what starts because of where it lies. */
	if (!file.masked && in_run_directory(manager, file.path))
		state = UNIT_FILE_ENABLED;
	return unit_file_state_name(state);
}

const char *unit_file_states_preset(struct manager *manager, const struct unit_definition *definition)
{
	struct unit_file_states *states =
		definition->fragment_path && install_has_rules(definition->install) ? states_of(manager) : NULL;

	if (!states)
		return NULL;
	if (!states->has_presets && preset_rules_read(&states->presets, &states->directories) < 0)
		return NULL;
	states->has_presets = true;
	return preset_enables(&states->presets, definition->name, NULL) ? "enabled" : "disabled";
}

void unit_file_states_forget(struct manager *manager)
{
	struct unit_file_states *states = manager->unit_file_states;

	if (!states)
		return;
	install_links_finish(&states->links);
	preset_rules_finish(&states->presets);
	unit_directories_finish(&states->directories);
	free(states);
	manager->unit_file_states = NULL;
}
