/*
 * What a unit says of its records beside the fixed options: LogFilterPatterns= and LogExtraFields=. They travel as
 * text, which a slot of the journal keeps too: strings, each with its NUL, that begin with 'F' for FIELD=VALUE, '+' for
 * a pattern of which one must match, '-' for one that must not.
 */
#ifndef SVINIT_LOGGER_LINE_RULES_H
#define SVINIT_LOGGER_LINE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/log_record.h"

enum { LINE_RULES_TEXT_MAX = 2048, LINE_RULES_FIELDS_MAX = 3072 };

struct line_rules;

/* With one reference; NULL for no text, or when out of memory. What is no pattern or field in it is left out. */
struct line_rules *line_rules_create(const char *text, size_t size);
/* `rules` may be NULL in all of these. */
struct line_rules *line_rules_reference(struct line_rules *rules);
void line_rules_release(struct line_rules *rules);

/* Whether the patterns let a record pass. */
bool line_rules_pass(const struct line_rules *rules, const struct log_record *record);
/* The fields as members of a JSON object, each with a comma in front; "" for none. At most LINE_RULES_FIELDS_MAX bytes.
 */
const char *line_rules_fields(const struct line_rules *rules);
/* The first pattern that is none; NULL: all are. */
const char *line_rules_fault(const struct line_rules *rules);
/* What they were made of, with its size; NULL for no rules. */
const char *line_rules_text(const struct line_rules *rules, size_t *size);

#endif
