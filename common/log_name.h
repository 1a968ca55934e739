/*
 * Names of rotated log files: the time (UTC) at which that happened, 20261121T003510.123456Z.log, and with .zst behind
 * it when the file was compressed. Their order by name is their order in time.
 */
#ifndef SVINIT_COMMON_LOG_NAME_H
#define SVINIT_COMMON_LOG_NAME_H

#include <stdbool.h>

#include "common/usec.h"

enum {
	LOG_NAME_LENGTH = 27,                   /* without LOG_NAME_COMPRESSED */
	LOG_NAME_MAX = LOG_NAME_LENGTH + 1 + 4, /* with it, and with a dot in front */
};

#define LOG_NAME_COMPRESSED ".zst"

/* The name, not compressed, for `time` (µs since the epoch). */
void log_name_make(char to[LOG_NAME_LENGTH + 1], usec time);

/* Whether it is the name of a rotated file; *compressed (may be NULL) tells of which sort. */
bool log_name_is_rotated(const char *name, bool *compressed);

/* The name of a file that is being compressed, and not whole yet. */
bool log_name_is_temporary(const char *name);

/* The time that a rotated file's name tells; USEC_INFINITY when it tells none. */
usec log_name_time(const char *name);

#endif
