#include "supervisor/load/unit_file_state.h"

#include <string.h>

#include "common/string_list.h"

static const char *const names[UNIT_FILE_STATE_COUNT] = {
	[UNIT_FILE_ENABLED] = "enabled",
	[UNIT_FILE_ENABLED_RUNTIME] = "enabled-runtime",
	[UNIT_FILE_LINKED] = "linked",
	[UNIT_FILE_LINKED_RUNTIME] = "linked-runtime",
	[UNIT_FILE_ALIAS] = "alias",
	[UNIT_FILE_MASKED] = "masked",
	[UNIT_FILE_MASKED_RUNTIME] = "masked-runtime",
	[UNIT_FILE_STATIC] = "static",
	[UNIT_FILE_DISABLED] = "disabled",
	[UNIT_FILE_INDIRECT] = "indirect",
	[UNIT_FILE_GENERATED] = "generated",
	[UNIT_FILE_TRANSIENT] = "transient",
	[UNIT_FILE_BAD] = "bad",
};

const char *unit_file_state_name(enum unit_file_state state)
{
	return state < UNIT_FILE_STATE_COUNT ? names[state] : NULL;
}

bool install_has_rules(const struct install_options *install)
{
	return install && (install->aliases || install->wanted_by || install->required_by || install->upheld_by);
}

/* What is looked for, and what was found. */
struct question {
	const struct unit_directories *directories;
	const struct unit_file *file;
	const struct install_options *install;
	size_t file_directory; /* of the file; links below it are hidden by it */
	bool persistent, runtime, elsewhere;
	bool linked, linked_runtime;
	bool other_name; /* a link under a name that [Install] does not give */
};

static bool is_or_is_instance_of(const char *link, const char *name)
{
	char template_name[UNIT_NAME_MAX + 1];

	return strcmp(link, name) == 0 || (unit_name_is_template(name) && unit_name_template(link, template_name) &&
					   strcmp(template_name, name) == 0);
}

/* Whether enable could have made a link of this name. */
static bool is_known_name(const struct question *question, const char *link)
{
	const struct install_options *install = question->install;
	char instance[UNIT_NAME_MAX + 1];

	if (strcmp(link, question->file->name) == 0 || (install && string_list_contains(install->aliases, link)))
		return true;
	return install && install->default_instance && unit_name_is_template(question->file->name) &&
	       unit_name_make_instance(question->file->name, install->default_instance, instance) &&
	       strcmp(link, instance) == 0;
}

/* What holds for all users holds for each of them. */
static bool is_persistent(const struct unit_directories *directories, const char *directory)
{
	return strcmp(directory, directories->persistent) == 0 ||
	       (directories->scope == UNIT_SCOPE_USER && strncmp(directory, "/etc/", 5) == 0);
}

/* What the distribution links to a unit under another name is no doing of the administrator's. */
static void note_directory(struct question *question, const char *directory, bool known_name)
{
	bool persistent = is_persistent(question->directories, directory);
	bool runtime = !persistent && unit_directory_is_runtime(question->directories, directory);

	question->persistent |= persistent && known_name;
	question->runtime |= runtime && known_name;
	question->elsewhere |= !persistent && !runtime && known_name;
	question->other_name |= (persistent || runtime) && !known_name;
}

static void note_same_name(struct question *question, const char *directory)
{
	if (strcmp(directory, question->directories->persistent) == 0)
		question->linked = true;
	else if (unit_directory_is_runtime(question->directories, directory))
		question->linked_runtime = true;
}

static void look_at(struct question *question, const struct install_link *link)
{
	const char *directory = question->directories->paths[link->directory], *name = question->file->name;
	bool hidden = link->destination && link->directory > question->file_directory;
	bool by_name = !hidden && is_or_is_instance_of(link->name, name);
	bool by_destination = link->destination && strcmp(basename(link->destination), name) == 0;

	if (!by_name && !by_destination)
		return;
	if (by_name && by_destination && strcmp(link->name, name) == 0)
		note_same_name(question, directory);
	else
		note_directory(question, directory, is_known_name(question, link->name));
}

static size_t directory_of(const struct unit_directories *directories, const char *path)
{
	size_t i = 0;

	for (; directories->paths[i]; i++) {
		size_t length = strlen(directories->paths[i]);
		if (strncmp(path, directories->paths[i], length) == 0 && path[length] == '/')
			break;
	}
	return i;
}

static enum unit_file_state without_links(const struct install_options *install)
{
	if (install_has_rules(install))
		return UNIT_FILE_DISABLED;
	return install && install->also ? UNIT_FILE_INDIRECT : UNIT_FILE_STATIC;
}

static enum unit_file_state answer(const struct question *question)
{
	if (question->persistent)
		return UNIT_FILE_ENABLED;
	if (question->runtime)
		return UNIT_FILE_ENABLED_RUNTIME;
	/* An instance that the distribution has linked is as fixed as can be; a mere other name is not. */
	if (question->elsewhere && unit_name_is_instance(question->file->name))
		return UNIT_FILE_STATIC;
	if (question->linked)
		return UNIT_FILE_LINKED;
	if (question->linked_runtime)
		return UNIT_FILE_LINKED_RUNTIME;
	return question->other_name ? UNIT_FILE_INDIRECT : without_links(question->install);
}

static bool has_part(const char *path, const char *part)
{
	return strstr(path, part) != NULL;
}

static bool is_in(const char *directory, const char *path)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 && path[length] == '/' && !strchr(path + length + 1, '/');
}

enum unit_file_state unit_file_state(const struct unit_directories *directories, const struct install_links *links,
				     const char *name, const struct unit_file *file,
				     const struct install_options *install)
{
	struct question question = { .directories = directories,
				     .file = file,
				     .install = install,
				     .file_directory = directory_of(directories, file->path) };

	if (file->masked)
		return unit_directory_is_runtime(directories, file->path) ? UNIT_FILE_MASKED_RUNTIME : UNIT_FILE_MASKED;
	/* No link is needed for what starts because of where it lies. */
	if (directories->run_directory && !unit_name_is_template(name) && is_in(directories->run_directory, file->path))
		return UNIT_FILE_ENABLED;
	if (strncmp(file->path, "/etc/init.d/", 12) == 0)
		return UNIT_FILE_GENERATED;
	if (strcmp(name, basename(file->path)) != 0 && !unit_name_is_instance(file->name))
		return UNIT_FILE_ALIAS;
	if (has_part(file->path, "/systemd/transient/"))
		return UNIT_FILE_TRANSIENT;
	if (has_part(file->path, "/systemd/generator"))
		return UNIT_FILE_GENERATED;
	for (size_t i = 0; i < links->count; i++)
		look_at(&question, &links->links[i]);
	return answer(&question);
}
