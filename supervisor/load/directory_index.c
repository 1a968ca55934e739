#include "supervisor/load/directory_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hash.h"

static char *read_link(int directory, const char *name)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(directory, name, target, sizeof target - 1);

	return length < 0 ? NULL : strndup(target, (size_t)length);
}

static bool is_link(int directory, const struct dirent *item)
{
	char target[1];

	if (item->d_type != DT_UNKNOWN)
		return item->d_type == DT_LNK;
	return readlinkat(directory, item->d_name, target, sizeof target) >= 0;
}

static int reserve(struct directory_index *index)
{
	if (index->count < index->capacity)
		return 0;
	size_t capacity = index->capacity ? 2 * index->capacity : 256;
	struct index_entry *entries = realloc(index->entries, capacity * sizeof *entries);
	if (!entries)
		return -ENOMEM;
	index->entries = entries;
	index->capacity = capacity;
	return 0;
}

static int add(struct directory_index *index, int directory, const struct dirent *item, size_t number)
{
	if (item->d_name[0] == '.' || index->count >= INDEX_ENTRIES_MAX)
		return 0;
	int r = reserve(index);
	if (r < 0)
		return r;
	char *name = strdup(item->d_name);
	if (!name)
		return -ENOMEM;
	index->has_requires = index->has_requires || strstr(name, ".requires");
	index->has_upholds = index->has_upholds || strstr(name, ".upholds");
	index->entries[index->count++] = (struct index_entry){
		.name = name,
		.link = is_link(directory, item) ? read_link(directory, item->d_name) : NULL,
		.hash = hash_bytes(name, strlen(name)),
		.directory = (uint32_t)number,
	};
	return 0;
}

static int list(struct directory_index *index, const char *path, size_t number)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	int r = 0;

	index->descriptors[number] = AT_FDCWD;
	if (!directory)
		return errno == ENOMEM ? -ENOMEM : 0;
	while (r == 0 && (item = readdir(directory)))
		r = add(index, dirfd(directory), item, number);
	int copy = fcntl(dirfd(directory), F_DUPFD_CLOEXEC, 3);
	index->descriptors[number] = copy < 0 ? AT_FDCWD : copy;
	closedir(directory);
	return r;
}

static int list_all(struct directory_index *index)
{
	size_t count = 0;
	int r = 0;

	while (index->directories && index->directories[count])
		count++;
	index->descriptors = malloc((count + 1) * sizeof *index->descriptors);
	if (!index->descriptors)
		return -ENOMEM;
	for (index->directory_count = 0; r == 0 && index->directory_count < count; index->directory_count++)
		r = list(index, index->directories[index->directory_count], index->directory_count);
	return r;
}

/* From the last to the first, so that each bucket begins with the highest precedence. */
static int fill_buckets(struct directory_index *index)
{
	size_t count = 64;

	while (count < 2 * index->count)
		count *= 2;
	index->buckets = calloc(count, sizeof *index->buckets);
	if (!index->buckets)
		return -ENOMEM;
	index->bucket_count = count;
	for (size_t i = index->count; i-- > 0;) {
		uint32_t *bucket = &index->buckets[index->entries[i].hash & (count - 1)];
		index->entries[i].next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
	return 0;
}

int directory_index_build(struct directory_index *index, char **directories)
{
	directory_index_finish(index);
	index->directories = directories;
	int r = list_all(index);
	if (r == 0)
		r = fill_buckets(index);
	if (r < 0)
		directory_index_finish(index);
	else
		index->built = true;
	return r;
}

void directory_index_finish(struct directory_index *index)
{
	for (size_t i = 0; i < index->count; i++) {
		free((char *)index->entries[i].name);
		free((char *)index->entries[i].link);
	}
	for (size_t i = 0; i < index->alias_count; i++)
		free(index->aliases[i].unit);
	for (size_t i = 0; i < index->directory_count; i++)
		if (index->descriptors[i] != AT_FDCWD)
			close(index->descriptors[i]);
	free(index->descriptors);
	free(index->aliases);
	free(index->entries);
	free(index->buckets);
	memset(index, 0, sizeof *index);
}

static const struct index_entry *search(const struct directory_index *index, uint32_t place, uint32_t hash,
					const char *name)
{
	for (; place; place = index->entries[place - 1].next) {
		const struct index_entry *entry = &index->entries[place - 1];
		if (entry->hash == hash && strcmp(entry->name, name) == 0)
			return entry;
	}
	return NULL;
}

static const struct index_entry *find(const struct directory_index *index, const char *name, size_t length)
{
	uint32_t hash = hash_bytes(name, length);

	return index->bucket_count ? search(index, index->buckets[hash & (index->bucket_count - 1)], hash, name) : NULL;
}

const struct index_entry *directory_index_find(const struct directory_index *index, const char *name)
{
	return find(index, name, strlen(name));
}

const struct index_entry *directory_index_find_joined(const struct directory_index *index, const char *name,
						      const char *suffix)
{
	char joined[NAME_MAX + 1];
	size_t length = strlen(name), suffix_length = strlen(suffix);

	if (length + suffix_length >= sizeof joined)
		return NULL; /* no file is called so */
	memcpy(joined, name, length);
	memcpy(joined + length, suffix, suffix_length + 1);
	return find(index, joined, length + suffix_length);
}

const struct index_entry *directory_index_next(const struct directory_index *index, const struct index_entry *entry)
{
	return search(index, entry->next, entry->hash, entry->name);
}

int directory_index_descriptor(const struct directory_index *index, const struct index_entry *entry)
{
	return index->descriptors[entry->directory];
}

bool directory_index_path(const struct directory_index *index, const struct index_entry *entry, char *to, size_t size)
{
	const char *directory = index->directories[entry->directory];
	size_t length = strlen(directory), name_length = strlen(entry->name);

	if (length + name_length + 2 > size)
		return false;
	memcpy(to, directory, length);
	to[length] = '/';
	memcpy(to + length + 1, entry->name, name_length + 1);
	return true;
}
