/*
 * What lies in the unit directories, listed once for a batch of units: whether a unit has a file, a drop-in directory
 * or a .wants directory is then known without a system call.
 */
#ifndef SVINIT_LOAD_DIRECTORY_INDEX_H
#define SVINIT_LOAD_DIRECTORY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_entry {
	const char *name;
	const char *link; /* what a symbolic link says; NULL for others */
	uint32_t hash;
	uint32_t next;      /* the next one in the bucket, + 1; of one name in the order of precedence */
	uint32_t directory; /* in the list given */
};

/* A link that makes a unit known under another name. */
struct unit_alias {
	char *unit;
	const char *name;
};

struct directory_index {
	char **directories; /* borrowed; highest precedence first */
	int *descriptors;   /* of each; AT_FDCWD where it is not there */
	size_t directory_count;
	struct index_entry *entries;
	size_t count, capacity;
	uint32_t *buckets; /* entry + 1; 0: none */
	size_t bucket_count;
	struct unit_alias *aliases; /* by unit */
	size_t alias_count;
	bool built;
	bool has_requires, has_upholds; /* directories of these kinds */
};

enum { INDEX_ENTRIES_MAX = 1 << 20 };

/* Lists the directories; those that are not there are passed over. -ENOMEM. */
int directory_index_build(struct directory_index *index, char **directories);
void directory_index_finish(struct directory_index *index);

/* The entry of highest precedence, and those of the same name below it. NULL: no more. */
const struct index_entry *directory_index_find(const struct directory_index *index, const char *name);
/* The same for the two parts of a name, such as that of a unit and ".d". */
const struct index_entry *directory_index_find_joined(const struct directory_index *index, const char *name,
						      const char *suffix);
const struct index_entry *directory_index_next(const struct directory_index *index, const struct index_entry *entry);

/* The open directory of an entry, for openat(2); AT_FDCWD when there is none. */
int directory_index_descriptor(const struct directory_index *index, const struct index_entry *entry);
/* "DIRECTORY/NAME"; false when it is too long. */
bool directory_index_path(const struct directory_index *index, const struct index_entry *entry, char *to, size_t size);

#endif
