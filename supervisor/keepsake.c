#include "supervisor/keepsake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/log_line.h"

struct keepsake {
	char *name;
	int fd; /* -1: dropped, and not told of yet */
	enum keepsake_reach reach;
	bool changed;
	bool left; /* by the last svinit: the descriptor is ours until it is taken */
};

struct keepsakes {
	struct keepsake *items;
	size_t count, capacity;
};

static struct keepsake *find(const struct manager *manager, const char *name, bool left)
{
	const struct keepsakes *all = manager->keepsakes;

	for (size_t i = 0; all && i < all->count; i++)
		if (all->items[i].left == left && strcmp(all->items[i].name, name) == 0)
			return &all->items[i];
	return NULL;
}

static struct keepsake *add(struct manager *manager, const char *name)
{
	struct keepsakes *all = manager->keepsakes;

	if (!all)
		all = manager->keepsakes = calloc(1, sizeof *all);
	if (!all)
		return NULL;
	if (all->count == all->capacity) {
		size_t capacity = all->capacity ? all->capacity * 2 : 16;
		struct keepsake *items = reallocarray(all->items, capacity, sizeof *items);
		if (!items)
			return NULL;
		all->items = items;
		all->capacity = capacity;
	}
	struct keepsake *item = &all->items[all->count];
	*item = (struct keepsake){ .name = strdup(name), .fd = -1 };
	if (!item->name)
		return NULL;
	all->count++;
	return item;
}

static void remove_item(struct keepsakes *all, struct keepsake *item)
{
	free(item->name);
	*item = all->items[--all->count];
}

int keepsake_put(struct manager *manager, const char *name, int fd, enum keepsake_reach reach)
{
	struct keepsake *item = find(manager, name, false);

	if (strlen(name) > KEEPSAKE_NAME_MAX || (manager->keepsakes && manager->keepsakes->count >= KEEPSAKES_MAX))
		return -E2BIG;
	if (!item)
		item = add(manager, name);
	if (!item)
		return -ENOMEM;
	item->fd = fd;
	item->reach = reach;
	item->changed = true;
	if (reach == KEEPSAKE_VAULT)
		log_line_vault(manager, name, fd);
	return 0;
}

void keepsake_drop(struct manager *manager, const char *name)
{
	struct keepsake *item = find(manager, name, false);

	if (!item)
		return;
	item->fd = -1;
	item->changed = true;
	if (item->reach == KEEPSAKE_VAULT)
		log_line_vault(manager, name, -1);
}

int keepsake_take(struct manager *manager, const char *name)
{
	struct keepsake *item = find(manager, name, true);

	if (!item)
		return -1;
	int fd = item->fd;
	remove_item(manager->keepsakes, item);
	return fd;
}

void keepsake_leave(struct manager *manager, const char *name, int fd)
{
	struct keepsake *item = find(manager, name, true) ? NULL : add(manager, name);

	if (!item) {
		close(fd);
		return;
	}
	item->fd = fd;
	item->left = true;
}

void keepsake_close_left(struct manager *manager)
{
	struct keepsakes *all = manager->keepsakes;

	for (size_t i = all ? all->count : 0; i-- > 0;) {
		if (!all->items[i].left)
			continue;
		close(all->items[i].fd);
		remove_item(all, &all->items[i]);
	}
}

void keepsake_each(const struct manager *manager,
		   void (*each)(void *context, const char *name, int fd, enum keepsake_reach reach), void *context)
{
	const struct keepsakes *all = manager->keepsakes;

	for (size_t i = 0; all && i < all->count; i++)
		if (!all->items[i].left && all->items[i].fd >= 0)
			each(context, all->items[i].name, all->items[i].fd, all->items[i].reach);
}

void keepsake_each_changed(struct manager *manager, void (*each)(void *context, const char *name, int fd),
			   void *context)
{
	struct keepsakes *all = manager->keepsakes;

	for (size_t i = all ? all->count : 0; i-- > 0;) {
		struct keepsake *item = &all->items[i];
		if (item->left || !item->changed)
			continue;
		item->changed = false;
		each(context, item->name, item->fd);
		if (item->fd < 0)
			remove_item(all, item);
	}
}

void keepsake_finish(struct manager *manager)
{
	struct keepsakes *all = manager->keepsakes;

	if (!all)
		return;
	keepsake_close_left(manager);
	for (size_t i = 0; i < all->count; i++)
		free(all->items[i].name);
	free(all->items);
	free(all);
	manager->keepsakes = NULL;
}
