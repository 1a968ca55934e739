/* NAME.wants/, NAME.requires/, NAME.upholds/: each name in them is a unit that this one wants, requires or upholds. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/loader_internal.h"

struct link_kind {
	const char *suffix;
	enum dependency_kind kind;
};

static const struct link_kind kinds[] = {
	{ ".wants", DEPENDENCY_WANTS },
	{ ".requires", DEPENDENCY_REQUIRES },
	{ ".upholds", DEPENDENCY_UPHOLDS },
};

static bool is_mask(int directory, const char *name)
{
	char target[16];
	ssize_t length = readlinkat(directory, name, target, sizeof target);

	return length == 9 && memcmp(target, "/dev/null", 9) == 0;
}

static int add_links(struct unit_load *load, const char *path, enum dependency_kind kind)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	char name[UNIT_NAME_MAX + 1];
	int r = 0;

	if (!directory)
		return errno == ENOMEM ? -ENOMEM : 0;
	while (r >= 0 && (item = readdir(directory))) {
		if (!unit_name_is_valid(item->d_name) || is_mask(dirfd(directory), item->d_name) ||
		    !load_resolve_unit_name(load, item->d_name, name))
			continue;
		r = load_add_dependency(load, kind, name, false);
	}
	closedir(directory);
	return r;
}

static int add_name(void *context, const char *unit_name)
{
	struct unit_load *load = context;
	const struct directory_index *index = &load->loader->index;
	char path[PATH_MAX];
	int r = 0;

	const bool present[] = { true, index->has_requires, index->has_upholds };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (const struct index_entry *entry =
			     present[i] ? directory_index_find_joined(index, unit_name, kinds[i].suffix) : NULL;
		     r >= 0 && entry; entry = directory_index_next(index, entry))
			if (directory_index_path(index, entry, path, sizeof path))
				r = add_links(load, path, kinds[i].kind);
	return r;
}

int load_link_directories(struct unit_load *load)
{
	const struct unit_definition *definition = load->definition;
	int r = load_each_name(definition->name, add_name, load);

	for (char **alias = definition->aliases; r >= 0 && alias && *alias; alias++)
		r = load_each_name(*alias, add_name, load);
	return r;
}
