/* LDIR, opened when it is first needed and again when it was replaced. */
#ifndef SVINIT_LOGGER_LOG_DIRECTORY_H
#define SVINIT_LOGGER_LOG_DIRECTORY_H

#include "logger/logger.h"

/* 0 or -errno. */
int log_directory_open(struct logger *logger);
void log_directory_close(struct logger *logger);

/* Whether records go into files. Where LDIR could not be written to at first, it is looked at again when there are
 * records, at most once a second. */
bool log_directory_is_used(struct logger *logger);

#endif
