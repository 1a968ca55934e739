/* The units whose records svlog writes: one directory and one open file each. */
#ifndef SVINIT_LOGGER_LOG_UNIT_H
#define SVINIT_LOGGER_LOG_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/usec.h"

enum { LOG_UNIT_FREE = -1 };

/* Files that are removed soon need not be compressed, and a burst has the processor to itself. */
#define LOG_UNIT_COMPRESSION_DELAY (2 * USEC_PER_SEC)

struct log_unit {
	struct log_unit *next;
	int fd;          /* of the file `current`; -1: not open */
	int32_t blocker; /* the slot whose interrupted write must be finished before any other; LOG_UNIT_FREE */
	uint32_t references;
	uint32_t max_files; /* of 0, here and below: the default */
	uint64_t max_bytes;
	usec max_age;                    /* of 0: any */
	uint64_t size;                   /* what the current file should have, as far as is known: never more */
	uint64_t lost_lines, lost_bytes; /* of a file that somebody removed or cut; not told yet */
	uint64_t write_start;            /* of the blocker's write in the file that it is written to */
	usec begun;                      /* the first record of the current file; 0: not known */
	usec upkeep_at;                  /* when old files are to be looked at (upkeep.h); USEC_INFINITY: not */
	usec compression_tried;          /* rotated files up to this time are not tried again */
	uint8_t invocation[16];          /* of its present run; all 0: not known */
	bool compress, json;
	bool invocation_is_new; /* to be told before the next record */
	char name[];            /* a valid name of a directory */
};

struct log_units {
	struct log_unit **buckets; /* by the hash of the name */
	uint32_t bucket_count, count;
};

/* What may become a directory below LDIR: one component, nothing hidden, no control characters. */
bool log_unit_name_is_safe(const char *name);

/* The unit with one more reference; NULL when out of memory. `name` must be safe. */
struct log_unit *log_units_get(struct log_units *units, const char *name);
struct log_unit *log_units_find(struct log_units *units, const char *name);
/* Drops a reference; with the last one the file is closed, and the unit goes unless it wants upkeep. */
void log_units_release(struct log_units *units, struct log_unit *unit);
/* Forgets a unit without references that wants no upkeep any more. */
void log_units_tidy(struct log_units *units, struct log_unit *unit);
/* Closes the files of all units, to be opened again at their next record. Returns whether any was open. */
bool log_units_close_files(struct log_units *units);
void log_units_finish(struct log_units *units);

/* Not later than `time`. */
static inline void log_unit_wants_upkeep(struct log_unit *unit, usec time)
{
	if (time < unit->upkeep_at)
		unit->upkeep_at = time;
}

/* With LogMaxAgeSec=, how long the current file is written to: files are removed whole, so it must be a part of that.
 */
static inline usec log_unit_rotation_age(const struct log_unit *unit)
{
	return unit->max_age / 8;
}

#endif
