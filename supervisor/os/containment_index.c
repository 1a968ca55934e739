#include "supervisor/os/containment_root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t hash_name(const char *name, size_t length)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

static struct containment **name_bucket(const struct containment_root *root, const char *name, size_t length)
{
	return &root->by_name[hash_name(name, length) & (root->buckets - 1)];
}

static struct containment **watch_bucket(const struct containment_root *root, int watch)
{
	return &root->by_watch[(size_t)watch & (root->buckets - 1)];
}

static void link_name(struct containment_root *root, struct containment *containment)
{
	struct containment **bucket = name_bucket(root, containment->name, strlen(containment->name));

	containment->next_by_name = *bucket;
	*bucket = containment;
}

static void link_watch(struct containment_root *root, struct containment *containment)
{
	struct containment **bucket = watch_bucket(root, containment->watch);

	if (containment->watch < 0)
		return;
	containment->next_by_watch = *bucket;
	*bucket = containment;
}

static int grow(struct containment_root *root)
{
	size_t buckets = root->buckets ? root->buckets * 2 : 16;
	struct containment **by_name = calloc(buckets, sizeof(struct containment *));
	struct containment **by_watch = calloc(buckets, sizeof(struct containment *));

	if (!by_name || !by_watch) {
		free(by_name);
		free(by_watch);
		return -ENOMEM;
	}
	free(root->by_name);
	free(root->by_watch);
	root->by_name = by_name;
	root->by_watch = by_watch;
	root->buckets = buckets;
	for (struct containment *item = root->first; item; item = item->next) {
		link_name(root, item);
		link_watch(root, item);
	}
	return 0;
}

int containment_index_add(struct containment_root *root, struct containment *containment)
{
	if (root->count >= root->buckets) {
		int r = grow(root);
		if (r < 0)
			return r;
	}
	containment->previous = NULL;
	containment->next = root->first;
	if (root->first)
		root->first->previous = containment;
	root->first = containment;
	root->count++;
	link_name(root, containment);
	return 0;
}

void containment_index_set_watch(struct containment_root *root, struct containment *containment, int watch)
{
	if (containment->watch >= 0) {
		struct containment **at = watch_bucket(root, containment->watch);
		while (*at && *at != containment)
			at = &(*at)->next_by_watch;
		if (*at)
			*at = containment->next_by_watch;
	}
	containment->watch = watch;
	link_watch(root, containment);
}

void containment_index_remove(struct containment_root *root, struct containment *containment)
{
	if (!containment->name)
		return;
	containment_index_set_watch(root, containment, -1);
	struct containment **at = name_bucket(root, containment->name, strlen(containment->name));
	while (*at && *at != containment)
		at = &(*at)->next_by_name;
	if (!*at)
		return;
	*at = containment->next_by_name;
	if (containment->previous)
		containment->previous->next = containment->next;
	else
		root->first = containment->next;
	if (containment->next)
		containment->next->previous = containment->previous;
	root->count--;
}

struct containment *containment_index_find_watch(const struct containment_root *root, int watch)
{
	struct containment *item = root->buckets && watch >= 0 ? *watch_bucket(root, watch) : NULL;

	while (item && item->watch != watch)
		item = item->next_by_watch;
	return item;
}

struct containment *containment_index_find_name(const struct containment_root *root, const char *name, size_t length)
{
	struct containment *item = root->buckets ? *name_bucket(root, name, length) : NULL;

	while (item && (strlen(item->name) != length || memcmp(item->name, name, length) != 0))
		item = item->next_by_name;
	return item;
}

void containment_index_finish(struct containment_root *root)
{
	free(root->by_name);
	free(root->by_watch);
	root->by_name = root->by_watch = NULL;
	root->buckets = 0;
}
