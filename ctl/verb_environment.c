/* show-environment and its like: what all services find in their environment. */
#include <stdlib.h>
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/verbs.h"

/* Within $'…' nothing is special but these. */
static void print_quoted(const char *value)
{
	fputs("$'", stdout);
	for (; *value; value++)
		if (*value == '\n')
			fputs("\\n", stdout);
		else if (*value == '\\' || *value == '\'')
			printf("\\%c", *value);
		else
			print_harmless(stdout, value, 1, false);
	putchar('\'');
}

/* So that sh(1) can read it. */
static void print_assignment(const char *assignment)
{
	const char *value = strchr(assignment, '=');
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	if (!value || !value[1] || strspn(value + 1, plain) == strlen(value + 1)) {
		print_harmless(stdout, assignment, strlen(assignment), false);
	} else {
		print_harmless(stdout, assignment, (size_t)(value + 1 - assignment), false);
		print_quoted(value + 1);
	}
	putchar('\n');
}

static int run_show(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "Environment", json_object(), &status), *each;
	size_t i;
	if (reply && context->json)
		status = print_document(context, reply);
	else
		json_array_foreach(json_object_get(reply, "environment"), i, each)
			if (json_is_string(each))
				print_assignment(json_string_value(each));
	json_decref(reply);
	return status;
}

static int change(struct context *context, const char *how, json_t *words)
{
	int status = STATUS_OK;
	json_decref(call_or_complain(context, "SetEnvironment", json_pack("{s:o}", how, words), &status));
	return status;
}

static int run_set(struct context *context)
{
	const char *how = context->verb == &verb_set_environment ? "set" : "unset";
	return change(context, how, string_array(context->arguments, context->argument_count));
}

static int run_import(struct context *context)
{
	json_t *words = json_array();
	if (context->argument_count == 0) {
		json_decref(words);
		return complain("name the variables to import");
	}
	for (char **name = context->arguments; *name; name++) {
		const char *value = getenv(*name);
		if (!value)
			complain("%s is not set here, and not imported", *name);
		else
			json_array_append_new(words, json_sprintf("%s=%s", *name, value));
	}
	return change(context, "set", words);
}

const struct verb verb_show_environment = {
	.name = "show-environment",
	.synopsis = "",
	.summary = "print what all services find in their environment",
	.run = run_show,
};

const struct verb verb_set_environment = {
	.name = "set-environment",
	.synopsis = "NAME=VALUE...",
	.summary = "set variables for services that start from now on",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run_set,
};

const struct verb verb_unset_environment = {
	.name = "unset-environment",
	.synopsis = "NAME...",
	.summary = "undo set-environment",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run_set,
};

const struct verb verb_import_environment = {
	.name = "import-environment",
	.synopsis = "NAME...",
	.summary = "set variables as they are set here",
	.arguments_max = ARGUMENTS_ANY,
	.run = run_import,
};
