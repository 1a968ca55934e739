/* LDIR, opened when it is first needed and again when it was replaced. */
#ifndef SVINIT_LOGGER_LOG_DIRECTORY_H
#define SVINIT_LOGGER_LOG_DIRECTORY_H

#include "logger/logger.h"

/* 0 or -errno. */
int log_directory_open(struct logger *logger);
void log_directory_close(struct logger *logger);

#endif
