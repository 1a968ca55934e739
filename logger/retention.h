/* The rotated files of a unit, and which of them may stay. */
#ifndef SVINIT_LOGGER_RETENTION_H
#define SVINIT_LOGGER_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/log_name.h"
#include "logger/log_unit.h"

enum {
	LOG_SHARES_DEFAULT = 5, /* a file is a fifth of the unit's bytes at most */
	LOG_FILES_DEFAULT = 100,
	LOG_FILES_MIN = 2,
	LOG_FILES_TO_COMPRESS = 3, /* with fewer there is no room for a file and what it is becoming */
};

#define LOG_BYTES_DEFAULT (UINT64_C(10) << 20)
/* Below this a file could not hold one write. */
#define LOG_FILE_BYTES_MIN (UINT64_C(192) << 10)

struct rotated_file {
	char name[LOG_NAME_MAX + 1];
	uint64_t bytes;
	bool compressed, temporary; /* temporary: what is being compressed; its name begins with a dot */
};

/* Sorted by name, so by age. A zeroed value is an empty list. */
struct rotated_files {
	struct rotated_file *files;
	size_t count, room;
	uint64_t bytes;
};

/* 0 or -errno. `directory` is the unit's. */
int rotated_files_list(struct rotated_files *rotated, int directory);
void rotated_files_finish(struct rotated_files *rotated);

/* The most bytes of the current file. */
uint64_t retention_share(const struct log_unit *unit);
/* Whether there is room to compress old files. */
bool retention_allows_compression(const struct log_unit *unit);

/* Removes the oldest files until `current` bytes of the current file, and what its compression takes, are within the
 * unit's caps. 0 or -errno. */
int retention_apply(int directory, const struct log_unit *unit, uint64_t current, usec now);

#endif
