#include "supervisor/load/freshness.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "supervisor/load/loader_internal.h"

struct look {
	const struct directory_index *index;
	usec since;
	bool stale;
};

static bool changed(const struct stat *status, usec since)
{
	return (usec)status->st_ctim.tv_sec * USEC_PER_SEC + (usec)status->st_ctim.tv_nsec / 1000 > since;
}

/* The file, and a link that leads to it. */
static bool file_changed(const char *path, usec since)
{
	struct stat status;

	if (lstat(path, &status) < 0 || changed(&status, since))
		return true;
	return S_ISLNK(status.st_mode) && (stat(path, &status) < 0 || changed(&status, since));
}

/* Another file than the one that was read: one of higher precedence, a mask, another alias. */
static bool leads_elsewhere(const struct directory_index *index, const struct unit_definition *definition,
			    struct fragment *fragment)
{
	const char *path = definition->fragment_path ? definition->fragment_path : "";

	fragment_find(index, definition->name, fragment);
	/* An init script lies in no unit directory, and counts as long as no unit has its name. */
	if (!*fragment->path && !fragment->masked && strncmp(path, "/etc/init.d/", 12) == 0)
		snprintf(fragment->path, sizeof fragment->path, "%s", path);
	return strcmp(fragment->name, definition->name) != 0 || strcmp(fragment->path, path) != 0;
}

/* In a directory, entries that come and go change its time. */
static void look_at_directories(struct look *look, const char *unit, const char *suffix)
{
	char name[UNIT_NAME_MAX + 16], path[PATH_MAX];
	struct stat status;

	snprintf(name, sizeof name, "%s.%s", unit, suffix);
	for (const struct index_entry *entry = directory_index_find(look->index, name); entry && !look->stale;
	     entry = directory_index_next(look->index, entry))
		look->stale = directory_index_path(look->index, entry, path, sizeof path) && stat(path, &status) == 0 &&
			      changed(&status, look->since);
}

static int look_at_drop_ins(void *context, const char *unit)
{
	look_at_directories(context, unit, "d");
	return 0;
}

static int look_at_links(void *context, const char *unit)
{
	static const char *const kinds[] = { "wants", "requires", "upholds" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		look_at_directories(context, unit, kinds[i]);
	return 0;
}

static bool has_more_than_a_file(const struct unit_definition *definition)
{
	return definition->load_state == LOAD_STATE_LOADED || definition->load_state == LOAD_STATE_BAD_SETTING;
}

bool loader_is_stale(struct loader *loader, const struct unit_definition *definition, usec since)
{
	struct look look = { .index = &loader->index, .since = since };
	struct fragment fragment;

	if (loader_begin_batch(loader) < 0)
		return false;
	look.stale = leads_elsewhere(look.index, definition, &fragment) ||
		     (fragment.masked ? definition->load_state != LOAD_STATE_MASKED
				      : *fragment.path && file_changed(fragment.path, since));
	for (char **path = definition->drop_in_paths; path && *path && !look.stale; path++)
		look.stale = file_changed(*path, since);
	if (!look.stale && has_more_than_a_file(definition)) {
		load_each_drop_in_name(definition, look_at_drop_ins, &look);
		load_each_name(definition->name, look_at_links, &look);
		for (char **alias = definition->aliases; alias && *alias; alias++)
			load_each_name(*alias, look_at_links, &look);
	}
	loader_end_batch(loader);
	return look.stale;
}

static bool is_worth_watching(const struct index_entry *entry)
{
	static const char *const suffixes[] = { ".d", ".wants", ".requires", ".upholds" };
	const char *suffix = strrchr(entry->name, '.');

	if (entry->link)
		return strcmp(entry->link, "/dev/null") != 0;
	for (size_t i = 0; suffix && i < sizeof suffixes / sizeof *suffixes; i++)
		if (strcmp(suffix, suffixes[i]) == 0)
			return true;
	return false;
}

void loader_each_watched_path(struct loader *loader, bool (*each)(void *context, const char *path), void *context)
{
	const struct directory_index *index = &loader->index;
	char path[PATH_MAX];

	for (char **directory = loader->settings.directories; directory && *directory; directory++)
		if (!each(context, *directory))
			return;
	for (size_t i = 0; i < index->count; i++)
		if (is_worth_watching(&index->entries[i]) &&
		    directory_index_path(index, &index->entries[i], path, sizeof path) && !each(context, path))
			return;
}
