#include <string.h>

#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"
#include "ctl/verification.h"

static void print_finding(const struct context *context, const json_t *finding)
{
	const char *severity = property_text_or(finding, "severity", "error");
	const char *place = property_text(finding, "path"), *text = property_text_or(finding, "text", "-");
	json_int_t line = property_number_or(finding, "line", 0), column = property_number_or(finding, "column", 0);
	enum style style = strcmp(severity, "error") == 0     ? STYLE_BAD
			   : strcmp(severity, "warning") == 0 ? STYLE_WARNING
							      : STYLE_DIM;
	if (!place)
		place = property_text(finding, "unit");
	if (place) {
		print_harmless(stdout, place, strlen(place), false);
		if (line > 0)
			printf(":%" JSON_INTEGER_FORMAT, line);
		if (line > 0 && column > 0)
			printf(":%" JSON_INTEGER_FORMAT, column);
		fputs(": ", stdout);
	}
	printf("%s%s:%s ", style_begin(&context->terminal, style), severity, style_end(&context->terminal, style));
	print_harmless(stdout, text, strlen(text), false);
	putchar('\n');
}

static const struct option_row options[] = {
	{ "strict", 0, NULL, "fail for warnings too" },
	{ 0 },
};

static bool has_severity(const json_t *finding, const char *severity)
{
	return strcmp(property_text_or(finding, "severity", "error"), severity) == 0;
}

static bool is_failure(const struct context *context, const json_t *finding)
{
	return has_severity(finding, "error") ||
	       (option_is_given(context, "strict") && has_severity(finding, "warning"));
}

static int run(struct context *context)
{
	json_t *findings = verification_run(context->arguments, context->argument_count), *finding;
	int status = STATUS_OK;
	size_t i;
	if (!findings)
		return complain("out of memory");
	json_array_foreach(findings, i, finding) {
		if (is_failure(context, finding))
			status = STATUS_FAILURE;
		if (!context->json && (is_failure(context, finding) || !context->quiet))
			print_finding(context, finding);
	}
	if (context->json) {
		json_t *document = json_pack("{s:i, s:O}", "version", 1, "diagnostics", findings);
		print_document(context, document);
		json_decref(document);
	}
	json_decref(findings);
	return status;
}

const struct verb verb_verify = {
	.name = "verify",
	.synopsis = "FILE|DIRECTORY|UNIT...",
	.summary = "check unit files: keys, values, programs, dependency cycles",
	.help = "A directory stands for the units and drop-ins in it; a name without a file, for the unit that the "
		"search path\n"
		"has under it, an instance being read from its template. Prints FILE:LINE:COLUMN: and what is wrong, "
		"and\n"
		"returns 1 if there are errors, or with --strict warnings. With --quiet only what fails is printed. "
		"svinit\n"
		"need not run.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
