/* The records of a write, one after the other, the same ones each time. */
#ifndef SVINIT_LOGGER_CHUNK_READER_H
#define SVINIT_LOGGER_CHUNK_READER_H

#include "logger/line_cursor.h"

struct chunk_reader {
	struct line_cursor cursor; /* with the state behind the records that were read */
	const struct journal_write *write;
	bool gap_told;
	uint64_t lines;
};

/* All is borrowed. `rules` may be NULL. */
void chunk_reader_init(struct chunk_reader *reader, const struct journal_slot *slot, const struct line_rules *rules,
		       const struct journal_write *write);
bool chunk_reader_next(struct chunk_reader *reader, struct log_record *record);

#endif
