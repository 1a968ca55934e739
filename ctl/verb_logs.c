#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/unit_name.h"
#include "ctl/connection.h"
#include "ctl/log_print.h"
#include "ctl/log_reader.h"
#include "ctl/log_time.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

enum { LINES_DEFAULT = 10 };

static const struct option_row options[] = {
	{ "follow", 'f', NULL, "show new records as they come" },
	{ "lines", 'n', "NUMBER", "only the last so many records (10 with --follow), or all" },
	{ "unit", 'u', "UNIT", "of this unit or pattern; may be repeated" },
	{ "since", 'S', "TIME", "from then on: \"2026-11-21 10:30\", today, -1h, \"2h ago\"" },
	{ "until", 'U', "TIME", "up to then" },
	{ "output", 'o', "FORMAT", "short (default), short-iso, cat, json or verbose" },
	{ "priority", 'p', "LEVEL", "this level and more important ones: 0 to 7, or emerg to debug" },
	{ "grep", 'g', "PATTERN", "only where the extended regular expression matches" },
	{ "reverse", 'r', NULL, "the newest first" },
	{ "directory", 'D', "DIR", "read this log directory; svinit need not run" },
	{ 0 },
};

struct request {
	char **patterns;
	struct log_filter filter;
	regex_t pattern;
	log_printer *print;
	size_t lines; /* SIZE_MAX: all */
	bool follow, reverse;
};

static int parse_priority(const char *text, uint8_t *priority)
{
	static const char *const names[] = { "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" };

	for (uint8_t i = 0; i < 8; i++) {
		if (strcmp(names[i], text) == 0 || (text[0] == '0' + i && text[1] == '\0')) {
			*priority = i;
			return 0;
		}
	}
	return complain("--priority=%s: must be 0 to 7, or one of emerg alert crit err warning notice info debug",
			text);
}

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
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (strcmp(text, "all") == 0)
		*lines = SIZE_MAX;
	else if (errno || *end || end == text || text[0] == '-' || value > UINT32_MAX)
		return complain("--lines=%s: must be a number, or all", text);
	else
		*lines = (size_t)value;
	return 0;
}

static int parse_pattern(const char *text, struct request *request)
{
	char words[256];
	int result = regcomp(&request->pattern, text, REG_EXTENDED);

	if (result) {
		regerror(result, &request->pattern, words, sizeof words);
		return complain("--grep=%s: %s", text, words);
	}
	request->filter.pattern = &request->pattern;
	return 0;
}

static int add_pattern(struct request *request, size_t *count, const char *typed)
{
	char name[UNIT_NAME_MAX + 1];
	/* The records of svinit itself have a directory without a suffix. */
	bool as_typed = strcmp(typed, "svinit") == 0 || strpbrk(typed, "*?[");

	if (!as_typed && !unit_name_complete(typed, name))
		return complain("%s is not the name of a unit", typed);
	request->patterns[*count] = strdup(as_typed ? typed : name);
	return request->patterns[(*count)++] ? 0 : complain("out of memory");
}

static int parse_units(const struct context *context, struct request *request)
{
	size_t count = 0, index = 0;
	const char *unit;

	request->patterns = calloc(context->argument_count + context->given_count + 1, sizeof(char *));
	if (!request->patterns)
		return complain("out of memory");
	for (size_t i = 0; i < context->argument_count; i++) {
		if (add_pattern(request, &count, context->arguments[i]))
			return STATUS_FAILURE;
	}
	while ((unit = option_next(context, "unit", &index))) {
		if (add_pattern(request, &count, unit))
			return STATUS_FAILURE;
	}
	return 0;
}

static int parse_format(const struct context *context, struct request *request)
{
	const char *output = option_value(context, "output");

	if (!output)
		output = context->json ? "json" : "short";
	request->print = log_printer_find(output);
	if (request->print)
		return 0;
	(void)complain("--output=%s: must be short, short-iso, cat, json or verbose", output);
	return STATUS_FAILURE;
}

static int parse(const struct context *context, struct request *request)
{
	const char *lines = option_value(context, "lines"), *priority = option_value(context, "priority");
	const char *pattern = option_value(context, "grep");

	request->follow = option_is_given(context, "follow");
	request->reverse = option_is_given(context, "reverse");
	request->lines = request->follow && !option_is_given(context, "since") ? LINES_DEFAULT : SIZE_MAX;
	if (request->follow && request->reverse) {
		complain("--follow and --reverse exclude each other");
		return STATUS_FAILURE;
	}
	request->filter.priority_given = priority != NULL;
	if (parse_units(context, request) || (lines && parse_lines(lines, &request->lines)) ||
	    (priority && parse_priority(priority, &request->filter.priority)) ||
	    parse_time(context, "since", &request->filter.since) ||
	    parse_time(context, "until", &request->filter.until) || (pattern && parse_pattern(pattern, request)) ||
	    parse_format(context, request))
		return STATUS_FAILURE;
	return 0;
}

/* Where svinit, if it runs, writes them. */
static bool ask_svinit(struct context *context, char directory[PATH_MAX])
{
	struct call_error error;
	json_t *parameters = json_pack("{s:[s], s:[s]}", "units", "*", "properties", "LogDirectory");
	json_t *reply = call(context, "Show", parameters, &error);
	const json_t *unit = json_array_get(property_list(reply, "units"), 0);
	const char *text = property_text(unit, "LogDirectory");

	if (text)
		snprintf(directory, PATH_MAX, "%s", text);
	json_decref(reply);
	return text != NULL;
}

static const char *log_directory(struct context *context, char directory[PATH_MAX])
{
	const char *given = option_value(context, "directory");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (given)
		return given;
	if (ask_svinit(context, directory))
		return directory;
	if (geteuid() == 0)
		return "/var/log/svinit";
	if (state && *state)
		snprintf(directory, PATH_MAX, "%s/svinit/log", state);
	else
		snprintf(directory, PATH_MAX, "%s/.local/state/svinit/log", home ? home : "");
	return directory;
}

static void print_new(const struct context *context, const struct request *request, struct log_reader *reader)
{
	const struct log_record *record;
	const char *unit;

	while ((record = log_reader_next(reader, &unit)))
		request->print(stdout, &context->terminal, unit, record);
}

/* As text, for the order is known only at the end. */
static int print_reversed(const struct context *context, const struct request *request, struct log_reader *reader)
{
	const struct log_record *record;
	const char *unit;
	char *all = NULL;
	size_t size = 0, count = 0, capacity = 0, *ends = NULL;
	FILE *memory = open_memstream(&all, &size);
	bool failed = !memory;

	while (!failed && (record = log_reader_next(reader, &unit))) {
		request->print(memory, &context->terminal, unit, record);
		fflush(memory);
		if (count == capacity) {
			capacity = capacity ? capacity * 2 : 64;
			size_t *grown = realloc(ends, capacity * sizeof *ends);
			failed = !grown;
			ends = grown ? grown : ends;
		}
		if (!failed)
			ends[count++] = size;
	}
	if (memory)
		failed |= fclose(memory) != 0;
	for (; !failed && count > 0; count--) {
		size_t begin = count > 1 ? ends[count - 2] : 0;
		fwrite(all + begin, 1, ends[count - 1] - begin, stdout);
	}
	free(ends);
	free(all);
	return failed ? complain("out of memory") : STATUS_OK;
}

static int follow(const struct context *context, const struct request *request, struct log_reader *reader)
{
	for (;;) {
		print_new(context, request, reader);
		if (fflush(stdout) != 0)
			return STATUS_FAILURE;
		if (log_reader_wait(reader, -1) < 0)
			return STATUS_OK;
	}
}

static int show(const struct context *context, const struct request *request, struct log_reader *reader)
{
	struct cause cause;
	int result = 0;

	if (request->follow && log_reader_follow(reader, &cause) < 0)
		return complain("%s", cause.text);
	if (!request->follow && request->patterns[0] && reader->count == 0)
		(void)complain("nothing is logged of %s in %s", request->patterns[0], reader->directory_path);
	if (request->lines == SIZE_MAX)
		log_reader_seek_since(reader);
	else
		result = log_reader_seek_last(reader, request->lines);
	if (result < 0)
		return complain("cannot read the log files: %s", strerror(-result));
	if (request->reverse)
		return print_reversed(context, request, reader);
	if (request->follow)
		return follow(context, request, reader);
	print_new(context, request, reader);
	return STATUS_OK;
}

static int run(struct context *context)
{
	struct request request = { 0 };
	struct log_reader reader;
	struct cause cause;
	char directory[PATH_MAX];
	int status = parse(context, &request);

	if (status == 0) {
		if (log_reader_open(&reader, log_directory(context, directory), request.patterns, &request.filter,
				    &cause) < 0)
			status = complain("%s; --directory names another one", cause.text);
		else
			status = show(context, &request, &reader);
		log_reader_finish(&reader);
	}
	for (char **pattern = request.patterns; pattern && *pattern; pattern++)
		free(*pattern);
	free(request.patterns);
	if (request.filter.pattern)
		regfree(&request.pattern);
	return status;
}

const struct verb verb_logs = {
	.name = "logs",
	.synopsis = "[UNIT...]",
	.summary = "show what units printed, merged by time",
	.help = "UNIT may be a pattern. `svinit` are svinit's own records.",
	.options = options,
	.arguments_min = 0,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
