/* One write: lines of a slot as bytes of a log file, such that it can be finished by a successor. */
#ifndef SVINIT_LOGGER_CHUNK_H
#define SVINIT_LOGGER_CHUNK_H

#include "logger/logger.h"

enum {
	/* No further record begins behind this many bytes. */
	CHUNK_SIZE = 112 * 1024,
	CHUNK_BUFFER_SIZE = CHUNK_SIZE + LOG_RECORD_TEXT_MAX * 6 + 4096,
};

/* Writes the next chunk of the slot. 1: something was written; 0: there is no whole line; or -errno: what is pending
 * stays. `final`: the last line may lack its newline. */
int chunk_write(struct logger *logger, uint32_t index, bool final);

/* Where the lines that can be written now end, as an offset in the data. */
uint32_t chunk_lines_end(const struct journal_slot *slot);

#endif
