/* How `logs` shows a record. */
#ifndef SVCTL_LOG_PRINT_H
#define SVCTL_LOG_PRINT_H

#include <stdio.h>

#include "ctl/log_entry.h"
#include "ctl/output.h"

struct log_printing {
	struct terminal terminal;
	FILE *stream;
	bool utc;                  /* times in UTC rather than in the zone of this machine */
	const char *const *fields; /* NULL-terminated; which fields the formats that have many show; NULL: all */
};

typedef void log_printer(const struct log_printing *printing, const struct log_entry *entry);

/* The one for -o NAME; NULL: there is none of that name. */
log_printer *log_printer_find(const char *name);
/* All names, NULL-terminated. */
extern const char *const log_printer_names[];

#endif
