#include <errno.h>
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static bool print_file(const struct context *context, const char *path)
{
	char line[8192];
	FILE *file = fopen(path, "re");
	printf("%s# ", style_begin(&context->terminal, STYLE_DIM));
	print_harmless(stdout, path, strlen(path), false);
	printf("%s\n", style_end(&context->terminal, STYLE_DIM));
	if (!file) {
		complain("cannot read %s: %s", path, strerror(errno));
		return false;
	}
	size_t length;
	while ((length = fread(line, 1, sizeof(line), file)) > 0)
		print_harmless(stdout, line, length, true);
	fclose(file);
	return true;
}

static bool print_unit(const struct context *context, const json_t *unit)
{
	const char *fragment = property_text(unit, "FragmentPath");
	const json_t *path;
	bool good = true;
	size_t i;
	if (fragment)
		good = print_file(context, fragment);
	else
		printf("# %s has no unit file: it is built in\n", property_text_or(unit, "Id", "-"));
	json_array_foreach(property_list(unit, "DropInPaths"), i, path) {
		putchar('\n');
		good &= json_is_string(path) && print_file(context, json_string_value(path));
	}
	return good;
}

static int print_reply(struct context *context, const json_t *reply)
{
	int status = STATUS_OK;
	const json_t *unit;
	size_t i, printed = 0;
	json_array_foreach(json_object_get(reply, "units"), i, unit) {
		if (strcmp(property_text_or(unit, "LoadState", "loaded"), "not-found") == 0) {
			status = complain("unit %s not found", property_text_or(unit, "Id", "-"));
			continue;
		}
		if (printed++ > 0)
			putchar('\n');
		if (!print_unit(context, unit))
			status = STATUS_FAILURE;
	}
	note_unmatched(context, json_object_get(reply, "units"), "Id");
	return complain_missing(context, json_object_get(reply, "missing")) > 0 ? STATUS_FAILURE : status;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *names = string_array(context->arguments, context->argument_count);
	json_t *parameters = json_pack("{s:o, s:[ssss]}", "units", names, "properties", "Id", "LoadState",
				       "FragmentPath", "DropInPaths");
	json_t *reply = call_or_complain(context, "Show", parameters, &status);
	if (reply)
		status = context->json ? print_document(context, reply) : print_reply(context, reply);
	json_decref(reply);
	return status;
}

const struct verb verb_cat = {
	.name = "cat",
	.synopsis = "UNIT...",
	.summary = "print the unit file and drop-ins that units were loaded from",
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
