#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/container/dialect.h"

enum { WORDS_MAX = 10 };

static const struct option others[] = {
	{ "units", required_argument, NULL, 256 },
	{ "no-color", no_argument, NULL, 257 },
	{ 0 },
};

/* getopt_long(3) reorders the words, which must not be done to constants. */
struct words {
	char *list[WORDS_MAX + 1];
	int count;
};

static struct words words_of(const char *const *text)
{
	struct words words = { .count = 0 };

	for (; words.count < WORDS_MAX && text[words.count]; words.count++)
		words.list[words.count] = strdup(text[words.count]);
	return words;
}

static void words_free(struct words *words)
{
	for (int i = 0; i < words->count; i++)
		free(words->list[i]);
}

#define ENV(...) ((char *[]){ __VA_ARGS__, NULL })

static const struct parse_case {
	const char *words[WORDS_MAX];
	enum dialect dialect;
	int result;
	enum main_process_outcome outcome;
	const char *command[3];
} parse_cases[] = {
	{ { "svinit", "--", "sleep", "9" }, DIALECT_SVINIT, 0, MAIN_PROCESS_RUN, { "sleep", "9" } },
	{ { "/sbin/init", "--", "sleep", "-g" }, DIALECT_SVINIT, 0, MAIN_PROCESS_RUN, { "sleep", "-g" } },
	{ { "svinit", "sleep", "-x" }, DIALECT_SVINIT, 0, MAIN_PROCESS_RUN, { "sleep", "-x" } },
	{ { "svinit" }, DIALECT_SVINIT, 0, MAIN_PROCESS_NONE, { NULL } },
	{ { "svinit", "--" }, DIALECT_SVINIT, 0, MAIN_PROCESS_NONE, { NULL } },
	{ { "svinit", "-P" }, DIALECT_SVINIT, 0, MAIN_PROCESS_PAUSE, { NULL } },
	{ { "svinit", "-x", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "--frob", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-e" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-e", "256", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-e", "-1", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-p", "SIGFOO", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-r", "TERM:RTMIN+3", "true" }, DIALECT_SVINIT, 0, MAIN_PROCESS_RUN, { "true" } },
	{ { "svinit", "-r", "TERM", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-r", "15:", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "svinit", "-r", "65:1", "true" }, DIALECT_SVINIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "tini", "--", "sh", "-c", "x" }, DIALECT_TINI, 0, MAIN_PROCESS_RUN, { "sh", "-c", "x" } },
	{ { "/usr/bin/docker-init", "--", "a" }, DIALECT_TINI, 0, MAIN_PROCESS_RUN, { "a" } },
	{ { "tini", "a", "-s", "b" }, DIALECT_TINI, 0, MAIN_PROCESS_RUN, { "a", "b" } },
	{ { "tini", "sh", "-c", "x" }, DIALECT_TINI, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "tini" }, DIALECT_TINI, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "tini", "-h" }, DIALECT_TINI, 0, MAIN_PROCESS_HELP, { NULL } },
	{ { "tini", "-l" }, DIALECT_TINI, 0, MAIN_PROCESS_LICENSE, { NULL } },
	{ { "tini", "--version" }, DIALECT_TINI, 0, MAIN_PROCESS_VERSION, { NULL } },
	{ { "tini", "-p", "9", "true" }, DIALECT_TINI, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "tini", "-p", "KILL", "true" }, DIALECT_TINI, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "tini", "--units", "x", "true" }, DIALECT_TINI, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "dumb-init", "-v", "-c", "a", "-c" }, DIALECT_DUMB_INIT, 0, MAIN_PROCESS_RUN, { "a", "-c" } },
	{ { "dumb-init", "--single-child", "a" }, DIALECT_DUMB_INIT, 0, MAIN_PROCESS_RUN, { "a" } },
	{ { "dumb-init", "--rewrite=1:2", "a" }, DIALECT_DUMB_INIT, 0, MAIN_PROCESS_RUN, { "a" } },
	{ { "dumb-init", "-r", "1:32", "a" }, DIALECT_DUMB_INIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "dumb-init", "-r", "0:1", "a" }, DIALECT_DUMB_INIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "dumb-init", "-r", "15::12", "a" }, DIALECT_DUMB_INIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "dumb-init", "-r", "TERM:INT", "a" }, DIALECT_DUMB_INIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "dumb-init", "-V" }, DIALECT_DUMB_INIT, 0, MAIN_PROCESS_VERSION, { NULL } },
	{ { "dumb-init" }, DIALECT_DUMB_INIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
	{ { "catatonit", "-P" }, DIALECT_CATATONIT, 0, MAIN_PROCESS_PAUSE, { NULL } },
	{ { "catatonit", "-L" }, DIALECT_CATATONIT, 0, MAIN_PROCESS_LICENSE, { NULL } },
	{ { "catatonit", "--version" }, DIALECT_CATATONIT, 0, MAIN_PROCESS_VERSION, { NULL } },
	{ { "catatonit", "--", "a", "-g" }, DIALECT_CATATONIT, 0, MAIN_PROCESS_RUN, { "a", "-g" } },
	{ { "catatonit", "-x", "a" }, DIALECT_CATATONIT, -EINVAL, MAIN_PROCESS_RUN, { NULL } },
};

static void check_command(const struct parse_case *expected, const struct main_process_options *options, size_t row)
{
	for (int i = 0; i < 3 && expected->command[i]; i++)
		cr_expect_str_eq(options->command[i], expected->command[i], "case %zu, word %d", row, i);
	if (!expected->command[0])
		cr_expect_null(options->command, "case %zu", row);
}

Test(dialect, each_command_line_means_what_its_program_means)
{
	for (size_t i = 0; i < sizeof parse_cases / sizeof *parse_cases; i++) {
		const struct parse_case *expected = &parse_cases[i];
		struct words words = words_of(expected->words);
		struct main_process_options options;
		struct cause cause = { 0 };
		int result = dialect_parse(words.count, words.list, NULL, others, &options, &cause);

		cr_expect_eq(result, expected->result, "case %zu: %d", i, result);
		cr_expect_eq(options.dialect, expected->dialect, "case %zu", i);
		cr_expect_eq(result < 0, cause.text[0] != '\0', "case %zu", i);
		if (result == 0) {
			cr_expect_eq(options.outcome, expected->outcome, "case %zu", i);
			check_command(expected, &options, i);
		}
		words_free(&words);
	}
}

/* The command is gone with the words. */
static struct main_process_options parsed(char *const *environment, const char *const *text)
{
	struct words words = words_of(text);
	struct main_process_options options;
	struct cause cause = { 0 };

	cr_assert_eq(dialect_parse(words.count, words.list, environment, others, &options, &cause), 0, "%s",
		     cause.text);
	words_free(&words);
	options.command = NULL;
	return options;
}

#define PARSED(environment, ...) parsed(environment, (const char *const[]){ __VA_ARGS__, NULL })

Test(dialect, svinit_leads_a_session_and_signals_the_group)
{
	struct main_process_options options = PARSED(NULL, "svinit", "--", "a");

	cr_assert_eq(options.scope, SCOPE_SESSION);
	cr_assert(options.signal_group);
	cr_assert(options.suspends);
	cr_assert(options.subreaper);
	cr_assert_eq(options.status_not_found, 127);
	cr_assert_eq(options.status_not_executable, 126);
	cr_assert_eq(options.rewrite[SIGTERM], SIGTERM);
	cr_assert_eq(options.rewrite[64], 64);
	cr_assert_eq(options.rewrite[32], 32);
	cr_assert_eq(options.rewrite[SIGTSTP], SIGSTOP);
}

Test(dialect, svinit_takes_the_options_of_all)
{
	struct main_process_options options =
		PARSED(NULL, "svinit", "-wvv", "-e5", "-e", "255", "-p", "SIGKILL", "-c", "a");

	cr_assert(options.warns_of_orphans);
	cr_assert_eq(options.verbosity, 3);
	cr_assert_eq(options.become_zero[0], 1 << 5);
	cr_assert_eq(options.become_zero[31], 1 << 7);
	cr_assert_eq(options.parent_death_signal, SIGKILL);
	cr_assert_eq(options.scope, SCOPE_NOTHING);
	cr_assert_not(options.signal_group);
	cr_assert_eq(options.rewrite[SIGTSTP], SIGTSTP);
}

Test(dialect, options_of_the_supervisor_are_put_aside_in_order)
{
	const char *const text[] = {
		"svinit", "-v", "--units", "/a", "-s", "--no-color", "--units=/b", "--", "a", NULL
	};
	struct words words = words_of(text), all = words;
	struct main_process_options options;

	cr_assert_eq(dialect_parse(words.count, words.list, NULL, others, &options, NULL), 0);
	cr_assert_eq(options.supervisor_argc, 5);
	cr_assert_str_eq(words.list[1], "--units");
	cr_assert_str_eq(words.list[2], "/a");
	cr_assert_str_eq(words.list[3], "--no-color");
	cr_assert_str_eq(words.list[4], "--units=/b");
	cr_assert_str_eq(options.command[0], "a");
	words_free(&all);
}

Test(dialect, tini_leads_a_group_and_signals_its_child)
{
	struct main_process_options options = PARSED(NULL, "tini", "--", "a");

	cr_assert_eq(options.scope, SCOPE_GROUP);
	cr_assert_not(options.signal_group);
	cr_assert_not(options.subreaper);
	cr_assert_not(options.suspends);
	cr_assert_not(options.ends_group);
	cr_assert_eq(options.rewrite[SIGTSTP], SIGTSTP);
	cr_assert_eq(options.rewrite[SIGTTIN], 0);
	options = PARSED(NULL, "tini", "-sg", "--", "a");
	cr_assert(options.signal_group);
	cr_assert(options.subreaper);
}

Test(dialect, tini_listens_to_its_environment)
{
	char **environment =
		ENV((char *)"TINI_SUBREAPER=", (char *)"TINI_KILL_PROCESS_GROUP=1", (char *)"TINI_VERBOSITY=0");
	struct main_process_options options = PARSED(environment, "tini", "--", "a");

	cr_assert(options.subreaper);
	cr_assert(options.signal_group);
	cr_assert_eq(options.verbosity, 0);
	options = PARSED(environment, "catatonit", "--", "a");
	cr_assert_not(options.signal_group);
}

Test(dialect, dumb_init_listens_to_its_environment)
{
	char **environment = ENV((char *)"DUMB_INIT_SETSID=0", (char *)"DUMB_INIT_DEBUG=1");
	struct main_process_options options = PARSED(environment, "dumb-init", "a");

	cr_assert_eq(options.scope, SCOPE_NOTHING);
	cr_assert_not(options.signal_group);
	cr_assert_eq(options.verbosity, 2);
	cr_assert_eq(options.status_not_found, 2);
	options = PARSED(ENV((char *)"DUMB_INIT_SETSID=1"), "dumb-init", "a");
	cr_assert_eq(options.scope, SCOPE_SESSION);
}

Test(dialect, what_is_rewritten_by_hand_stays_so)
{
	struct main_process_options options =
		PARSED(NULL, "dumb-init", "-r", "20:0", "--rewrite", "21:10", "-r", "15:3", "a");

	cr_assert_eq(options.rewrite[SIGTSTP], 0);
	cr_assert_eq(options.rewrite[SIGTTIN], 10);
	cr_assert_eq(options.rewrite[SIGTTOU], SIGSTOP);
	cr_assert_eq(options.rewrite[SIGTERM], SIGQUIT);
}
