/* revert: the unit files of the distribution as they came. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/install.h"
#include "ctl/verbs.h"

static const struct option_row options[] = { INSTALL_SCOPE_OPTIONS,
					     { "no-reload", 0, NULL, "do not have svinit read the unit files again" },
					     { 0 } };

/* Where the administrator, or programs in his name, write. */
static bool is_own_directory(const struct unit_directories *directories, const char *path)
{
	const char *name = basename(path);
	return strcmp(path, directories->persistent) == 0 ||
	       (directories->runtime && strcmp(path, directories->runtime) == 0) || strcmp(name, "transient") == 0 ||
	       strcmp(name, "system.control") == 0 || strcmp(name, "user.control") == 0;
}

static bool exists(struct install *install, const char *path)
{
	char on_disk[PATH_MAX];
	return unit_directories_on_disk(&install->directories, path, on_disk) &&
	       faccessat(AT_FDCWD, on_disk, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool has_vendor_file(struct install *install, const char *name)
{
	char path[PATH_MAX];
	for (char **directory = install->directories.paths; *directory; directory++) {
		snprintf(path, sizeof(path), "%s/%s", *directory, name);
		if ((strncmp(path, "/usr/", 5) == 0 || strncmp(path, "/lib/", 5) == 0) && exists(install, path))
			return true;
	}
	return false;
}

static void remove_drop_ins(struct install *install, const char *directory)
{
	char on_disk[PATH_MAX], path[PATH_MAX];
	struct dirent *item;
	DIR *stream = unit_directories_on_disk(&install->directories, directory, on_disk) ? opendir(on_disk) : NULL;
	while (stream && (item = readdir(stream)))
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0 &&
		    snprintf(path, sizeof(path), "%s/%s", directory, item->d_name) < (int)sizeof(path))
			install_remove(install, path);
	if (stream)
		closedir(stream);
}

static void revert(struct install *install, const char *name)
{
	bool vendor = has_vendor_file(install, name);
	char path[PATH_MAX], drop_ins[PATH_MAX];
	for (char **directory = install->directories.paths; *directory; directory++) {
		if (!is_own_directory(&install->directories, *directory))
			continue;
		snprintf(path, sizeof(path), "%s/%s", *directory, name);
		snprintf(drop_ins, sizeof(drop_ins), "%s/%s.d", *directory, name);
		remove_drop_ins(install, drop_ins);
		if (exists(install, path) && (vendor || install_is_mask(install, path)))
			install_remove(install, path);
	}
}

static int run(struct context *context)
{
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 0);
	for (char **name = names; name && *name; name++)
		revert(&install, *name);
	string_list_free(names);
	return install_close(&install);
}

const struct verb verb_revert = {
	.name = "revert",
	.synopsis = "UNIT...",
	.summary = "remove masks, drop-ins and files that override what the distribution ships",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
