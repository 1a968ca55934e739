#include "ctl/options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parse.h"
#include "common/suggest.h"

const struct option_row global_options[] = {
	{ "runtime-dir", 0, "DIR", "the runtime directory of the svinit to talk to" },
	{ "host", 'H', "[USER@]HOST", "run there, over ssh" },
	{ "json", 0, NULL, "print one JSON document" },
	{ "no-pager", 0, NULL, "do not pipe long output into a pager" },
	{ "no-block", 0, NULL, "do not wait for jobs to end" },
	{ "quiet", 'q', NULL, "print only errors" },
	{ "full", 'l', NULL, "do not shorten what is too wide" },
	{ "no-legend", 0, NULL, "no titles and no summary around tables" },
	{ "legend", 0, "BOOL", NULL },
	{ "user", 0, NULL, "your own svinit and unit files, instead of the system's" },
	{ "machine", 'M', "CONTAINER", NULL },
	{ "help", 'h', NULL, "show help, for the verb if one is named" },
	{ "version", 0, NULL, "show the version" },
	{ "system", 0, NULL, NULL },
	{ "no-ask-password", 0, NULL, NULL },
	{ "plain", 0, NULL, "no symbols before names, no trees" },
	{ 0 },
};

/* What systemctl(1) takes besides, with any verb. Options of other verbs are taken as well, and have no effect. */
static const struct option_row systemctl_options[] = {
	{ "output", 'o', "FORMAT", NULL },
	{ "show-types", 0, NULL, NULL },
	{ "no-wall", 0, NULL, NULL },
	{ "ignore-inhibitors", 'i', NULL, NULL },
	{ "check-inhibitors", 0, "MODE", NULL },
	{ "recursive", 'r', NULL, NULL },
	{ "show-transaction", 'T', NULL, NULL },
	{ "dry-run", 0, NULL, NULL },
	{ "message", 0, "TEXT", NULL },
	{ "timestamp", 0, "FORMAT", NULL },
	{ "with-dependencies", 0, NULL, NULL },
	{ "no-warn", 0, NULL, NULL },
	{ 0 },
};

const char *option_next(const struct context *context, const char *name, size_t *index)
{
	while (*index < context->given_count) {
		const struct given_option *given = &context->given[(*index)++];
		if (given->row && strcmp(given->row->name, name) == 0)
			return given->value ? given->value : "";
	}
	return NULL;
}

const char *option_value(const struct context *context, const char *name)
{
	const char *last = NULL, *value;
	for (size_t index = 0; (value = option_next(context, name, &index));)
		last = value;
	return last;
}

bool option_is_given(const struct context *context, const char *name)
{
	return option_value(context, name) != NULL;
}

static const struct option_row *find_name(const struct option_row *rows, const char *name, size_t length)
{
	for (; rows && rows->name; rows++)
		if (strlen(rows->name) == length && strncmp(rows->name, name, length) == 0)
			return rows;
	return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, char letter)
{
	for (; rows && rows->name; rows++)
		if (rows->letter == letter)
			return rows;
	return NULL;
}

/* While the verb is not known yet (NULL), any verb's options do: only whether an argument follows matters then. */
const struct option_row *option_find(const struct verb *verb, const char *name, size_t length)
{
	const struct option_row *row = verb ? find_name(verb->options, name, length) : NULL;
	if (!row)
		row = find_name(global_options, name, length);
	for (size_t i = 0; !verb && !row && verbs[i]; i++)
		row = find_name(verbs[i]->options, name, length);
	return row;
}

const struct option_row *option_find_letter(const struct verb *verb, char letter)
{
	const struct option_row *row = verb ? find_letter(verb->options, letter) : NULL;
	if (!row)
		row = find_letter(global_options, letter);
	for (size_t i = 0; !verb && !row && verbs[i]; i++)
		row = find_letter(verbs[i]->options, letter);
	return row;
}

/* Scripts give systemctl's options to verbs that have no use for them. */
static const struct option_row *find_leniently(const char *name, size_t length, char letter)
{
	const struct option_row *row =
		letter ? find_letter(systemctl_options, letter) : find_name(systemctl_options, name, length);
	if (row)
		return row;
	return letter ? option_find_letter(NULL, letter) : option_find(NULL, name, length);
}

/* A walk over argv: options go to `option`, which gets NULL for a row that is not known, the rest to `word`. */
struct walk {
	const struct verb *verb;
	enum face face;
	struct context *context; /* NULL while only the verb is looked for */
	const char *first_word;
	size_t words;
	bool failed;
};

static void take_option(struct walk *walk, const struct option_row *row, const char *value)
{
	if (walk->context)
		walk->context->given[walk->context->given_count++] =
			(struct given_option){ .row = row, .value = value };
}

static void take_word(struct walk *walk, char *word)
{
	if (walk->words++ == 0)
		walk->first_word = word;
	if (walk->context)
		walk->context->arguments[walk->context->argument_count++] = word;
}

static void refuse_option(struct walk *walk, const char *what, const char *dashes, const char *text, size_t length)
{
	walk->failed = true;
	if (!walk->context)
		return;
	complain("%s: %s%.*s%s%s (svctl help%s%s)", what, dashes, (int)length, text, walk->verb ? " with " : "",
		 walk->verb ? walk->verb->name : "", walk->verb ? " " : "", walk->verb ? walk->verb->name : "");
}

static bool is_optional(const struct option_row *row)
{
	size_t length = row->argument ? strlen(row->argument) : 0;

	return length > 0 && row->argument[0] == '[' && row->argument[length - 1] == ']';
}

/* Whether the next word is the value of an option that may stand without: a number, or all; what looks otherwise is a
 * word of its own, as with getopt(3). */
static bool is_value(const char *next)
{
	if (!next)
		return false;
	return strcmp(next, "all") == 0 || (*next &&
					    strspn(next + (*next == '-' || *next == '+'), "0123456789") ==
						    strlen(next + (*next == '-' || *next == '+')) &&
					    strpbrk(next, "0123456789"));
}

/* "--name=value" or "--name value". Returns how many further words it took. */
static int walk_long(struct walk *walk, const char *text, const char *next)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] ? text + length + 1 : NULL;
	const struct option_row *row = option_find(walk->verb, text, length);
	if (!row && walk->face == FACE_SYSTEMCTL)
		row = find_leniently(text, length, 0);
	if (!row)
		return refuse_option(walk, "unknown option", "--", text, length), 0;
	if (!row->argument && value)
		return refuse_option(walk, "option takes no value", "--", text, length), 0;
	if (is_optional(row) && !value)
		return take_option(walk, row, NULL), 0;
	if (row->argument && !value && !next)
		return refuse_option(walk, "option needs a value", "--", text, length), 0;
	take_option(walk, row, row->argument && !value ? next : value);
	return row->argument && !value ? 1 : 0;
}

/* "-abc", "-n5" or "-n 5". Returns how many further words it took. */
static int walk_letters(struct walk *walk, const char *text, const char *next)
{
	for (; *text; text++) {
		const struct option_row *row = option_find_letter(walk->verb, *text);
		if (!row && walk->face == FACE_SYSTEMCTL)
			row = find_leniently(NULL, 0, *text);
		if (!row)
			return refuse_option(walk, "unknown option", "-", text, 1), 0;
		if (!row->argument) {
			take_option(walk, row, NULL);
			continue;
		}
		if (is_optional(row) && !text[1]) {
			take_option(walk, row, is_value(next) ? next : NULL);
			return is_value(next) ? 1 : 0;
		}
		if (!text[1] && !next)
			return refuse_option(walk, "option needs a value", "-", text, 1), 0;
		take_option(walk, row, text[1] ? text + 1 : next);
		return text[1] ? 0 : 1;
	}
	return 0;
}

static void walk_all(struct walk *walk, int argc, char **argv)
{
	bool options_ended = false;
	for (int i = 1; i < argc; i++) {
		char *text = argv[i];
		if (options_ended || text[0] != '-' || !text[1])
			take_word(walk, text);
		else if (strcmp(text, "--") == 0)
			options_ended = true;
		else if (text[1] == '-')
			i += walk_long(walk, text + 2, argv[i + 1]);
		else
			i += walk_letters(walk, text + 1, argv[i + 1]);
	}
}

/* No option is longer than its word, so that each letter of argv may at most become one. */
static bool reserve(struct context *context, int argc, char **argv)
{
	size_t most = 1;
	for (int i = 1; i < argc; i++)
		most += argv[i][0] == '-' && argv[i][1] != '-' ? strlen(argv[i]) : 1;
	context->given = calloc(most, sizeof(*context->given));
	context->arguments = calloc((size_t)argc + 1, sizeof(*context->arguments));
	return context->given && context->arguments;
}

int complain_verb(const char *word)
{
	struct suggestions near = SUGGESTIONS_FOR(word);
	for (size_t i = 0; verbs[i]; i++)
		suggestions_offer(&near, verbs[i]->name);
	if (near.count > 0)
		return complain("unknown verb: %s; did you mean %s? (svctl help lists them all)", word,
				near.nearest[0]);
	return complain("unknown verb: %s (svctl help lists them all)", word);
}

static const struct verb *find_verb(const struct context *context, const struct verb *implied, int argc, char **argv,
				    bool *known)
{
	struct walk walk = { .face = context->face };
	*known = true;
	if (implied)
		return implied;
	walk_all(&walk, argc, argv);
	if (!walk.first_word)
		return NULL;
	const struct verb *verb = verb_find(walk.first_word);
	*known = verb;
	if (!verb)
		complain_verb(walk.first_word);
	return verb;
}

static bool count_fits(const struct context *context)
{
	const struct verb *verb = context->verb;
	if (!verb || option_is_given(context, "help"))
		return true;
	bool fits = (int)context->argument_count >= verb->arguments_min &&
		    (verb->arguments_max == ARGUMENTS_ANY || (int)context->argument_count <= verb->arguments_max);
	if (!fits)
		complain("usage: svctl %s %s (svctl help %s)", verb->name, verb->synopsis, verb->name);
	return fits;
}

/* systemctl's --output=json; svctl's -o is that of logs. */
static bool asks_for_json(const struct context *context)
{
	const char *format = NULL;
	if (context->face == FACE_SYSTEMCTL)
		format = option_value(context, "output");
	return format && strncmp(format, "json", 4) == 0;
}

/* svctl means whoever calls it, systemctl the system; both take --user and --system. */
static bool choose_user(struct context *context)
{
	if (option_is_given(context, "machine")) {
		complain("--machine: there are no containers to reach; run it in there, or use --host");
		return false;
	}
	context->user = option_is_given(context, "user") || (geteuid() != 0 && context->face == FACE_SVCTL);
	if (option_is_given(context, "system"))
		context->user = false;
	return true;
}

bool context_has_legend(const struct context *context)
{
	const char *given = option_value(context, "legend");
	bool legend = true;
	if (given && parse_boolean(given, &legend) < 0)
		complain("--legend=%s: must be yes or no", given);
	return legend && !option_is_given(context, "no-legend") && !context->quiet;
}

bool options_parse(struct context *context, const struct verb *implied, int argc, char **argv)
{
	bool known;
	context->verb = find_verb(context, implied, argc, argv, &known);
	if (!known || !reserve(context, argc, argv))
		return false;
	struct walk walk = { .verb = context->verb, .face = context->face, .context = context };
	walk_all(&walk, argc, argv);
	if (walk.failed)
		return false;
	if (context->verb && !implied) {
		context->argument_count--;
		memmove(context->arguments, context->arguments + 1,
			(context->argument_count + 1) * sizeof(*context->arguments));
	}
	context->runtime_directory = option_value(context, "runtime-dir");
	context->json = option_is_given(context, "json") || asks_for_json(context);
	context->no_pager = option_is_given(context, "no-pager");
	context->no_block = option_is_given(context, "no-block");
	context->quiet = option_is_given(context, "quiet");
	return choose_user(context) && count_fits(context);
}

void options_finish(struct context *context)
{
	free(context->given);
	free(context->arguments);
}
