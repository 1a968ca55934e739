#include <string.h>
#include <time.h>

#include "ctl/connection.h"
#include "ctl/property.h"
#include "ctl/property_words.h"
#include "ctl/unit_words.h"
#include "ctl/verbs.h"

static void print_time(const struct context *context)
{
	char text[32] = "";
	struct tm broken;
	time_t now = time(NULL);
	if (localtime_r(&now, &broken))
		strftime(text, sizeof(text), "%H:%M:%S", &broken);
	printf("%s%s%s ", style_begin(&context->terminal, STYLE_DIM), text, style_end(&context->terminal, STYLE_DIM));
}

static void print_member(const json_t *object, const char *name, const char *before)
{
	const json_t *value = json_object_get(object, name);
	if (!value || json_is_null(value) || (json_is_string(value) && !property_text(object, name)))
		return;
	fputs(before, stdout);
	property_print(stdout, name, value);
}

static void print_state(const struct context *context, const json_t *state)
{
	enum style style = unit_style(state);
	fputs(style_begin(&context->terminal, style), stdout);
	print_member(state, "ActiveState", " ");
	print_member(state, "SubState", "/");
	fputs(style_end(&context->terminal, style), stdout);
	if (property_number_or(state, "MainPID", 0) > 0)
		print_member(state, "MainPID", " pid ");
	if (strcmp(property_text_or(state, "Result", "success"), "success") != 0)
		print_member(state, "Result", " result ");
	print_member(state, "StatusText", " — ");
}

static void print_event(const struct context *context, json_t *event)
{
	const json_t *state = json_object_get(event, "state"), *job = json_object_get(event, "job");
	print_time(context);
	print_member(event, "event", "");
	print_member(event, "unit", " ");
	if (json_is_object(state))
		print_state(context, state);
	if (json_is_object(job)) {
		print_member(job, "Id", " job ");
		print_member(job, "Type", " ");
		print_member(job, "State", " ");
		print_member(job, "Result", " ");
	}
	putchar('\n');
}

/* A JSON document a line, for there is no end to wait for. */
static void print_line(json_t *event)
{
	json_object_set_new(event, "version", json_integer(1));
	json_dumpf(event, stdout, JSON_COMPACT);
	putchar('\n');
}

static int run(struct context *context)
{
	struct call_error error;
	bool continues = true;
	if (!call_begin(context, "Subscribe", json_object(), &error))
		return complain("%s", error.text);
	while (continues) {
		json_t *event = call_next(context, &continues, &error);
		if (!event)
			return complain("%s", error.text);
		if (context->json)
			print_line(event);
		else
			print_event(context, event);
		json_decref(event);
		if (fflush(stdout) != 0)
			return STATUS_FAILURE;
	}
	return STATUS_OK;
}

const struct verb verb_monitor = {
	.name = "monitor",
	.synopsis = "",
	.summary = "print changes of units and jobs as they happen",
	.run = run,
};
