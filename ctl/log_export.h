/* The export format of systemd's journal: fields a line, an empty line behind each record. */
#ifndef SVCTL_LOG_EXPORT_H
#define SVCTL_LOG_EXPORT_H

#include <jansson.h>
#include <stdio.h>

#include "common/log_record.h"

/* `object` has the fields; the text comes from the record, for it may be anything. */
void log_export(FILE *stream, const json_t *object, const struct log_record *record);

#endif
