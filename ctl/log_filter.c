#include "ctl/log_filter.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/log_words.h"

enum { PRIORITY_COUNT = 8, MATCH_LIMIT = 1000000 };

struct log_pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

static bool is_all_lower(const char *text)
{
	for (; *text; text++) {
		if (isupper((unsigned char)*text))
			return false;
	}
	return true;
}

static pcre2_code *compile(const char *text, uint32_t options, struct cause *cause)
{
	unsigned char words[256];
	PCRE2_SIZE offset = 0;
	int error = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);

	if (!code) {
		pcre2_get_error_message(error, words, sizeof words);
		cause_set(cause, EINVAL, "%s, at character %zu", (const char *)words, (size_t)offset + 1);
	}
	return code;
}

struct log_pattern *log_pattern_create(const char *text, enum log_pattern_case sensitivity, struct cause *cause)
{
	struct log_pattern *pattern = calloc(1, sizeof *pattern);
	/* Lines may be anything; what is no UTF-8 in them matches nothing but does no harm. */
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;

	if (sensitivity == LOG_PATTERN_CASE_INSENSITIVE ||
	    (sensitivity == LOG_PATTERN_CASE_SMART && is_all_lower(text)))
		options |= PCRE2_CASELESS;
	if (!pattern) {
		cause_set(cause, ENOMEM, "out of memory");
		return NULL;
	}
	pattern->code = compile(text, options, cause);
	if (pattern->code) {
		pattern->match = pcre2_match_data_create_from_pattern(pattern->code, NULL);
		pattern->context = pcre2_match_context_create(NULL);
		if (pattern->match && pattern->context) {
			pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
			return pattern;
		}
		cause_set(cause, ENOMEM, "out of memory");
	}
	log_pattern_destroy(pattern);
	return NULL;
}

void log_pattern_destroy(struct log_pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->match);
	pcre2_code_free(pattern->code);
	free(pattern);
}

static bool matches(const struct log_pattern *pattern, const struct log_record *record)
{
	return pcre2_match(pattern->code, (PCRE2_SPTR)record->text, record->length, 0, 0, pattern->match,
			   pattern->context) >= 0;
}

/* What journalctl(1) calls so: SYSLOG_IDENTIFIER=, or without it the name of the unit, with and without its suffix. */
static bool is_called(const struct log_entry *entry, const char *identifier)
{
	const char *own = json_string_value(json_object_get(entry->fields, "SYSLOG_IDENTIFIER"));
	size_t length = strlen(identifier);

	if (own)
		return strcmp(own, identifier) == 0;
	return strncmp(entry->unit, identifier, length) == 0 &&
	       (entry->unit[length] == '\0' || strcmp(entry->unit + length, ".service") == 0);
}

static bool is_any_of(const struct log_entry *entry, const char *const *identifiers)
{
	for (; *identifiers; identifiers++) {
		if (is_called(entry, *identifiers))
			return true;
	}
	return false;
}

/* What svlog writes for readers to find their way by is not for people. */
static bool is_for_readers(const struct log_record *record)
{
	return record->mark == LOG_MARK_SUPERVISOR && record->length > strlen(LOG_WORDS_INVOCATION) &&
	       memcmp(record->text, LOG_WORDS_INVOCATION, strlen(LOG_WORDS_INVOCATION)) == 0;
}

bool log_filter_passes(const struct log_filter *filter, const struct log_entry *entry)
{
	return !is_for_readers(entry->record) && (filter->priorities >> (entry->record->priority & 7) & 1) &&
	       (!filter->identifiers || is_any_of(entry, filter->identifiers)) &&
	       (!filter->pattern || matches(filter->pattern, entry->record));
}

static int parse_priority(const char *text, size_t length)
{
	static const char *const names[PRIORITY_COUNT] = { "emerg",   "alert",  "crit", "err",
							   "warning", "notice", "info", "debug" };

	for (int i = 0; i < PRIORITY_COUNT; i++) {
		if ((strlen(names[i]) == length && strncmp(names[i], text, length) == 0) ||
		    (length == 1 && text[0] == '0' + i))
			return i;
	}
	return -EINVAL;
}

int log_priorities_parse(const char *text, uint8_t *priorities)
{
	const char *dots = strstr(text, "..");
	int first = dots ? parse_priority(text, (size_t)(dots - text)) : 0;
	int last = dots ? parse_priority(dots + 2, strlen(dots + 2)) : parse_priority(text, strlen(text));

	if (first < 0 || last < 0)
		return -EINVAL;
	if (first > last) {
		int other = first;

		first = last;
		last = other;
	}
	*priorities = 0;
	for (int i = first; i <= last; i++)
		*priorities |= (uint8_t)(1 << i);
	return 0;
}
