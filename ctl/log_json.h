/* Records of units with LogFormat=json, one JSON object a line. */
#ifndef SVCTL_LOG_JSON_H
#define SVCTL_LOG_JSON_H

#include <jansson.h>

#include "ctl/log_entry.h"

/* The record's text is *decoded then, which the caller frees and may pass again, and *fields the whole object, a
 * reference. 0 or -EINVAL. */
int log_json_parse(const char *line, size_t length, struct log_record *record, char **decoded, json_t **fields);
/* The object that `logs -o json` prints a line; NULL when out of memory. */
json_t *log_json_make(const struct log_entry *entry);
/* "stdout", "stderr", "svinit", "syslog" or "kernel". */
const char *log_mark_name(char mark);

#endif
