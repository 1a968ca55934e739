/* Copies of records, beside the files: to the console, to the kernel's log, to a syslog server. None is waited for. */
#ifndef SVINIT_LOGGER_COPIES_H
#define SVINIT_LOGGER_COPIES_H

#include "logger/chunk_reader.h"
#include "logger/logger.h"

/* Whether any copies of a slot's records are wanted. */
bool copies_are_wanted(const struct logger *logger, const struct journal_slot *slot);
/* Copies all records that the reader gives, up to the state that a write leads to. */
void copies_write(struct logger *logger, const struct journal_slot *slot, struct chunk_reader *reader,
		  const struct journal_state *until);

#endif
