/* NAME.d/….conf, for the unit, its template, its prefixes ("foo-.service.d") and its type ("service.d"). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

enum { DROP_INS_MAX = 4096 };

/* Directories in order of precedence, then the files that count. */
struct collection {
	struct unit_load *load;
	char **directories;
	char **files;
};

/* "a-b-.service", "a-.service" of "a-b-c.service". */
static int each_prefix(const char *name, int (*each)(void *context, const char *name), void *context)
{
	const char *suffix = unit_name_suffix(name);
	char prefix[UNIT_NAME_MAX + 16];
	int r = 0;

	if (!strchr(name, '-') || !unit_name_prefix(name, prefix))
		return 0;
	size_t length = strlen(prefix);
	if (length > 0 && prefix[length - 1] == '-')
		length--;
	while (r >= 0 && length > 0) {
		while (length > 0 && prefix[length - 1] != '-')
			length--;
		if (length == 0)
			break;
		memcpy(prefix + length, suffix, strlen(suffix) + 1); /* it was longer than that before */
		r = each(context, prefix);
		length--;
	}
	return r;
}

int load_each_name(const char *name, int (*each)(void *context, const char *name), void *context)
{
	char template_name[UNIT_NAME_MAX + 1];
	int r = each(context, name);

	if (r >= 0 && unit_name_template(name, template_name))
		r = each(context, template_name);
	return r;
}

/* NAME.d of one of the names, in each unit directory that has it. */
static int add_name(void *context, const char *name)
{
	struct collection *collection = context;
	const struct directory_index *index = &collection->load->loader->index;
	char path[PATH_MAX];
	int r = 0;

	for (const struct index_entry *entry = directory_index_find_joined(index, name, ".d"); entry && r >= 0;
	     entry = directory_index_next(index, entry))
		if (directory_index_path(index, entry, path, sizeof path))
			r = string_list_append(&collection->directories, path);
	return r;
}

int load_each_drop_in_name(const struct unit_definition *definition, int (*each)(void *context, const char *name),
			   void *context)
{
	int r = load_each_name(definition->name, each, context);

	for (char **alias = definition->aliases; r >= 0 && alias && *alias; alias++)
		r = load_each_name(*alias, each, context);
	if (r >= 0)
		r = each_prefix(definition->name, each, context);
	return r < 0 ? r : each(context, unit_type_name(definition->type));
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool is_shadowed(const struct collection *collection, const char *name)
{
	for (char **file = collection->files; file && *file; file++)
		if (strcmp(base_name(*file), name) == 0)
			return true;
	return false;
}

static int collect_files(struct collection *collection, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	char file[PATH_MAX];
	int r = 0;

	if (!directory)
		return errno == ENOMEM ? -ENOMEM : 0;
	while (r >= 0 && (item = readdir(directory))) {
		size_t length = strlen(item->d_name);
		if (item->d_name[0] == '.' || length <= 5 || strcmp(item->d_name + length - 5, ".conf") != 0 ||
		    is_shadowed(collection, item->d_name) || string_list_length(collection->files) >= DROP_INS_MAX ||
		    snprintf(file, sizeof file, "%s/%s", path, item->d_name) >= (int)sizeof file)
			continue;
		r = string_list_append(&collection->files, file);
	}
	closedir(directory);
	return r;
}

static int by_base_name(const void *a, const void *b)
{
	return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

static int read_files(struct collection *collection)
{
	struct unit_load *load = collection->load;
	int r = 0;

	if (collection->files)
		qsort(collection->files, string_list_length(collection->files), sizeof *collection->files,
		      by_base_name);
	for (char **file = collection->files; r >= 0 && file && *file; file++) {
		bool masked = false;
		r = load_read_file(load, AT_FDCWD, *file, &masked);
		if (r >= 0 && !masked)
			r = string_list_append(&load->definition->drop_in_paths, *file);
	}
	return r;
}

int load_drop_ins(struct unit_load *load)
{
	struct collection collection = { .load = load };
	int r = load_each_drop_in_name(load->definition, add_name, &collection);

	for (char **directory = collection.directories; r >= 0 && directory && *directory; directory++)
		r = collect_files(&collection, *directory);
	if (r >= 0)
		r = read_files(&collection);
	string_list_free(collection.directories);
	string_list_free(collection.files);
	return r;
}
