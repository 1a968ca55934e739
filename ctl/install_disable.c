/* disable: every link that leads to a unit, whoever made it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/install.h"

/* What is to go: units by name. Whatever leads to one of them is one of them. */
struct removal {
	struct install *install;
	char **names;
	bool grown;
};

static bool mark(struct removal *removal, const char *name)
{
	if (string_list_contains(removal->names, name))
		return true;
	removal->grown = true;
	return string_list_append(&removal->names, name) == 0;
}

/* A linked unit of a template's default instance, what Also= adds, and theirs. */
static bool mark_unit(struct removal *removal, const struct install_unit *unit)
{
	bool good = mark(removal, unit->file.name) && mark(removal, unit->linked_name);
	bool all = unit->options && !removal->install->preset;
	for (char **also = all ? unit->options->also : NULL; good && also && *also; also++)
		good = !unit_name_is_valid(*also) || mark(removal, *also);
	return good;
}

static bool is_marked(const struct removal *removal, const char *directory, const char *name, const char *text)
{
	char destination[PATH_MAX];
	if (string_list_contains(removal->names, name))
		return true;
	return link_destination(directory, text, destination) &&
	       string_list_contains(removal->names, basename(destination));
}

/* A mask is no way to a unit. */
static bool look_at(struct removal *removal, DIR *stream, const char *directory, const char *name)
{
	char text[PATH_MAX], path[PATH_MAX];
	ssize_t length = readlinkat(dirfd(stream), name, text, sizeof(text) - 1);
	if (length < 0)
		return true;
	text[length] = '\0';
	if (strcmp(text, "/dev/null") == 0 || !is_marked(removal, directory, name, text))
		return true;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return install_remove(removal->install, path) && mark(removal, name);
}

static bool is_dependency_directory(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && (strcmp(dot, ".wants") == 0 || strcmp(dot, ".requires") == 0 || strcmp(dot, ".upholds") == 0);
}

static bool walk(struct removal *removal, const char *directory, bool top)
{
	char on_disk[PATH_MAX], below[PATH_MAX];
	struct dirent *item;
	bool good = true;
	DIR *stream =
		unit_directories_on_disk(&removal->install->directories, directory, on_disk) ? opendir(on_disk) : NULL;
	while (good && stream && (item = readdir(stream))) {
		if (top && is_dependency_directory(item->d_name) &&
		    snprintf(below, sizeof(below), "%s/%s", directory, item->d_name) < (int)sizeof(below))
			good = walk(removal, below, false);
		else if (unit_name_is_valid(item->d_name))
			good = look_at(removal, stream, directory, item->d_name);
	}
	if (stream)
		closedir(stream);
	return good;
}

/* Until nothing more is found to lead there. */
static bool remove_links(struct removal *removal)
{
	bool good = true;
	do {
		removal->grown = false;
		good = walk(removal, removal->install->config, true);
	} while (good && removal->grown);
	return good;
}

static bool mark_all(struct removal *removal, size_t named, bool *missing)
{
	struct install *install = removal->install;
	for (size_t i = 0; removal->names && removal->names[i]; i++) {
		struct install_unit unit;
		int r = install_unit_find(install, removal->names[i], &unit);
		if (r == -ENOENT && i < named)
			*missing = true;
		if (r < 0)
			continue;
		if (i < named && !install_is_linked(install, &unit.file)) {
			install_unit_finish(&unit);
			return false;
		}
		if (unit.file.masked && i < named)
			complain("%s is masked; left alone", unit.file.name);
		bool good = unit.file.masked || mark_unit(removal, &unit);
		install_unit_finish(&unit);
		if (!good)
			return install_fail(install, "out of memory");
	}
	return true;
}

bool install_disable(struct install *install, char *const *names, bool lenient)
{
	struct removal removal = { .install = install };
	size_t named = string_list_length(names), before = json_array_size(install->changes);
	bool good = true, missing = false;
	for (size_t i = 0; good && i < named; i++)
		good = mark(&removal, names[i]);
	good = good && mark_all(&removal, named, &missing) && remove_links(&removal);
	/* Links to a file that is gone can be removed all the same; without any the name was wrong. */
	if (good && missing && !lenient && json_array_size(install->changes) == before)
		good = install_fail(install, "unit %s does not exist", names[0]);
	string_list_free(removal.names);
	return good;
}
