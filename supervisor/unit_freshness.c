#include "supervisor/unit_freshness.h"

#include <errno.h>
#include <unistd.h>

#include "supervisor/load/freshness.h"
#include "supervisor/os/file_watch.h"

bool unit_files_changed(const struct manager *manager, const struct unit *unit)
{
	const struct unit_definition *definition = unit->next_definition ? unit->next_definition : unit->definition;
	usec since = definition->loaded > manager->reloaded ? definition->loaded : manager->reloaded;

	return manager->loader && definition->load_state != LOAD_STATE_STUB &&
	       loader_is_stale(manager->loader, definition, since);
}

struct watching {
	int watch, error;
};

/* Directories that are not there yet would be missed: that they come is looked for in each look. */
static bool add_path(void *context, const char *path)
{
	struct watching *watching = context;
	int result = file_watch_add(watching->watch, path);

	watching->error = result == -ENOENT || result == -ENOTDIR || result == -ELOOP ? 0 : result;
	return watching->error == 0;
}

static unsigned count_directories(const struct manager *manager)
{
	unsigned count = 0;

	for (char *const *directory = loader_directories(manager->loader); directory && *directory; directory++)
		count += access(*directory, F_OK) == 0;
	return count;
}

/* Before the files are looked at, so that no change falls in between. -1: no watch can be had. */
static int open_watch(const struct manager *manager)
{
	struct watching watching = { .watch = file_watch_open() };

	if (watching.watch < 0)
		return -1;
	loader_each_watched_path(manager->loader, add_path, &watching);
	if (watching.error == 0)
		return watching.watch;
	close(watching.watch);
	return -1;
}

static bool any_is_stale(const struct manager *manager)
{
	uint32_t count = core_unit_count(manager->core);

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(manager->core, id);
		if (unit && unit_files_changed(manager, unit))
			return true;
	}
	return false;
}

static bool nothing_changed(const struct unit_freshness *freshness, const struct manager *manager)
{
	return freshness->watched && !file_watch_has_changed(freshness->watch) &&
	       count_directories(manager) == freshness->directories;
}

void unit_freshness_begin(struct manager *manager)
{
	struct unit_freshness *freshness = &manager->freshness;

	if (!manager->loader)
		return;
	if (nothing_changed(freshness, manager)) {
		freshness->look = FRESHNESS_ALL_FRESH;
		return;
	}
	unit_freshness_forget(manager);
	if (loader_begin_batch(manager->loader) < 0)
		return;
	freshness->look = FRESHNESS_LOOK;
	freshness->watch = open_watch(manager);
	freshness->watched = freshness->watch >= 0;
	freshness->directories = count_directories(manager);
	/* While one is stale, each look goes over the files again: it may be put back as it was. */
	if (freshness->watched && any_is_stale(manager))
		unit_freshness_forget(manager);
	if (freshness->watched) {
		loader_end_batch(manager->loader);
		freshness->look = FRESHNESS_ALL_FRESH;
	} else {
		freshness->look = FRESHNESS_LOOK;
	}
}

void unit_freshness_end(struct manager *manager)
{
	if (manager->freshness.look == FRESHNESS_LOOK)
		loader_end_batch(manager->loader);
	manager->freshness.look = FRESHNESS_UNKNOWN;
}

bool unit_is_stale(const struct manager *manager, const struct unit *unit, bool *known)
{
	*known = manager->freshness.look != FRESHNESS_UNKNOWN;
	return manager->freshness.look == FRESHNESS_LOOK && unit_files_changed(manager, unit);
}

void unit_freshness_forget(struct manager *manager)
{
	if (manager->freshness.watched)
		close(manager->freshness.watch);
	manager->freshness = (struct unit_freshness){ 0 };
}
