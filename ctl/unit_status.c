#include "ctl/unit_status.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/forest.h"
#include "ctl/log_tail.h"
#include "ctl/property.h"
#include "ctl/property_words.h"
#include "ctl/unit_words.h"

enum { LABEL_WIDTH = 11 };

static void label(const char *name)
{
	printf("%*s: ", LABEL_WIDTH, name);
}

static void print_text(const char *text)
{
	print_harmless(stdout, text, strlen(text), false);
}

static void print_row(const char *name, const char *text)
{
	label(name);
	print_text(text);
	putchar('\n');
}

static void print_title(const struct context *context, const json_t *unit)
{
	const struct terminal *terminal = &context->terminal;
	enum style style = unit_style(unit);
	const char *id = property_text_or(unit, "Id", "-"), *description = property_text(unit, "Description");
	printf("%s%s%s ", style_begin(terminal, style), unit_symbol(terminal, unit), style_end(terminal, style));
	print_text(id);
	if (description && strcmp(description, id) != 0) {
		fputs(" - ", stdout);
		print_text(description);
	}
	putchar('\n');
}

static void print_loaded(const struct context *context, const json_t *unit)
{
	const char *load = property_text_or(unit, "LoadState", "-"), *path = property_text(unit, "FragmentPath");
	const char *error = property_text(unit, "LoadError"), *enabled = property_text(unit, "UnitFileState");
	const char *preset = property_text(unit, "UnitFilePreset");
	enum style style = strcmp(load, "loaded") == 0 ? STYLE_PLAIN : STYLE_BAD;
	label("Loaded");
	printf("%s%s%s", style_begin(&context->terminal, style), load, style_end(&context->terminal, style));
	if (path || enabled || error) {
		fputs(" (", stdout);
		print_text(error ? error : path ? path : "built in");
		if (enabled)
			printf("; %s", enabled);
		if (enabled && preset)
			printf("; preset: %s", preset);
		putchar(')');
	}
	putchar('\n');
}

static void print_list(const char *name, const json_t *list)
{
	const json_t *item;
	size_t i;
	json_array_foreach(list, i, item) {
		if (i == 0)
			label(name);
		else
			printf("%*s", LABEL_WIDTH + 2, "");
		print_harmless(stdout, json_string_value(item), json_string_length(item), false);
		putchar('\n');
	}
}

/* The time at which the unit came into the state it is in, as systemctl chooses it. */
static json_int_t state_entered(const json_t *unit)
{
	static const struct {
		const char *state, *property;
	} table[] = {
		{ "active", "ActiveEnterTimestamp" },      { "reloading", "ActiveEnterTimestamp" },
		{ "inactive", "InactiveEnterTimestamp" },  { "failed", "InactiveEnterTimestamp" },
		{ "activating", "InactiveExitTimestamp" },
	};
	const char *state = property_text_or(unit, "ActiveState", "");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].state, state) == 0)
			return property_number_or(unit, table[i].property, 0);
	return property_number_or(unit, "ActiveExitTimestamp", 0);
}

static void print_active(const struct context *context, const json_t *unit)
{
	const char *active = property_text_or(unit, "ActiveState", "-"), *sub = property_text(unit, "SubState");
	const char *result = property_text_or(unit, "Result", "success");
	json_int_t since = state_entered(unit);
	enum style style = unit_style(unit);
	char when[WORDS_MAX], ago[WORDS_MAX];
	label("Active");
	fputs(style_begin(&context->terminal, style), stdout);
	print_text(active);
	if (sub && strcmp(sub, active) != 0)
		printf(" (%s)", sub);
	fputs(style_end(&context->terminal, style), stdout);
	if (strcmp(result, "success") != 0)
		printf(" (Result: %s)", result);
	if (since > 0)
		printf(" since %s; %s", words_timestamp(when, (usec)since),
		       words_ago(ago, (usec)since, realtime_now()));
	putchar('\n');
}

/* Why it was passed over at its last start, as systemctl says it. */
static void print_condition(const json_t *unit)
{
	const char *reason = property_text(unit, "FailureText");
	json_int_t at = property_number_or(unit, "ConditionTimestamp", 0);
	char when[WORDS_MAX], ago[WORDS_MAX];
	bool skipped = json_is_false(json_object_get(unit, "ConditionResult"));

	if (at <= 0 || (!skipped && !json_is_false(json_object_get(unit, "AssertResult"))))
		return;
	label(skipped ? "Condition" : "Assert");
	printf("start %s at %s; %s\n", skipped ? "condition unmet" : "assertion failed",
	       words_timestamp(when, (usec)at), words_ago(ago, (usec)at, realtime_now()));
	if (reason) {
		printf("%*s", LABEL_WIDTH + 2, "");
		print_text(reason);
		putchar('\n');
	}
}

/* What the process was started as, by svinit's own look: it may live in another PID namespace than we. */
static const char *process_name(const json_t *processes, json_int_t pid, char name[64])
{
	const char *command = NULL;
	const json_t *process;
	size_t i;

	json_array_foreach(processes, i, process)
		if (property_number_or(process, "PID", 0) == pid)
			command = property_text(process, "Command");
	if (!command)
		return "-";
	size_t length = strcspn(command, " :"); /* "nginx: master process …" */
	while (length > 0 && memchr(command, '/', length)) {
		const char *slash = (const char *)memchr(command, '/', length);
		length -= (size_t)(slash + 1 - command);
		command = slash + 1;
	}
	snprintf(name, 64, "%.*s", (int)length, command);
	return name;
}

static void print_main_process(const json_t *unit, const json_t *processes)
{
	json_int_t pid = property_number_or(unit, "MainPID", 0), control = property_number_or(unit, "ControlPID", 0);
	json_int_t last = property_number_or(unit, "ExecMainPID", 0);
	int code = (int)property_number_or(unit, "ExecMainCode", 0);
	char name[64], words[WORDS_MAX];
	if (pid > 0) {
		label("Main PID");
		printf("%" JSON_INTEGER_FORMAT " (", pid);
		print_text(process_name(processes, pid, name));
		puts(")");
	} else if (last > 0 && code) {
		label("Main PID");
		printf("%" JSON_INTEGER_FORMAT " (%s)\n", last,
		       words_exit(words, code, (int)property_number_or(unit, "ExecMainStatus", 0)));
	}
	if (control > 0) {
		label("Cntrl PID");
		printf("%" JSON_INTEGER_FORMAT " (", control);
		print_text(process_name(processes, control, name));
		puts(")");
	}
}

static bool is_end_of_process(const char *result)
{
	return strcmp(result, "success") == 0 || strcmp(result, "exit-code") == 0 || strcmp(result, "signal") == 0 ||
	       strcmp(result, "core-dump") == 0;
}

/* How the last run ended, in words: by whom, and whether that was to be expected. */
static void print_result(const json_t *unit)
{
	const char *result = property_text_or(unit, "Result", "success"), *failure = property_text(unit, "FailureText");
	int code = (int)property_number_or(unit, "ExecMainCode", 0);
	bool success = strcmp(result, "success") == 0, ran = property_number_or(unit, "ExecMainPID", 0) > 0;
	bool told = code && is_end_of_process(result) && (ran || !failure);
	char words[WORDS_MAX];
	if (property_number_or(unit, "MainPID", 0) > 0 && success)
		return;
	if (told)
		print_row("Ended", words_end(words, result, code, (int)property_number_or(unit, "ExecMainStatus", 0)));
	else if (!success && !failure)
		print_row("Ended", words_end(words, result, 0, 0));
	/* That the main process ended so is said already; a step that failed is not. */
	if (failure && !success && !(told && strncmp(failure, "main process ", strlen("main process ")) == 0))
		print_row("Failure", failure);
}

static void print_status_text(const json_t *unit)
{
	const char *text = property_text(unit, "StatusText");
	json_int_t number = property_number_or(unit, "StatusErrno", 0);
	if (text) {
		label("Status");
		putchar('"');
		print_text(text);
		puts("\"");
	}
	if (number > 0)
		print_row("Error", strerror((int)number));
}

static void print_restarts(const json_t *unit)
{
	json_int_t restarts = property_number_or(unit, "NRestarts", 0);
	if (restarts <= 0)
		return;
	label("Restarts");
	printf("%" JSON_INTEGER_FORMAT "\n", restarts);
}

/* On its way from one state to another: when that will be cut short, or, between restarts, when the next one is. */
static void print_deadline(const json_t *unit, const json_t *why)
{
	const char *state = property_text_or(unit, "ActiveState", "");
	json_int_t until = property_number_or(why, "until", 0);
	char words[WORDS_MAX];
	if (until <= 0 || strcmp(state, "active") == 0)
		return;
	label("Until");
	printf("%s: ", words_ago(words, (usec)until, realtime_now()));
	print_text(property_text_or(why, "deadline", "-"));
	putchar('\n');
}

static void print_waits(const json_t *why)
{
	const json_t *wait, *waits = property_list(why, "waits");
	size_t i;
	json_array_foreach(waits, i, wait) {
		if (i == 0)
			label("Waits for");
		else
			putchar(' ');
		print_text(property_text_or(wait, "unit", "-"));
	}
	if (json_array_size(waits) > 0)
		putchar('\n');
}

static void print_property_row(const json_t *unit, const char *property, const char *name, const char *before)
{
	const json_t *value = json_object_get(unit, property);
	if (!value || json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_string(value) && json_string_length(value) == 0))
		return;
	label(name);
	fputs(before, stdout);
	property_print(stdout, property, value);
	putchar('\n');
}

static void print_job(const json_t *unit)
{
	const json_t *job = json_object_get(unit, "JobDetails");
	if (!json_is_object(job))
		return;
	label("Job");
	printf("%" JSON_INTEGER_FORMAT " ", property_number_or(job, "Id", 0));
	print_text(property_text_or(job, "Type", "-"));
	fputs(" (", stdout);
	print_text(property_text_or(job, "State", "-"));
	puts(")");
}

static void print_notes(const struct context *context, const json_t *unit)
{
	const char *warning = style_begin(&context->terminal, STYLE_WARNING);
	const char *end = style_end(&context->terminal, STYLE_WARNING);
	print_property_row(unit, "BlockedBy", "Blocked", "not started because of ");
	print_property_row(unit, "NotEnforced", "No effect", "set, but not enforced here: ");
	if (property_flag(unit, "NeedDaemonReload"))
		printf("%*s: %sits files changed on disk: svctl diff shows how, svctl daemon-reload reads them%s\n",
		       LABEL_WIDTH, "Note", warning, end);
	if (property_flag(unit, "NeedRestart"))
		printf("%*s: %sit was reloaded and runs as it was before: restart to apply%s\n", LABEL_WIDTH, "Note",
		       warning, end);
}

/* "12M (peak: 20M; max: 64M)" */
static void print_memory(const json_t *unit, json_int_t memory)
{
	json_int_t peak = property_number_or(unit, "MemoryPeak", -1), most = property_number_or(unit, "MemoryMax", -1);
	char words[WORDS_MAX];
	label("Memory");
	fputs(words_bytes(words, (uint64_t)memory), stdout);
	if (peak >= 0 || most >= 0)
		fputs(" (", stdout);
	if (peak >= 0)
		printf("peak: %s", words_bytes(words, (uint64_t)peak));
	if (most >= 0)
		printf("%smax: %s", peak >= 0 ? "; " : "", words_bytes(words, (uint64_t)most));
	puts(peak >= 0 || most >= 0 ? ")" : "");
}

static void print_resources(const json_t *unit, const json_t *processes)
{
	json_int_t tasks = property_number_or(unit, "TasksCurrent", -1);
	json_int_t memory = property_number_or(unit, "MemoryCurrent", -1);
	json_int_t cpu = property_number_or(unit, "CPUUsageNSec", 0);
	json_int_t read = property_number_or(unit, "IOReadBytes", 0);
	json_int_t written = property_number_or(unit, "IOWriteBytes", 0);
	char words[WORDS_MAX];
	if (tasks < 0 && json_array_size(processes) > 0)
		tasks = (json_int_t)json_array_size(processes);
	if (tasks > 0) {
		label("Tasks");
		printf("%" JSON_INTEGER_FORMAT "\n", tasks);
	}
	if (memory >= 0)
		print_memory(unit, memory);
	if (cpu > 0)
		print_row("CPU", words_span(words, (uint64_t)cpu / 1000));
	if (read + written > 0) {
		label("IO");
		printf("%s read, ", words_bytes(words, (uint64_t)read));
		printf("%s written\n", words_bytes(words, (uint64_t)written));
	}
}

static void print_processes(const struct context *context, const json_t *unit, const json_t *processes)
{
	const char *group = property_text(unit, "ControlGroup");
	if (json_array_size(processes) == 0)
		return;
	print_row(group ? "CGroup" : "Processes", group ? group : "");
	forest_print_processes(&context->terminal, stdout, processes, "             ");
}

void unit_status_print(const struct context *context, const json_t *unit, const json_t *why, size_t lines)
{
	const json_t *processes = property_list(why, "processes");
	print_title(context, unit);
	print_loaded(context, unit);
	print_list("Drop-In", property_list(unit, "DropInPaths"));
	print_active(context, unit);
	print_condition(unit);
	print_list("Docs", property_list(unit, "Documentation"));
	print_job(unit);
	print_waits(why);
	print_main_process(unit, processes);
	print_result(unit);
	print_status_text(unit);
	print_restarts(unit);
	print_deadline(unit, why);
	print_notes(context, unit);
	print_resources(unit, processes);
	print_processes(context, unit, processes);
	log_tail_print(stdout, &(struct log_tail){ .directory = property_text(unit, "LogDirectory"),
						   .unit = property_text_or(unit, "Id", ""),
						   .count = lines,
						   .before = "\n" });
}

json_t *unit_status_properties(void)
{
	static const char *const names[] = {
		"Id",
		"Description",
		"Documentation",
		"LoadState",
		"LoadError",
		"FragmentPath",
		"DropInPaths",
		"UnitFileState",
		"UnitFilePreset",
		"ActiveState",
		"SubState",
		"Result",
		"ActiveEnterTimestamp",
		"ActiveExitTimestamp",
		"InactiveEnterTimestamp",
		"InactiveExitTimestamp",
		"ConditionResult",
		"AssertResult",
		"ConditionTimestamp",
		"JobDetails",
		"MainPID",
		"ControlPID",
		"ExecMainPID",
		"ExecMainCode",
		"ExecMainStatus",
		"FailureText",
		"StatusText",
		"StatusErrno",
		"NRestarts",
		"BlockedBy",
		"NotEnforced",
		"NeedDaemonReload",
		"NeedRestart",
		"TasksCurrent",
		"MemoryCurrent",
		"MemoryPeak",
		"MemoryMax",
		"CPUUsageNSec",
		"IOReadBytes",
		"IOWriteBytes",
		"ControlGroup",
		"LogDirectory",
	};
	json_t *properties = json_array();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_array_append_new(properties, json_string(names[i]));
	return properties;
}

int unit_status_code(const json_t *unit)
{
	const char *state = property_text_or(unit, "ActiveState", "inactive");
	if (strcmp(property_text_or(unit, "LoadState", "loaded"), "not-found") == 0)
		return STATUS_UNKNOWN;
	return strcmp(state, "active") == 0 || strcmp(state, "reloading") == 0 ? STATUS_OK : STATUS_NOT_ACTIVE;
}
