/* A record as it comes out of a log: of which unit, and with which fields. All is borrowed. */
#ifndef SVCTL_LOG_ENTRY_H
#define SVCTL_LOG_ENTRY_H

#include <jansson.h>

#include "common/log_record.h"

struct log_entry {
	const char *unit;
	const struct log_record *record;
	const json_t
		*fields; /* of a record that was written as JSON, with names of systemd.journal-fields(7); or NULL */
};

#endif
