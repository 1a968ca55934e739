#include "ctl/unit_file_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/string_list.h"

/* Grows by doubling: a system has hundreds of unit files, and a list with its end to be looked for would show. */
struct names {
	char **names;
	size_t count, capacity;
};

static bool append(struct names *list, const char *name)
{
	if (list->count + 1 >= list->capacity) {
		size_t capacity = 2 * list->capacity + 64;
		char **grown = reallocarray(list->names, capacity, sizeof(*grown));
		if (!grown)
			return false;
		list->names = grown;
		list->capacity = capacity;
	}
	list->names[list->count] = strdup(name);
	if (!list->names[list->count])
		return false;
	list->names[++list->count] = NULL;
	return true;
}

static bool is_file_or_link(DIR *directory, const char *name)
{
	struct stat status;
	return fstatat(dirfd(directory), name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode));
}

static bool add_directory(struct names *list, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	bool good = true;
	while (good && directory && (item = readdir(directory)))
		if (unit_name_is_valid(item->d_name) && is_file_or_link(directory, item->d_name))
			good = append(list, item->d_name);
	if (directory)
		closedir(directory);
	return good;
}

static int by_type_and_name(const void *left, const void *right)
{
	const char *a = *(char *const *)left, *b = *(char *const *)right;
	int order = strcmp(unit_name_suffix(a), unit_name_suffix(b));
	return order != 0 ? order : strcmp(a, b);
}

static void sort_once(struct names *list)
{
	size_t kept = 0;
	if (list->count == 0)
		return;
	qsort(list->names, list->count, sizeof(*list->names), by_type_and_name);
	for (size_t i = 0; i < list->count; i++)
		if (kept > 0 && strcmp(list->names[kept - 1], list->names[i]) == 0)
			free(list->names[i]);
		else
			list->names[kept++] = list->names[i];
	list->names[kept] = NULL;
}

char **unit_file_names(const struct install *install)
{
	struct names list = { 0 };
	char path[PATH_MAX];
	bool good = true;
	for (char **directory = install->directories.paths; good && *directory; directory++)
		if (unit_directories_on_disk(&install->directories, *directory, path))
			good = add_directory(&list, path);
	if (good) {
		sort_once(&list);
		return list.names;
	}
	string_list_free(list.names);
	return NULL;
}
