/* What old files need whether or not anything is written: they are rotated and removed by age, and compressed. */
#ifndef SVINIT_LOGGER_UPKEEP_H
#define SVINIT_LOGGER_UPKEEP_H

#include "logger/logger.h"

/* Does what is due. Cheap when nothing is. */
void upkeep_run(struct logger *logger);
/* In ms, how long nothing will be due; -1: as long as nothing is written. */
int upkeep_patience(const struct logger *logger);
/* A unit's wish counts from now on. */
static inline void upkeep_note(struct logger *logger, const struct log_unit *unit)
{
	if (unit->upkeep_at < logger->upkeep_at)
		logger->upkeep_at = unit->upkeep_at;
}
/* The compressor has ended: it is another one's turn. */
void upkeep_compression_ended(struct logger *logger);

#endif
