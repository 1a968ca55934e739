#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/forest.h"
#include "ctl/property.h"
#include "ctl/property_words.h"
#include "ctl/unit_words.h"
#include "ctl/verbs.h"

static void print_text(const char *text)
{
	print_harmless(stdout, text, strlen(text), false);
}

static void print_state(const struct context *context, const json_t *why)
{
	const struct terminal *terminal = &context->terminal;
	enum style style = unit_style(why);
	json_int_t since = property_number_or(why, "StateChangeTimestamp", 0);
	char ago[WORDS_MAX];
	print_text(property_text_or(why, "Id", context->arguments[0]));
	printf(" is %s", style_begin(terminal, style));
	print_text(property_text_or(why, "ActiveState", "-"));
	fputs(" (", stdout);
	print_text(property_text_or(why, "SubState", "-"));
	printf(")%s", style_end(terminal, style));
	if (since > 0)
		printf(", %s", words_ago(ago, (usec)since, realtime_now()));
	putchar('\n');
}

/* A member that is told in a line of its own, when there is something to tell. */
static void print_line(const json_t *why, const char *name, const char *before)
{
	const json_t *value = json_object_get(why, name);
	if (!value || json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_string(value) && json_string_length(value) == 0))
		return;
	printf("  %s", before);
	property_print(stdout, name, value);
	putchar('\n');
}

static void print_waits(const json_t *why)
{
	const json_t *wait, *waits = property_list(why, "waits");
	size_t i;
	json_array_foreach(waits, i, wait) {
		fputs("  waits for ", stdout);
		print_text(property_text_or(wait, "unit", "-"));
		if (property_text(wait, "ActiveState")) {
			fputs(", which is ", stdout);
			print_text(property_text(wait, "ActiveState"));
		}
		putchar('\n');
	}
}

static void print_deadline(const json_t *why)
{
	json_int_t deadline = property_number_or(why, "until", 0);
	char words[WORDS_MAX];
	if (deadline <= 0)
		return;
	fputs("  until ", stdout);
	fputs(words_ago(words, (usec)deadline, realtime_now()), stdout);
	fputs(": ", stdout);
	print_text(property_text_or(why, "deadline", "a time-out"));
	putchar('\n');
}

static void print_command(const json_t *command)
{
	if (!json_is_object(command))
		return;
	fputs("  runs ", stdout);
	print_text(property_text_or(command, "phase", "a command"));
	printf(" as process %" JSON_INTEGER_FORMAT "\n", property_number_or(command, "pid", 0));
}

/* Of a unit that is down and neither failed nor on its way: how its main process ended. */
static void print_last_run(struct context *context, const json_t *why)
{
	struct call_error error;
	char words[WORDS_MAX];
	if (strcmp(property_text_or(why, "ActiveState", ""), "inactive") != 0 || property_text(why, "failure"))
		return;
	json_t *reply = call(context, "Show",
			     json_pack("{s:[s], s:[sss]}", "units", property_text_or(why, "Id", ""), "properties",
				       "Result", "ExecMainCode", "ExecMainStatus"),
			     &error);
	const json_t *unit = json_array_get(property_list(reply, "units"), 0);
	int code = (int)property_number_or(unit, "ExecMainCode", 0);
	if (code)
		printf("  last run: %s\n", words_end(words, property_text(unit, "Result"), code,
						     (int)property_number_or(unit, "ExecMainStatus", 0)));
	json_decref(reply);
}

static void print_why(struct context *context, const json_t *why)
{
	const json_t *processes = property_list(why, "processes"), *job = json_object_get(why, "job");
	print_state(context, why);
	if (json_is_object(job)) {
		printf("  job %" JSON_INTEGER_FORMAT ": ", property_number_or(job, "Id", 0));
		print_text(property_text_or(job, "Type", "-"));
		fputs(", ", stdout);
		print_text(property_text_or(job, "State", "-"));
		putchar('\n');
	}
	print_waits(why);
	print_deadline(why);
	print_command(json_object_get(why, "control"));
	print_line(why, "text", "");
	print_line(why, "blockedBy", "not started because of ");
	print_line(why, "failure", "last failure: ");
	print_line(why, "statusText", "it says: ");
	print_last_run(context, why);
	if (json_array_size(processes) > 0) {
		puts("  processes:");
		forest_print_processes(&context->terminal, stdout, processes, "    ");
	}
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "Why", json_pack("{s:s}", "unit", context->arguments[0]), &status);
	if (reply && context->json)
		status = print_document(context, reply);
	else if (reply)
		print_why(context, json_object_get(reply, "why"));
	json_decref(reply);
	return status;
}

const struct verb verb_why = {
	.name = "why",
	.synopsis = "UNIT",
	.summary = "show what a unit waits for, since when, until when, and which processes are left",
	.arguments_min = 1,
	.arguments_max = 1,
	.run = run,
};
