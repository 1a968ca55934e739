/*
 * The file of a unit that is written to: LDIR/UNIT/current, and how it becomes one of the rotated ones beside it, whose
 * order by name (common/log_name.h) is their order in time, whatever the clock does.
 */
#ifndef SVINIT_LOGGER_LOG_FILE_H
#define SVINIT_LOGGER_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/usec.h"
#include "logger/log_unit.h"

/* Where the next byte goes: which file, and its size now. */
struct log_position {
	uint64_t device, inode, size;
};

/*
 * Opens the current file if need be (made anew when it was removed or renamed underneath), and tells its position. 0 or
 * -errno. -ESTALE: somebody has removed it or cut it; what is lost is in the unit, and the next call goes on. `now` is
 * the time since the epoch.
 */
int log_file_open(int log_directory, struct log_unit *unit, usec now, struct log_position *position);
/* Rotates first if `length` more bytes would make the file larger than its share of the unit's bytes, or if it is old.
 */
int log_file_make_room(int log_directory, struct log_unit *unit, size_t length, usec now,
		       struct log_position *position);
/* Whether the open file is this one and has a name, any; then *position tells of it. */
bool log_file_is_open(const struct log_unit *unit, uint64_t device, uint64_t inode, struct log_position *position);
/* Opens the file with this inode, which was the current one and has another name in the unit's directory now. A
 * descriptor, or -errno; its size is in *position. */
int log_file_find(int log_directory, const struct log_unit *unit, struct log_position *position);
/* Whether the records of the current file are so old that it is to be rotated. */
bool log_file_is_aged(const struct log_unit *unit, usec now);
/* Rotates unless the file is empty or missing. */
int log_file_rotate(int log_directory, struct log_unit *unit, usec now);

#endif
