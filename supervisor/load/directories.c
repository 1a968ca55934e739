/* Unit directories as such: the search path, what is in one of them, names that are near to a wrong one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "common/suggest.h"
#include "supervisor/load/loader_internal.h"

static const char *const system_directories[] = {
	"/etc/svinit/units",      "/etc/systemd/system.control",  "/run/systemd/system.control",
	"/run/systemd/transient", "/run/systemd/generator.early", "/etc/systemd/system",
	"/run/systemd/system",    "/run/systemd/generator",       "/usr/local/lib/systemd/system",
	"/lib/systemd/system",    "/usr/lib/systemd/system",      "/run/systemd/generator.late",
};

static const char *const shared_user_directories[] = {
	"/etc/systemd/user",           "/run/systemd/user",
	"/usr/local/lib/systemd/user", "/usr/local/share/systemd/user",
	"/usr/lib/systemd/user",       "/usr/share/systemd/user",
};

static int add_from_variable(char ***list, const char *variable, const char *below_home, const char *tail)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	char path[PATH_MAX];

	if (base && *base == '/')
		snprintf(path, sizeof path, "%s/%s", base, tail);
	else if (home && *home == '/' && below_home)
		snprintf(path, sizeof path, "%s/%s/%s", home, below_home, tail);
	else
		return 0;
	return string_list_append(list, path);
}

static int add_all(char ***list, const char *const *directories, size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = string_list_append(list, directories[i]);
	return r;
}

static int add_user_directories(char ***list)
{
	int r = add_from_variable(list, "XDG_CONFIG_HOME", ".config", "svinit/units");

	if (r == 0)
		r = add_from_variable(list, "XDG_CONFIG_HOME", ".config", "systemd/user.control");
	if (r == 0)
		r = add_from_variable(list, "XDG_RUNTIME_DIR", NULL, "systemd/transient");
	if (r == 0)
		r = add_from_variable(list, "XDG_CONFIG_HOME", ".config", "systemd/user");
	if (r == 0)
		r = add_from_variable(list, "XDG_RUNTIME_DIR", NULL, "systemd/user");
	if (r == 0)
		r = add_from_variable(list, "XDG_DATA_HOME", ".local/share", "systemd/user");
	return r < 0 ? r
		     : add_all(list, shared_user_directories,
			       sizeof shared_user_directories / sizeof *shared_user_directories);
}

/* /lib and /usr/lib are one directory on merged systems: each counts once. */
static bool is_same_directory(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

char **loader_default_directories(bool user_mode)
{
	char **list = NULL;
	size_t count = sizeof system_directories / sizeof *system_directories;
	int r;

	if (user_mode)
		r = add_user_directories(&list);
	else
		r = add_all(&list, system_directories,
			    count - is_same_directory("/lib/systemd/system", "/usr/lib/systemd/system"));
	if (r == 0)
		return list;
	string_list_free(list);
	return NULL;
}

char **loader_shared_user_directories(void)
{
	char **list = NULL;

	if (add_all(&list, shared_user_directories, sizeof shared_user_directories / sizeof *shared_user_directories) ==
	    0)
		return list;
	string_list_free(list);
	return NULL;
}

static bool is_same_unit_link(int directory, const char *name)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(directory, name, target, sizeof target - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	/* A link within the directory is another name of a unit that is listed itself. */
	return strchr(target, '/') == NULL && strcmp(target, name) != 0;
}

/* A template, a mask, another name of what is listed anyway, or no file at all. */
static bool is_passed_over(int directory, const char *name)
{
	struct stat status;

	if (!unit_name_is_valid(name) || unit_name_is_template(name))
		return true;
	if (fstatat(directory, name, &status, 0) < 0)
		return errno == ENOENT ? true : false;
	if (S_ISCHR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_size == 0))
		return true;
	return is_same_unit_link(directory, name);
}

/* Grows by doubling: a run directory may hold ten thousand units. */
struct name_list {
	char **names;
	size_t count, capacity;
};

static int append_name(struct name_list *list, const char *name)
{
	if (list->count + 1 >= list->capacity) {
		size_t capacity = 2 * list->capacity + 64;
		char **grown = realloc(list->names, capacity * sizeof *grown);
		if (!grown)
			return -ENOMEM;
		list->names = grown;
		list->capacity = capacity;
	}
	list->names[list->count] = strdup(name);
	if (!list->names[list->count])
		return -ENOMEM;
	list->names[++list->count] = NULL;
	return 0;
}

static int list_names(DIR *directory, struct name_list *list)
{
	struct dirent *item;
	int r = 0;

	while (r == 0 && (item = readdir(directory)))
		if (!is_passed_over(dirfd(directory), item->d_name))
			r = append_name(list, item->d_name);
	return r;
}

int loader_list_directory(const char *directory, char ***names, struct cause *cause)
{
	struct name_list list = { .names = calloc(1, sizeof *list.names) };
	DIR *stream = opendir(directory);
	int r = stream ? list_names(stream, &list) : -errno;

	if (stream)
		closedir(stream);
	if (r == 0 && !list.names)
		r = -ENOMEM;
	if (r < 0) {
		string_list_free(list.names);
		return cause_set_errno(cause, -r, "%s", directory);
	}
	string_list_sort(list.names);
	*names = list.names;
	return 0;
}

/* Of what stands before the suffix, at most a third differs: short names with the same suffix are not alike. */
static bool is_stem_near(const char *name, const char *candidate)
{
	char stem[UNIT_NAME_MAX + 1], other[UNIT_NAME_MAX + 1];
	const char *suffix = unit_name_suffix(name), *other_suffix = unit_name_suffix(candidate);
	if (!suffix || !other_suffix)
		return true;
	snprintf(stem, sizeof stem, "%.*s", (int)(suffix - name), name);
	snprintf(other, sizeof other, "%.*s", (int)(other_suffix - candidate), candidate);
	unsigned limit = (unsigned)(strlen(stem) + 2) / 3;
	return edit_distance(stem, other, limit) <= limit;
}

int loader_suggest(struct loader *loader, const char *name, char ***names)
{
	struct suggestions suggestions = SUGGESTIONS_FOR(name);
	int r = loader_begin_batch(loader);

	*names = NULL;
	if (r < 0)
		return r;
	for (size_t i = 0; i < loader->index.count; i++) {
		const char *candidate = loader->index.entries[i].name;
		bool known = false;
		for (size_t j = 0; j < suggestions.count; j++)
			known = known || strcmp(suggestions.nearest[j], candidate) == 0;
		if (!known && unit_name_is_valid(candidate) && is_stem_near(name, candidate))
			suggestions_offer(&suggestions, candidate);
	}
	for (size_t i = 0; r == 0 && i < suggestions.count; i++)
		r = string_list_append(names, suggestions.nearest[i]);
	loader_end_batch(loader);
	if (r < 0)
		string_list_clear(names);
	return r;
}
