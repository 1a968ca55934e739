#include "logger/line_rules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_text.h"
#include "logger/pattern_library.h"

/* A pattern that takes longer than this on a line does not match it. */
enum { MATCH_LIMIT = 20000 };

struct pattern {
	struct pattern *next;
	pcre2_code *code;
	pcre2_match_data *match;
	bool denies;
};

struct line_rules {
	unsigned references;
	struct pattern *patterns; /* those that deny before the others */
	pcre2_match_context *context;
	char *fields;
	const char *fault;
	size_t size;
	char text[];
};

static void destroy_pattern(struct pattern *pattern)
{
	if (pattern->match)
		pattern_library()->match_data_free(pattern->match);
	if (pattern->code)
		pattern_library()->code_free(pattern->code);
	free(pattern);
}

static struct pattern *create_pattern(const char *text, bool denies)
{
	const struct pattern_library *library = pattern_library();
	struct pattern *pattern = library ? calloc(1, sizeof *pattern) : NULL;
	PCRE2_SIZE offset;
	int error;

	if (!pattern)
		return NULL;
	pattern->denies = denies;
	pattern->code = library->compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
					 &error, &offset, NULL);
	if (pattern->code)
		pattern->match = library->match_data_create(pattern->code, NULL);
	if (!pattern->match) {
		destroy_pattern(pattern);
		return NULL;
	}
	return pattern;
}

static void add_pattern(struct line_rules *rules, const char *text, bool denies)
{
	struct pattern *pattern = create_pattern(text, denies), **place = &rules->patterns;

	if (!pattern) {
		rules->fault = rules->fault ? rules->fault : text;
		return;
	}
	while (*place && !denies && (*place)->denies)
		place = &(*place)->next;
	pattern->next = *place;
	*place = pattern;
}

/* journald takes names of capitals, digits and underscores only; '_' in front is its own. */
static bool is_field(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length > 0 && text[length] == '=' && text[0] != '_' && (text[0] < '0' || text[0] > '9');
}

static void add_field(struct line_rules *rules, const char *text)
{
	size_t used = rules->fields ? strlen(rules->fields) : 0, name = strcspn(text, "="), length = strlen(text);

	if (!is_field(text) || used + length * LOG_TEXT_JSON_FACTOR + sizeof ",\"\":\"\"" > LINE_RULES_FIELDS_MAX)
		return;
	if (!rules->fields)
		rules->fields = calloc(1, LINE_RULES_FIELDS_MAX);
	if (!rules->fields)
		return;
	char *to = stpcpy(rules->fields + used, ",\"");
	to = mempcpy(to, text, name);
	to = stpcpy(to, "\":");
	to += log_text_json(to, text + name + 1, length - name - 1);
	*to = '\0';
}

static void read_rule(struct line_rules *rules, const char *rule)
{
	if (rule[0] == 'F')
		add_field(rules, rule + 1);
	else if (rule[0] == '+' || rule[0] == '-')
		add_pattern(rules, rule + 1, rule[0] == '-');
}

struct line_rules *line_rules_create(const char *text, size_t size)
{
	struct line_rules *rules;

	if (size == 0 || size > LINE_RULES_TEXT_MAX || text[size - 1] != '\0')
		return NULL;
	rules = malloc(sizeof *rules + size);
	if (!rules)
		return NULL;
	*rules = (struct line_rules){ .references = 1, .size = size };
	memcpy(rules->text, text, size);
	for (const char *rule = rules->text; rule < rules->text + size; rule += strlen(rule) + 1)
		read_rule(rules, rule);
	if (rules->patterns)
		rules->context = pattern_library()->match_context_create(NULL);
	if (rules->context)
		pattern_library()->set_match_limit(rules->context, MATCH_LIMIT);
	return rules;
}

struct line_rules *line_rules_reference(struct line_rules *rules)
{
	if (rules)
		rules->references++;
	return rules;
}

void line_rules_release(struct line_rules *rules)
{
	if (!rules || --rules->references > 0)
		return;
	while (rules->patterns) {
		struct pattern *pattern = rules->patterns;

		rules->patterns = pattern->next;
		destroy_pattern(pattern);
	}
	if (rules->context)
		pattern_library()->match_context_free(rules->context);
	free(rules->fields);
	free(rules);
}

/* systemd.exec(5): what a denying pattern matches is out; where there are others, one of them must match. */
bool line_rules_pass(const struct line_rules *rules, const struct log_record *record)
{
	const struct pattern *pattern = rules ? rules->patterns : NULL;
	bool must_match = false;

	for (; pattern; pattern = pattern->next) {
		bool matches = pattern_library()->match(pattern->code, (PCRE2_SPTR)record->text, record->length, 0, 0,
							pattern->match, rules->context) >= 0;

		if (matches)
			return !pattern->denies;
		must_match |= !pattern->denies;
	}
	return !must_match;
}

const char *line_rules_fields(const struct line_rules *rules)
{
	return rules && rules->fields ? rules->fields : "";
}

const char *line_rules_fault(const struct line_rules *rules)
{
	return rules ? rules->fault : NULL;
}

const char *line_rules_text(const struct line_rules *rules, size_t *size)
{
	*size = rules ? rules->size : 0;
	return rules ? rules->text : NULL;
}
