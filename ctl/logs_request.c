#include "ctl/logs_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/parse.h"
#include "common/unit_name.h"
#include "ctl/log_time.h"

enum { LINES_DEFAULT = 10, LINES_BEFORE_END = 1000 };

static int parse_time(const struct context *context, const char *option, usec *time)
{
	const char *text = option_value(context, option);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!text || log_time_parse(text, (usec)now.tv_sec * USEC_PER_SEC + (usec)now.tv_nsec / 1000, time) == 0)
		return 0;
	return complain("--%s=%s: not a time; \"2026-11-21 10:30:00\", 10:30, today, -1h and \"2h ago\" are", option,
			text);
}

static int parse_lines(const char *text, size_t *lines)
{
	uint64_t number = LINES_DEFAULT;

	*lines = SIZE_MAX;
	if (strcmp(text, "all") == 0)
		return 0;
	if (*text && parse_unsigned(text, UINT32_MAX, &number) < 0)
		return complain("--lines=%s: must be a number, or all", text);
	*lines = (size_t)number;
	return 0;
}

static int choose_lines(const struct context *context, struct logs_request *request)
{
	const char *text = option_value(context, "lines");
	bool is_tail = request->follow && !option_is_given(context, "since") && !option_is_given(context, "no-tail") &&
		       !request->boot && !request->invocation;

	request->lines = is_tail ? LINES_DEFAULT : SIZE_MAX;
	if (!text && option_is_given(context, "pager-end"))
		request->lines = LINES_BEFORE_END;
	return text ? parse_lines(text, &request->lines) : 0;
}

static int parse_pattern(const struct context *context, struct logs_request *request)
{
	const char *text = option_value(context, "grep"), *sensitive = option_value(context, "case-sensitive");
	enum log_pattern_case sensitivity = LOG_PATTERN_CASE_SMART;
	bool is_sensitive = true;
	struct cause cause;

	if (sensitive) {
		if (*sensitive && parse_boolean(sensitive, &is_sensitive) < 0)
			return complain("--case-sensitive=%s: must be yes or no", sensitive);
		sensitivity = is_sensitive ? LOG_PATTERN_CASE_SENSITIVE : LOG_PATTERN_CASE_INSENSITIVE;
	}
	if (!text)
		return 0;
	request->filter.pattern = log_pattern_create(text, sensitivity, &cause);
	return request->filter.pattern ? 0 : complain("--grep=%s: %s", text, cause.text);
}

static int add_unit(struct logs_request *request, size_t *count, const char *typed)
{
	char name[UNIT_NAME_MAX + 1];
	/* Records of svinit itself and of the kernel have directories without a suffix. */
	bool as_typed = strcmp(typed, "svinit") == 0 || strcmp(typed, "kernel") == 0 || strcmp(typed, "syslog") == 0 ||
			strpbrk(typed, "*?[");

	if (!as_typed && !unit_name_complete(typed, name))
		return complain("%s is not the name of a unit", typed);
	request->patterns[*count] = strdup(as_typed ? typed : name);
	return request->patterns[(*count)++] ? 0 : complain("out of memory");
}

/* journalctl's matches, as far as there is something to match. */
static int add_match(struct logs_request *request, size_t *units, size_t *identifiers, const char *match)
{
	static const char *const unit_fields[] = { "_SYSTEMD_UNIT=", "UNIT=", "USER_UNIT=", "_SYSTEMD_USER_UNIT=" };
	static const char identifier_field[] = "SYSLOG_IDENTIFIER=";

	for (size_t i = 0; i < sizeof unit_fields / sizeof *unit_fields; i++) {
		size_t length = strlen(unit_fields[i]);

		if (strncmp(match, unit_fields[i], length) == 0)
			return add_unit(request, units, match + length);
	}
	if (strncmp(match, identifier_field, sizeof identifier_field - 1) == 0) {
		request->identifiers[(*identifiers)++] = match + sizeof identifier_field - 1;
		return 0;
	}
	if (strcmp(match, "_TRANSPORT=kernel") == 0)
		return add_unit(request, units, "kernel");
	return complain("%s: records can be matched by _SYSTEMD_UNIT= and SYSLOG_IDENTIFIER= only", match);
}

static int parse_units(const struct context *context, struct logs_request *request)
{
	size_t count = 0, identifiers = 0, index = 0, room = context->argument_count + context->given_count + 2;
	const char *text;
	int status = 0;

	request->patterns = calloc(room, sizeof(char *));
	request->identifiers = calloc(room, sizeof(char *));
	if (!request->patterns || !request->identifiers)
		return complain("out of memory");
	for (size_t i = 0; status == 0 && i < context->argument_count; i++) {
		text = context->arguments[i];
		status = strchr(text, '=') ? add_match(request, &count, &identifiers, text)
					   : add_unit(request, &count, text);
	}
	while (status == 0 && (text = option_next(context, "unit", &index)))
		status = add_unit(request, &count, text);
	for (index = 0; status == 0 && (text = option_next(context, "user-unit", &index));)
		status = add_unit(request, &count, text);
	for (index = 0; (text = option_next(context, "identifier", &index));)
		request->identifiers[identifiers++] = text;
	if (status == 0 && option_is_given(context, "dmesg"))
		status = add_unit(request, &count, "kernel");
	request->filter.identifiers = identifiers ? request->identifiers : NULL;
	return status;
}

static int parse_fields(const struct context *context, struct logs_request *request)
{
	const char *given = option_value(context, "output-fields");
	size_t count = 0;
	char *rest;

	if (!given)
		return 0;
	request->field_text = strdup(given);
	request->fields = calloc(strlen(given) + 2, sizeof(char *));
	if (!request->field_text || !request->fields)
		return complain("out of memory");
	for (char *name = strtok_r(request->field_text, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		request->fields[count++] = name;
	request->printing.fields = request->fields;
	return 0;
}

static int complain_of_format(const char *output)
{
	char names[256] = "";
	size_t length = 0;

	for (size_t i = 0; log_printer_names[i] && length < sizeof names; i++)
		length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? " " : "",
					   log_printer_names[i]);
	return complain("--output=%s: must be one of %s", output, names);
}

static int parse_format(const struct context *context, struct logs_request *request)
{
	const char *output = option_value(context, "output");

	if (!output)
		output = context->json ? "json" : "short";
	request->printing.terminal = context->terminal;
	request->printing.stream = stdout;
	request->printing.utc = option_is_given(context, "utc");
	request->print = log_printer_find(output);
	return request->print ? parse_fields(context, request) : complain_of_format(output);
}

static int parse_priority(const struct context *context, struct logs_request *request)
{
	const char *text = option_value(context, "priority");

	request->filter.priorities = LOG_PRIORITIES_ALL;
	if (!text || log_priorities_parse(text, &request->filter.priorities) == 0)
		return 0;
	return complain(
		"--priority=%s: must be 0 to 7, one of emerg alert crit err warning notice info debug, or a range "
		"FROM..TO",
		text);
}

int logs_request_parse(const struct context *context, struct logs_request *request)
{
	*request = (struct logs_request){ 0 };
	request->follow = option_is_given(context, "follow");
	request->reverse = option_is_given(context, "reverse");
	request->boot = option_value(context, "boot");
	request->invocation = option_is_given(context, "this-invocation") ? "" : option_value(context, "invocation");
	if (request->follow && request->reverse)
		return complain("--follow and --reverse exclude each other");
	if (parse_units(context, request) || choose_lines(context, request) || parse_priority(context, request) ||
	    parse_time(context, "since", &request->filter.since) ||
	    parse_time(context, "until", &request->filter.until) || parse_pattern(context, request) ||
	    parse_format(context, request))
		return STATUS_FAILURE;
	return 0;
}

void logs_request_finish(struct logs_request *request)
{
	for (char **pattern = request->patterns; pattern && *pattern; pattern++)
		free(*pattern);
	free(request->patterns);
	free(request->identifiers);
	free(request->fields);
	free(request->field_text);
	log_pattern_destroy(request->filter.pattern);
	*request = (struct logs_request){ 0 };
}
