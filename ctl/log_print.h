/* How `logs` shows a record. */
#ifndef SVCTL_LOG_PRINT_H
#define SVCTL_LOG_PRINT_H

#include <stdio.h>

#include "common/log_record.h"
#include "ctl/output.h"

/* false: the name is none of -o's. */
typedef void log_printer(FILE *stream, const struct terminal *terminal, const char *unit,
			 const struct log_record *record);

/* The one for -o NAME (short, short-iso, cat, json, verbose); NULL: there is none of that name. */
log_printer *log_printer_find(const char *name);

#endif
