#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/connection.h"
#include "ctl/log_reader.h"
#include "ctl/log_span.h"
#include "ctl/log_vacuum.h"
#include "ctl/logs_request.h"
#include "ctl/property.h"
#include "ctl/verbs.h"
#include "ctl/words.h"

static const struct option_row options[] = {
	{ "follow", 'f', NULL, "show new records as they come" },
	{ "lines", 'n', "[NUMBER]", "only the last so many records (10), or all" },
	{ "unit", 'u', "UNIT", "of this unit or pattern; may be repeated" },
	{ "identifier", 't', "NAME", "with this SyslogIdentifier=, or of the unit of this name; may be repeated" },
	{ "since", 'S', "TIME", "from then on: \"2026-11-21 10:30\", today, -1h, \"2h ago\"" },
	{ "until", 'U', "TIME", "up to then" },
	{ "boot", 'b', "[RUN]", "of this run of svinit; -1: of the one before" },
	{ "invocation", 0, "ID", "of this invocation of the units; 0: the last one, -1: the one before" },
	{ "this-invocation", 'I', NULL, "the same as --invocation=0" },
	{ "priority", 'p', "LEVEL", "this level and more important ones: 0 to 7, or emerg to debug; FROM..TO" },
	{ "grep", 'g', "PATTERN", "only where the regular expression (pcre2) matches" },
	{ "case-sensitive", 0, "[BOOLEAN]", "how PATTERN is compared (with regard to case if it has capitals)" },
	{ "dmesg", 'k', NULL, "of the kernel" },
	{ "reverse", 'r', NULL, "the newest first" },
	{ "pager-end", 'e', NULL, "begin at the end, in the pager" },
	{ "output", 'o', "FORMAT",
	  "short, short-precise, short-iso, short-full, short-unix, cat, json, verbose, export, …" },
	{ "output-fields", 0, "FIELDS", "which fields json, verbose and export show" },
	{ "utc", 0, NULL, "times in UTC" },
	{ "directory", 'D', "DIR", "read this log directory; svinit need not run" },
	{ "list-boots", 0, NULL, "the runs of svinit that there are logs of" },
	{ "disk-usage", 0, NULL, "how much the log files take" },
	{ "vacuum-size", 0, "SIZE", "remove the oldest rotated files until all have at most so many bytes" },
	{ "vacuum-time", 0, "SPAN", "remove rotated files that are older" },
	{ "vacuum-files", 0, "NUMBER", "remove the oldest rotated files of each unit until it has so many" },
	{ "rotate", 0, NULL, "begin new files" },
	{ "user-unit", 0, "UNIT", NULL },
	{ "no-tail", 0, NULL, NULL },
	/* journalctl's, without an effect here. */
	{ "catalog", 'x', NULL, NULL },
	{ "all", 'a', NULL, NULL },
	{ "merge", 'm', NULL, NULL },
	{ "no-hostname", 0, NULL, NULL },
	{ "flush", 0, NULL, NULL },
	{ "sync", 0, NULL, NULL },
	{ 0 },
};

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

static void print_new(const struct logs_request *request, struct log_reader *reader)
{
	struct log_entry entry;

	while (log_reader_next(reader, &entry))
		request->print(&request->printing, &entry);
}

static int print_reversed(const struct logs_request *request, struct log_reader *reader)
{
	struct log_entry entry;

	for (size_t left = request->lines; left > 0 && log_reader_previous(reader, &entry); left--) {
		request->print(&request->printing, &entry);
		if (ferror(stdout))
			break;
	}
	return STATUS_OK;
}

static int follow(const struct logs_request *request, struct log_reader *reader)
{
	for (;;) {
		print_new(request, reader);
		if (fflush(stdout) != 0)
			return STATUS_FAILURE;
		if (log_reader_wait(reader, -1) < 0)
			return STATUS_OK;
	}
}

static int go_to_begin(const struct logs_request *request, struct log_reader *reader)
{
	if (request->reverse)
		return log_reader_seek_until(reader);
	if (request->lines != SIZE_MAX)
		return log_reader_seek_last(reader, request->lines);
	return log_reader_seek_since(reader);
}

static int show(const struct logs_request *request, struct log_reader *reader)
{
	struct cause cause;

	if (request->follow && log_reader_follow(reader, &cause) < 0)
		return complain("%s", cause.text);
	if (!request->follow && request->patterns[0] && reader->count == 0)
		(void)complain("nothing is logged of %s in %s", request->patterns[0], reader->directory_path);
	int result = go_to_begin(request, reader);
	if (result < 0)
		return complain("cannot read the log files: %s", strerror(-result));
	if (request->reverse)
		return print_reversed(request, reader);
	if (request->follow)
		return follow(request, reader);
	print_new(request, reader);
	return STATUS_OK;
}

static void narrow(struct log_filter *filter, const struct log_run *span)
{
	if (span->begin > filter->since)
		filter->since = span->begin;
	if (span->end > 0 && (filter->until == 0 || span->end - 1 < filter->until))
		filter->until = span->end - 1;
}

static int narrow_to_run(struct logs_request *request, const char *directory)
{
	struct log_run run;
	struct cause cause;

	if (!request->boot)
		return 0;
	if (log_run_choose(directory, request->boot, &run, &cause) < 0)
		return complain("--boot: %s", cause.text);
	narrow(&request->filter, &run);
	return 0;
}

/* With an ID, of whichever unit has it; with a number the units must be named. */
static int narrow_to_invocation(const struct logs_request *request, struct log_reader *reader)
{
	struct cause cause = { .text = "name the unit with -u" };
	size_t found = 0;

	if (!request->invocation)
		return 0;
	for (size_t i = 0; i < reader->count; i++) {
		struct log_reader_unit *unit = &reader->units[i];

		unit->is_left_out = log_invocation_choose(reader->directory, unit->files.unit, request->invocation,
							  &unit->span, &cause) < 0;
		found += !unit->is_left_out;
	}
	return found ? 0 : complain("--invocation: %s", cause.text);
}

static int read_logs(struct logs_request *request, const char *directory)
{
	struct log_reader reader;
	struct cause cause;
	int status = narrow_to_run(request, directory);

	if (status)
		return status;
	if (log_reader_open(&reader, directory, request->patterns, &request->filter, &cause) < 0)
		status = complain("%s; --directory names another one", cause.text);
	else
		status = narrow_to_invocation(request, &reader);
	if (status == 0)
		status = show(request, &reader);
	log_reader_finish(&reader);
	return status;
}

static int list_runs(const char *directory)
{
	struct log_run *runs = calloc(LOG_RUNS_MAX, sizeof *runs);
	int count = runs ? log_runs_find(directory, runs) : -ENOMEM;
	char begin[WORDS_MAX], end[WORDS_MAX];

	for (int i = 0; i < count; i++)
		printf("%4d  %s  %s\n", i - count + 1, words_timestamp(begin, runs[i].begin),
		       runs[i].end ? words_timestamp(end, runs[i].end) : "-");
	free(runs);
	return count < 0 ? complain("cannot read the logs in %s: %s", directory, strerror(-count)) : STATUS_OK;
}

/* What is done to the files rather than shown of them. -1: nothing of that kind is asked for. */
static int care_for_files(struct context *context, const char *directory)
{
	bool asked = false;
	int status = STATUS_OK;

	if (option_is_given(context, "rotate")) {
		asked = true;
		json_decref(call_or_complain(context, "RotateLogs", json_object(), &status));
	}
	if (status == STATUS_OK && log_vacuum_is_asked(context)) {
		asked = true;
		status = log_vacuum_run(context, directory);
	}
	if (status == STATUS_OK && option_is_given(context, "disk-usage")) {
		asked = true;
		status = log_vacuum_tell_usage(directory);
	}
	if (option_is_given(context, "flush") || option_is_given(context, "sync"))
		asked = true;
	return asked ? status : -1;
}

static int run(struct context *context)
{
	struct logs_request request;
	char buffer[PATH_MAX];
	int status = logs_request_parse(context, &request);

	if (status == 0) {
		const char *directory = log_directory(context, buffer);

		status = care_for_files(context, directory);
		if (status < 0)
			status = option_is_given(context, "list-boots") ? list_runs(directory)
									: read_logs(&request, directory);
	}
	logs_request_finish(&request);
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
	.paged = true,
	.unpaged_option = "follow",
};
