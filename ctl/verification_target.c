#include "ctl/verification_target.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "common/unit_name.h"

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Takes over all three. */
static int add(struct verification_targets *targets, char *path, char *unit, char *directory)
{
	struct verification_target *grown =
		reallocarray(targets->targets, targets->count + 1, sizeof(*targets->targets));
	if (!grown || (!path && !unit)) {
		targets->targets = grown ? grown : targets->targets;
		free(path);
		free(unit);
		free(directory);
		return -ENOMEM;
	}
	grown[targets->count++] = (struct verification_target){ .path = path, .unit = unit, .directory = directory };
	targets->targets = grown;
	return 0;
}

static int add_file(struct verification_targets *targets, const char *path)
{
	return add(targets, strdup(path), NULL, folder_of(path));
}

/* "foo-.service": of no unit, but of all whose names begin so. */
static bool is_prefix(const char *unit)
{
	const char *suffix = unit_name_suffix(unit);
	return suffix && suffix > unit && suffix[-1] == '-';
}

/* "foo.service" of "…/foo.service.d"; NULL when it is no folder of drop-ins for a single unit. */
static char *unit_of_drop_ins(const char *directory)
{
	const char *name = base_name(directory);
	size_t length = strlen(name);
	char *unit = length > 2 && strcmp(name + length - 2, ".d") == 0 ? strndup(name, length - 2) : NULL;
	if (unit && unit_name_is_valid(unit) && !unit_name_is_template(unit) && !is_prefix(unit))
		return unit;
	free(unit);
	return NULL;
}

static bool is_mask_or_alias(const char *path)
{
	char target[4096];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return strcmp(target, "/dev/null") == 0 || !strchr(target, '/');
}

static int add_entry(struct verification_targets *targets, const char *directory, const char *name)
{
	char path[4096];
	size_t length = strlen(directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	if (snprintf(path, sizeof(path), "%.*s/%s", (int)length, directory, name) >= (int)sizeof(path))
		return 0;
	if (unit_name_is_valid(name))
		return is_mask_or_alias(path) ? 0 : add_file(targets, path);
	char *unit = unit_of_drop_ins(path);
	char beside[4096];
	/* A unit that lies there too is read with its drop-ins. */
	if (!unit || (snprintf(beside, sizeof(beside), "%s/%s", directory, unit) < (int)sizeof(beside) &&
		      access(beside, F_OK) == 0)) {
		free(unit);
		return 0;
	}
	return add(targets, NULL, unit, strdup(directory));
}

static int add_directory(struct verification_targets *targets, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *item;
	char **names = NULL;
	int result = 0;
	if (!directory)
		return add_file(targets, path);
	while (result == 0 && (item = readdir(directory)))
		if (item->d_name[0] != '.')
			result = string_list_append(&names, item->d_name);
	closedir(directory);
	string_list_sort(names);
	for (char **name = names; result == 0 && name && *name; name++)
		result = add_entry(targets, path, *name);
	string_list_free(names);
	return result;
}

static int add_existing(struct verification_targets *targets, const char *path)
{
	struct stat status;
	size_t length = strlen(path);
	if (stat(path, &status) < 0)
		return add_file(targets, path);
	char *folder = S_ISDIR(status.st_mode) ? strdup(path) : folder_of(path);
	char *unit = folder ? unit_of_drop_ins(folder) : NULL;
	if (unit && (S_ISDIR(status.st_mode) || (length > 5 && strcmp(path + length - 5, ".conf") == 0))) {
		char *above = folder_of(folder);
		free(folder);
		return add(targets, NULL, unit, above);
	}
	free(unit);
	free(folder);
	return S_ISDIR(status.st_mode) ? add_directory(targets, path) : add_file(targets, path);
}

/* Of an instance, the template may lie where the path says. */
static int add_name(struct verification_targets *targets, const char *argument)
{
	char name[UNIT_NAME_MAX + 1];
	if (!unit_name_complete(base_name(argument), name))
		return add_file(targets, argument);
	return add(targets, NULL, strdup(name), strchr(argument, '/') ? folder_of(argument) : NULL);
}

static int add_argument(struct verification_targets *targets, const char *argument)
{
	glob_t found = { 0 };
	int result = 0;
	if (access(argument, F_OK) == 0)
		return add_existing(targets, argument);
	if (!strpbrk(argument, "*?[") || glob(argument, 0, NULL, &found) != 0) {
		globfree(&found);
		return add_name(targets, argument);
	}
	for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
		result = add_existing(targets, found.gl_pathv[i]);
	globfree(&found);
	return result;
}

int verification_targets_find(struct verification_targets *targets, char *const *arguments, size_t count)
{
	int result = 0;
	for (size_t i = 0; i < count && result == 0; i++)
		result = add_argument(targets, arguments[i]);
	return result;
}

void verification_targets_finish(struct verification_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		free(targets->targets[i].path);
		free(targets->targets[i].unit);
		free(targets->targets[i].directory);
	}
	free(targets->targets);
	*targets = (struct verification_targets){ 0 };
}
