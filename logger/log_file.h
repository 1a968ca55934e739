/*
 * The files of a unit: LDIR/UNIT/current, and beside it those that were rotated, named after the time (UTC) at which
 * that happened: 20261121T003510.123456Z.log. Their order by name is their order in time, whatever the clock does.
 */
#ifndef SVINIT_LOGGER_LOG_FILE_H
#define SVINIT_LOGGER_LOG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "common/usec.h"
#include "logger/log_unit.h"

enum { LOG_FILES_DEFAULT = 5, LOG_FILES_MIN = 2 };

#define LOG_BYTES_DEFAULT (UINT64_C(10) << 20)
/* Below this a file could not hold one write. */
#define LOG_FILE_BYTES_MIN (UINT64_C(192) << 10)

/* Where the next byte goes: which file, and its size now. */
struct log_position {
	uint64_t device, inode, size;
};

/*
 * Opens the current file if need be (made anew when it was removed or renamed underneath), and tells its position. 0 or
 * -errno. `now` is the time since the epoch.
 */
int log_file_open(int log_directory, struct log_unit *unit, usec now, struct log_position *position);
/* Rotates first if `length` more bytes would make the file larger than its share of the unit's bytes. */
int log_file_make_room(int log_directory, struct log_unit *unit, size_t length, usec now,
		       struct log_position *position);
/* Rotates unless the file is empty or missing. */
int log_file_rotate(int log_directory, struct log_unit *unit, usec now);

#endif
