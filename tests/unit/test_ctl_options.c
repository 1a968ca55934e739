#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/options.h"
#include "ctl/remote.h"
#include "ctl/verbs.h"

enum { WORDS = 32 };

static struct context context;

/* Splits a command line at single blanks. */
static bool parse(const char *line)
{
	static char text[512];
	char *words[WORDS] = { 0 };
	static char *argv[WORDS];
	int argc = 0;
	options_finish(&context);
	context = (struct context){ 0 };
	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		words[argc++] = word;
	memcpy(argv, words, sizeof(words));
	return options_parse(&context, NULL, argc, argv);
}

static void finish(void)
{
	options_finish(&context);
	context = (struct context){ 0 };
}

TestSuite(options, .fini = finish, .init = cr_redirect_stderr);

Test(options, stand_before_and_behind_the_verb)
{
	cr_assert(parse("svctl --runtime-dir /x -q kill web -s HUP --kill-whom=main db"));
	cr_expect_eq(context.verb, &verb_kill);
	cr_expect_str_eq(context.runtime_directory, "/x");
	cr_expect(context.quiet);
	cr_expect_eq(context.argument_count, 2);
	cr_expect_str_eq(context.arguments[0], "web");
	cr_expect_str_eq(context.arguments[1], "db");
	cr_expect_null(context.arguments[2]);
	cr_expect_str_eq(option_value(&context, "signal"), "HUP");
	cr_expect_str_eq(option_value(&context, "kill-whom"), "main");
}

Test(options, of_the_verb_may_stand_before_it)
{
	cr_assert(parse("svctl -s 9 kill web"));
	cr_expect_eq(context.verb, &verb_kill);
	cr_expect_eq(context.argument_count, 1);
	cr_expect_str_eq(option_value(&context, "signal"), "9");
}

Test(options, letters_may_be_joined)
{
	cr_assert(parse("svctl status -qn5 web"));
	cr_expect(context.quiet);
	cr_expect_str_eq(option_value(&context, "lines"), "5");
	cr_expect_eq(context.argument_count, 1);
}

Test(options, may_be_repeated)
{
	size_t index = 0;
	cr_assert(parse("svctl show -p A --property=B web"));
	cr_expect_str_eq(option_next(&context, "property", &index), "A");
	cr_expect_str_eq(option_next(&context, "property", &index), "B");
	cr_expect_null(option_next(&context, "property", &index));
	cr_expect_str_eq(option_value(&context, "property"), "B");
	cr_expect_not(option_is_given(&context, "value"));
}

Test(options, end_at_two_dashes)
{
	cr_assert(parse("svctl start -- -.mount --json"));
	cr_expect_not(context.json);
	cr_expect_eq(context.argument_count, 2);
	cr_expect_str_eq(context.arguments[1], "--json");
}

Test(options, without_a_verb)
{
	cr_assert(parse("svctl --json"));
	cr_expect_null(context.verb);
	cr_expect(context.json);
}

Test(options, aliases_name_the_same_verb)
{
	cr_assert(parse("svctl try-reload-or-restart web"));
	cr_expect_eq(context.verb, &verb_reload_or_try_restart);
}

Test(options, refused)
{
	static const char *const lines[] = {
		"svctl frob",
		"svctl start",
		"svctl start --frob web",
		"svctl start -Z web",
		"svctl kill web -s",
		"svctl kill web --signal",
		"svctl list --json=yes",
		"svctl start web --runtime-dir",
		"svctl daemon-reload web",
		"svctl start -s HUP web",
		"svctl --frob",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		cr_expect_not(parse(lines[i]), "%s", lines[i]);
}

Test(options, help_needs_no_arguments)
{
	cr_expect(parse("svctl start --help"));
}

/* A letter before the verb must take a value in all verbs or in none, else the verb could not be found. */
Test(options, letters_and_names_agree_on_values)
{
	for (size_t i = 0; verbs[i]; i++)
		for (const struct option_row *row = verbs[i]->options; row && row->name; row++) {
			const struct option_row *any = option_find(NULL, row->name, strlen(row->name));
			cr_expect_eq(!any->argument, !row->argument, "--%s of %s", row->name, verbs[i]->name);
			/* -p and -u of escape are systemd-escape's; they stand behind the verb. */
			if (!row->letter || verbs[i] == &verb_escape)
				continue;
			any = option_find_letter(NULL, row->letter);
			cr_expect_eq(!any->argument, !row->argument, "-%c of %s", row->letter, verbs[i]->name);
		}
}

Test(options, every_verb_is_found_by_all_its_names)
{
	for (size_t i = 0; verbs[i]; i++) {
		cr_expect_eq(verb_find(verbs[i]->name), verbs[i]);
		cr_expect_not_null(verbs[i]->summary);
		for (const char *const *alias = verbs[i]->aliases; alias && *alias; alias++)
			cr_expect_eq(verb_find(*alias), verbs[i]);
	}
}

Test(options, a_remote_command_is_quoted)
{
	cr_assert(parse("svctl -H host --json kill -s HUP $(reboot) it's"));
	char *command = remote_command(&context);
	cr_expect_str_eq(command, "svctl '--json' '--signal=HUP' 'kill' -- '$(reboot)' 'it'\\''s'");
	free(command);
}
