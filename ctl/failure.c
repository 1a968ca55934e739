#include "ctl/failure.h"

#include <string.h>

#include "ctl/connection.h"
#include "ctl/log_tail.h"
#include "ctl/property.h"
#include "ctl/words.h"

enum { FAILURE_LOG_LINES = 5 };

static const struct {
	const char *result, *words;
} failures[] = {
	{ "failed", NULL },
	{ "canceled", "the job was canceled" },
	{ "timeout", "the job ran into its time-out" },
	{ "dependency", "a unit it depends on did not start" },
	{ "invalid", "not applicable in the state the unit is in" },
	{ "assert", "an Assert…= of the unit does not hold" },
	{ "unsupported", "units of this type are not supported here" },
	{ "once", "the unit was started once already and cannot be started again" },
	{ "collected", "the unit was forgotten before the job ran" },
	{ "refused", "refused" },
};

enum { FAILURE_COUNT = sizeof(failures) / sizeof(*failures) };

static size_t failure_index(const char *result)
{
	size_t i = 0;
	while (i < FAILURE_COUNT && strcmp(failures[i].result, result) != 0)
		i++;
	return i;
}

bool job_result_is_failure(const char *result)
{
	return failure_index(result) < FAILURE_COUNT;
}

static json_t *show_one(struct context *context, const char *name)
{
	struct call_error error;
	json_t *reply = call(context, "Show", json_pack("{s:[s]}", "units", name), &error);
	json_t *unit = json_incref(json_array_get(json_object_get(reply, "units"), 0));
	json_decref(reply);
	return unit;
}

/* In the order of how much they tell: the server's words about the job, about the unit, how the process ended. */
static void print_reason(const char *verb, const char *name, const json_t *answer, const json_t *unit)
{
	char end[WORDS_MAX];
	const char *result = property_text_or(answer, "result", "failed");
	const char *text = property_text(answer, "text");
	size_t index = failure_index(result);
	if (!text)
		text = property_text(unit, "FailureText");
	if (!text && index < FAILURE_COUNT)
		text = failures[index].words;
	if (!text) {
		int code = (int)property_number_or(unit, "ExecMainCode", 0);
		int status = (int)property_number_or(unit, "ExecMainStatus", 0);
		text = words_end(end, property_text(unit, "Result"), code, status);
	}
	complain("%s of %s failed: %s", verb, name, text);
}

/* Of this start alone: what an earlier one printed would be taken for the reason. */
static size_t print_last_lines(const char *name, const json_t *unit)
{
	return log_tail_print(stderr,
			      &(struct log_tail){ .directory = property_text(unit, "LogDirectory"),
						  .unit = name,
						  .count = FAILURE_LOG_LINES,
						  .since = (usec)property_number_or(unit, "InactiveExitTimestamp", 0),
						  .unit_only = true,
						  .prefix = "  " });
}

static void print_hints(const char *name, bool printed)
{
	size_t length = strlen(name), suffix = strlen(".service");
	if (length > suffix && strcmp(name + length - suffix, ".service") == 0)
		length -= suffix;
	fprintf(stderr, "See: svctl status %.*s", (int)length, name);
	if (printed)
		fprintf(stderr, "    svctl logs -u %.*s", (int)length, name);
	fputc('\n', stderr);
}

void explain_job_failure(struct context *context, const json_t *answer)
{
	const char *name = property_text_or(answer, "unit", "-");
	bool ran = strcmp(property_text_or(answer, "result", "failed"), "failed") == 0;
	json_t *unit = ran ? show_one(context, name) : NULL;
	size_t lines = 0;
	print_reason(context->verb->name, name, answer, unit);
	if (ran && !context->quiet)
		lines = print_last_lines(name, unit);
	if (!context->quiet && json_is_object(json_object_get(answer, "state")))
		print_hints(name, lines > 0);
	json_decref(unit);
}
