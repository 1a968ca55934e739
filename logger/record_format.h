/* A record as bytes of a log file or of the console. */
#ifndef SVINIT_LOGGER_RECORD_FORMAT_H
#define SVINIT_LOGGER_RECORD_FORMAT_H

#include "common/log_record.h"
#include "logger/journal.h"
#include "logger/line_rules.h"

/* What any of the formats adds to the text at most, each byte of which becomes at most LOG_TEXT_JSON_FACTOR ones. */
enum { RECORD_OVERHEAD_MAX = 4096 };

/* Each returns how many bytes it wrote, the newline included. */
size_t record_format_text(char *to, const struct log_record *record, const struct log_stamp *stamp);
size_t record_format_json(char *to, const struct log_record *record, const struct journal_owner *owner,
			  const struct line_rules *rules);
/* "unit | text"; `color` adds terminal colours, always the same for a unit. */
size_t record_format_console(char *to, const struct log_record *record, const struct journal_owner *owner, bool color);

#endif
