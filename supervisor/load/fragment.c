/* From a name to a file: precedence of directories, aliases, templates, masks (systemd.unit(5)). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

enum { ALIAS_DEPTH_MAX = 32 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A link that leads out of the unit directories is a linked unit, not another name for one. */
static bool leads_inside(const struct directory_index *index, const char *link)
{
	const char *base = base_name(link);

	if (base == link || strncmp(link, "../", 3) == 0)
		return directory_index_find(index, base);
	for (char **directory = index->directories; *directory; directory++) {
		size_t length = strlen(*directory);
		if (strncmp(link, *directory, length) == 0 && link + length + 1 == base)
			return true;
	}
	/* /lib is /usr/lib on merged systems. */
	return directory_index_find(index, base) && strstr(link, "/systemd/");
}

/* The name that an alias link stands for, with the instance carried over; false: the link is the unit itself. */
static bool alias_target(const char *name, const char *link, char *target)
{
	const char *base = base_name(link);
	char instance[UNIT_NAME_MAX + 1], template_name[UNIT_NAME_MAX + 1];

	if (!unit_name_is_valid(base) || strcmp(base, name) == 0)
		return false;
	if (strcmp(unit_name_suffix(base), unit_name_suffix(name)) != 0)
		return false;
	if (unit_name_template(name, template_name) && strcmp(template_name, base) == 0)
		return false;
	if (unit_name_is_template(base) && unit_name_instance(name, instance) && *instance)
		return unit_name_make_instance(base, instance, target);
	unit_name_copy(base, target);
	return true;
}

static const struct index_entry *find_entry(const struct directory_index *index, const char *name)
{
	char template_name[UNIT_NAME_MAX + 1];
	const struct index_entry *entry = directory_index_find(index, name);

	if (!entry && unit_name_template(name, template_name))
		entry = directory_index_find(index, template_name);
	return entry;
}

/* Sets where a found entry leads. True: to another name, which is now in fragment->name. */
static bool follow(const struct directory_index *index, const struct index_entry *entry, struct fragment *fragment)
{
	char target[UNIT_NAME_MAX + 1];

	if (entry->link && strcmp(entry->link, "/dev/null") == 0)
		fragment->masked = true;
	else if (entry->link && leads_inside(index, entry->link) && alias_target(fragment->name, entry->link, target)) {
		unit_name_copy(target, fragment->name);
		return true;
	} else if (entry->link && unit_name_suffix(base_name(entry->link)) &&
		   strcmp(unit_name_suffix(base_name(entry->link)), unit_name_suffix(fragment->name)) != 0) {
		fragment->problem = "the link leads to a unit of another type";
		return false;
	}
	fragment->directory = directory_index_descriptor(index, entry);
	if (!directory_index_path(index, entry, fragment->path, sizeof fragment->path))
		fragment->problem = "the path is too long";
	return false;
}

void fragment_find(const struct directory_index *index, const char *name, struct fragment *fragment)
{
	*fragment->path = '\0';
	fragment->masked = false;
	fragment->problem = NULL;
	unit_name_copy(name, fragment->name);
	for (int depth = 0; depth < ALIAS_DEPTH_MAX; depth++) {
		const struct index_entry *entry = find_entry(index, fragment->name);
		if (!entry || !follow(index, entry, fragment))
			return;
	}
	fragment->problem = "too many links from name to name";
}

static int by_unit(const void *left, const void *right)
{
	const struct unit_alias *a = left, *b = right;
	int order = strcmp(a->unit, b->unit);

	return order != 0 ? order : strcmp(a->name, b->name);
}

static bool may_be_alias(const struct index_entry *entry)
{
	return entry->link && unit_name_is_valid(entry->name) && !unit_name_is_template(entry->name);
}

int aliases_build(struct directory_index *index)
{
	struct fragment fragment;
	size_t links = 0;

	for (size_t i = 0; i < index->count; i++)
		links += may_be_alias(&index->entries[i]);
	index->aliases = calloc(links + 1, sizeof *index->aliases);
	if (!index->aliases)
		return -ENOMEM;
	for (size_t i = 0; i < index->count; i++) {
		const struct index_entry *entry = &index->entries[i];
		if (!may_be_alias(entry))
			continue;
		fragment_find(index, entry->name, &fragment);
		if (fragment.problem || strcmp(fragment.name, entry->name) == 0)
			continue;
		char *unit = strdup(fragment.name);
		if (!unit)
			return -ENOMEM;
		index->aliases[index->alias_count++] = (struct unit_alias){ .unit = unit, .name = entry->name };
	}
	qsort(index->aliases, index->alias_count, sizeof *index->aliases, by_unit);
	return 0;
}

/* The first alias of a unit, or where it would stand. */
static size_t first_alias(const struct directory_index *index, const char *unit)
{
	size_t low = 0, high = index->alias_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(index->aliases[middle].unit, unit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int load_aliases(struct unit_load *load)
{
	const struct directory_index *index = &load->loader->index;
	struct unit_definition *definition = load->definition;

	for (size_t i = first_alias(index, definition->name); i < index->alias_count; i++) {
		const struct unit_alias *alias = &index->aliases[i];
		if (strcmp(alias->unit, definition->name) != 0)
			break;
		if (string_list_contains(definition->aliases, alias->name))
			continue;
		int r = string_list_append(&definition->aliases, alias->name);
		if (r == -ENOMEM)
			return r;
		load_hash_text(load, alias->name);
	}
	return 0;
}
