/* systemd-escape(1): texts and paths as parts of unit names, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"
#include "ctl/verbs.h"

/* What is to be done with each word. */
struct escaping {
	const char *suffix, *template_name; /* NULL: none */
	bool path, unescape, mangle, instance;
};

static bool has_parent(const char *path)
{
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return true;
	}
	return false;
}

/* The caller frees, here and below. NULL with the complaint made. */
static char *escape_word(const struct escaping *escaping, const char *word)
{
	if (!escaping->path)
		return unit_name_escape(word);
	if (has_parent(word)) {
		complain("%s: the path leads upwards with \"..\", which no unit name can say", word);
		return NULL;
	}
	return unit_name_escape_path(word);
}

/* What --template= or --suffix= adds to it. */
static char *complete(const struct escaping *escaping, const char *escaped)
{
	char name[UNIT_NAME_MAX + 1];
	char *whole = NULL;

	if (escaping->template_name) {
		if (unit_name_make_instance(escaping->template_name, escaped, name))
			return strdup(name);
		complain("\"%s\" makes no instance of %s", escaped, escaping->template_name);
		return NULL;
	}
	if (!escaping->suffix)
		return strdup(escaped);
	return asprintf(&whole, "%s.%s", escaped, escaping->suffix) < 0 ? NULL : whole;
}

static char *instance_of(const struct escaping *escaping, const char *word)
{
	char instance[UNIT_NAME_MAX + 1], template_name[UNIT_NAME_MAX + 1];

	if (!unit_name_template(word, template_name) || !unit_name_instance(word, instance)) {
		complain("%s is not an instance of a template", word);
		return NULL;
	}
	if (escaping->template_name && strcmp(template_name, escaping->template_name) != 0) {
		complain("%s is not an instance of %s", word, escaping->template_name);
		return NULL;
	}
	return strdup(instance);
}

static char *unescape_word(const struct escaping *escaping, const char *word)
{
	char *instance = NULL;

	if (escaping->template_name || escaping->instance) {
		instance = instance_of(escaping, word);
		if (!instance || (escaping->instance && !escaping->unescape))
			return instance;
		word = instance;
	}
	char *plain = escaping->path ? unit_name_unescape_path(word) : unit_name_unescape(word);
	free(instance);
	return plain;
}

/* Whatever a name may not have becomes \xNN; then as a unit is named on a command line. */
static char *mangle_word(const char *word)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
	char name[UNIT_NAME_MAX + 1], mangled[UNIT_NAME_MAX + 1];
	size_t length = 0;

	if (*word == '/' && unit_name_complete(word, name))
		return strdup(name);
	for (; *word && length + 5 < sizeof mangled; word++) {
		if (strchr(allowed, *word))
			mangled[length++] = *word;
		else if (*word == '/')
			mangled[length++] = '-';
		else
			length += (size_t)sprintf(mangled + length, "\\x%02x", (unsigned char)*word);
	}
	mangled[length] = '\0';
	if (!*word && unit_name_complete(mangled, name))
		return strdup(name);
	complain("this cannot be made the name of a unit");
	return NULL;
}

static char *make(const struct escaping *escaping, const char *word)
{
	if (escaping->mangle)
		return mangle_word(word);
	if (escaping->unescape || escaping->instance)
		return unescape_word(escaping, word);
	char *escaped = escape_word(escaping, word);
	char *whole = escaped ? complete(escaping, escaped) : NULL;
	free(escaped);
	return whole;
}

/* Options that exclude each other, and values that make no sense. */
static bool is_sensible(const struct escaping *escaping)
{
	char name[UNIT_NAME_MAX + 1];

	if ((escaping->suffix != NULL) + (escaping->template_name != NULL) + escaping->mangle > 1)
		return complain("--suffix, --template and --mangle exclude each other"), false;
	if (escaping->unescape && (escaping->suffix || escaping->mangle))
		return complain("--unescape goes with neither --suffix nor --mangle"), false;
	if (escaping->path && escaping->mangle)
		return complain("--path and --mangle exclude each other"), false;
	if (escaping->instance && !escaping->unescape)
		return complain("--instance needs --unescape"), false;
	if (escaping->instance && escaping->template_name)
		return complain("--instance and --template exclude each other"), false;
	if (escaping->template_name && !unit_name_is_template(escaping->template_name))
		return complain("%s is not a template, such as foo@.service", escaping->template_name), false;
	if (escaping->suffix &&
	    (snprintf(name, sizeof name, "x.%s", escaping->suffix) >= (int)sizeof name || !unit_name_is_valid(name)))
		return complain("%s is not the suffix of a type of units", escaping->suffix), false;
	return true;
}

static int run(struct context *context)
{
	const struct escaping escaping = {
		.suffix = option_value(context, "suffix"),
		.template_name = option_value(context, "template"),
		.path = option_is_given(context, "path"),
		.unescape = option_is_given(context, "unescape"),
		.mangle = option_is_given(context, "mangle"),
		.instance = option_is_given(context, "instance"),
	};

	if (!is_sensible(&escaping))
		return STATUS_FAILURE;
	for (size_t i = 0; i < context->argument_count; i++) {
		char *text = make(&escaping, context->arguments[i]);
		if (!text)
			return STATUS_FAILURE;
		printf("%s%s", i > 0 ? " " : "", text);
		free(text);
	}
	putchar('\n');
	return STATUS_OK;
}

static const struct option_row options[] = {
	{ "path", 'p', NULL, "the texts are paths" },
	{ "suffix", 0, "SUFFIX", "append .SUFFIX" },
	{ "template", 0, "UNIT", "make an instance of a template; with --unescape: take one apart" },
	{ "instance", 0, NULL, "with --unescape: of whole unit names, only the instance" },
	{ "unescape", 'u', NULL, "the other way round" },
	{ "mangle", 'm', NULL, "make unit names of what a user may type" },
	{ 0 },
};

const struct verb verb_escape = {
	.name = "escape",
	.synopsis = "TEXT...",
	.summary = "turn texts and paths into parts of unit names, and back",
	.help = "As systemd-escape(1), also when svctl is called by that name through a link.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
