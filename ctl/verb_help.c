#include <string.h>

#include "ctl/help.h"
#include "ctl/options.h"
#include "ctl/verbs.h"

static void print_option(const struct option_row *row)
{
	char name[64], letter[8] = "    ";
	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(name, sizeof(name), "%s--%s%s%s", letter, row->name, row->argument ? "=" : "",
		 row->argument ? row->argument : "");
	printf("  %-28s %s\n", name, row->help);
}

static void print_options(const struct option_row *rows)
{
	for (; rows && rows->name; rows++)
		if (rows->help)
			print_option(rows);
}

static void print_verb_help(const struct verb *verb)
{
	printf("svctl [OPTIONS] %s %s\n\n%s\n", verb->name, verb->synopsis, verb->summary);
	if (verb->help)
		printf("\n%s\n", verb->help);
	if (verb->aliases) {
		fputs("\nAlso called:", stdout);
		for (const char *const *alias = verb->aliases; *alias; alias++)
			printf(" %s", *alias);
		putchar('\n');
	}
	if (verb->options)
		puts("\nOptions:");
	print_options(verb->options);
	puts("\nOptions of every verb: svctl help. More: svctl(1)");
}

void help_print(const struct verb *verb)
{
	if (verb) {
		print_verb_help(verb);
		return;
	}
	puts("svctl [OPTIONS] VERB [UNIT...]\n\nShow and command the units of svinit.\n\nVerbs:");
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-28s %s\n", verbs[i]->name, verbs[i]->summary);
	puts("\nOptions:");
	print_options(global_options);
	puts("\nUNIT may be a pattern, and .service may be left out. More of a verb: svctl help VERB; of all: "
	     "svctl(1)");
}

static int run(struct context *context)
{
	const char *name = context->arguments[0];
	const struct verb *verb = name ? verb_find(name) : NULL;
	if (name && !verb)
		return complain_verb(name);
	help_print(verb);
	return STATUS_OK;
}

const struct verb verb_help = {
	.name = "help",
	.synopsis = "[VERB]",
	.summary = "show this, or the help of a verb",
	.arguments_max = 1,
	.run = run,
};
