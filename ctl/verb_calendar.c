#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/calendar.h"
#include "common/parse.h"
#include "ctl/document.h"
#include "ctl/log_time.h"
#include "ctl/verbs.h"
#include "ctl/words.h"

enum { ITERATIONS_MAX = 100000 };

struct question {
	usec base, now;
	uint64_t iterations;
};

static usec real_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (usec)time.tv_sec * USEC_PER_SEC + (usec)time.tv_nsec / 1000;
}

static void print_utc(usec when)
{
	time_t seconds = (time_t)(when / USEC_PER_SEC);
	char text[WORDS_MAX];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%a %Y-%m-%d %H:%M:%S UTC", &tm) > 0)
		printf("       (in UTC): %s\n", text);
}

static void print_elapse(const struct question *question, uint64_t index, usec when)
{
	char text[WORDS_MAX];

	if (index == 0)
		printf("    Next elapse: %s\n", words_timestamp(text, when));
	else
		printf("  Elapse no. %2" PRIu64 ": %s\n", index + 1, words_timestamp(text, when));
	print_utc(when);
	printf("       From now: %s\n", words_ago(text, when, question->now));
}

static void print_answer(const struct question *question, const struct calendar *calendar, const char *normal)
{
	usec when = question->base;

	printf("Normalized form: %s\n", normal);
	for (uint64_t i = 0; i < question->iterations; i++) {
		if (calendar_next(calendar, when, &when) < 0) {
			printf(i == 0 ? "    Next elapse: never\n" : "                 no more\n");
			return;
		}
		print_elapse(question, i, when);
	}
}

static json_t *answer_document(const struct question *question, const struct calendar *calendar, const char *expression,
			       const char *normal)
{
	json_t *elapses = json_array();
	usec when = question->base;

	for (uint64_t i = 0; i < question->iterations && calendar_next(calendar, when, &when) == 0; i++)
		json_array_append_new(elapses, json_integer((json_int_t)when));
	return json_pack("{s:s, s:s, s:o}", "Expression", expression, "NormalizedForm", normal, "NextElapsesUSec",
			 elapses);
}

/* One expression; `answers` is the JSON document's list, or NULL to print. */
static int answer(const struct question *question, const char *expression, json_t *answers)
{
	struct calendar *calendar;
	struct cause cause = { 0 };
	char *normal;

	if (calendar_parse(expression, &calendar, &cause) < 0)
		return complain("%s", cause.text);
	normal = calendar_format(calendar);
	if (normal && answers)
		json_array_append_new(answers, answer_document(question, calendar, expression, normal));
	else if (normal)
		print_answer(question, calendar, normal);
	calendar_free(calendar);
	if (!normal)
		return complain("out of memory");
	free(normal);
	return STATUS_OK;
}

static bool read_question(const struct context *context, struct question *question)
{
	const char *base = option_value(context, "base-time"), *iterations = option_value(context, "iterations");

	*question = (struct question){ .now = real_time(), .iterations = 1 };
	question->base = question->now;
	if (base && log_time_parse(base, question->now, &question->base) < 0)
		complain("--base-time=%s is no time; try \"2030-01-31 12:00:00\"", base);
	else if (iterations &&
		 (parse_unsigned(iterations, ITERATIONS_MAX, &question->iterations) < 0 || question->iterations == 0))
		complain("--iterations=%s is no number from 1 to %d", iterations, ITERATIONS_MAX);
	else
		return true;
	return false;
}

static int run(struct context *context)
{
	json_t *answers = context->json ? json_array() : NULL;
	struct question question;
	int status = STATUS_OK;

	if (!read_question(context, &question))
		return STATUS_FAILURE;
	for (size_t i = 0; i < context->argument_count; i++) {
		if (i > 0 && !context->json)
			putchar('\n');
		if (answer(&question, context->arguments[i], answers) != STATUS_OK)
			status = STATUS_FAILURE;
	}
	if (answers) {
		json_t *document = json_pack("{s:i, s:o}", "version", 1, "calendars", answers);

		print_document(context, document);
		json_decref(document);
	}
	return status;
}

static const struct option_row options[] = {
	{ "iterations", 0, "N", "show the next N elapses" },
	{ "base-time", 0, "TIME", "those behind TIME, not behind now" },
	{ 0 },
};

const struct verb verb_calendar = {
	.name = "calendar",
	.synopsis = "EXPRESSION...",
	.summary = "when a timer's OnCalendar= expression elapses next",
	.help = "Prints the expression of systemd.time(7) in its normal form and when it elapses. svinit need not run.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
