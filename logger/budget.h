/* The cap over all files of the log directory. */
#ifndef SVINIT_LOGGER_BUDGET_H
#define SVINIT_LOGGER_BUDGET_H

#include "logger/logger.h"

/* Before `length` bytes are written: removes the oldest files of all units if the cap would be exceeded. The directory
 * is open. */
void budget_take(struct logger *logger, size_t length);

#endif
