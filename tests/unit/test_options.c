#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/options.h"

static int count(char **words)
{
	int words_count = 0;

	while (words[words_count])
		words_count++;
	return words_count;
}

static int parse(char **words, struct supervisor_options *options, struct cause *cause)
{
	return supervisor_options_parse(count(words), words, options, cause);
}

#define WORDS(...) ((char *[]){ (char *)"svinit", __VA_ARGS__, NULL })

Test(options, several_unit_directories_are_kept_in_order)
{
	struct supervisor_options options;

	cr_assert_eq(parse(WORDS("--units", "/a", "--units=/b"), &options, NULL), 0);
	cr_assert_str_eq(options.unit_directories[0], "/a");
	cr_assert_str_eq(options.unit_directories[1], "/b");
	cr_assert_null(options.unit_directories[2]);
	supervisor_options_finish(&options);
}

Test(options, relative_paths_become_absolute)
{
	struct supervisor_options options;

	cr_assert_eq(chdir("/tmp"), 0);
	cr_assert_eq(parse(WORDS("--units", "./a/b", "--runtime-dir", "run", "--log-dir=log"), &options, NULL), 0);
	cr_assert_str_eq(options.unit_directories[0], "/tmp/a/b");
	cr_assert_str_eq(options.runtime_directory, "/tmp/run");
	cr_assert_str_eq(options.log_directory, "/tmp/log");
	supervisor_options_finish(&options);
}

Test(options, a_command_stands_behind_two_dashes)
{
	struct supervisor_options options;

	cr_assert_eq(parse(WORDS("--no-color", "--", "sleep", "--units"), &options, NULL), 0);
	cr_assert_eq(options.command, 3);
	cr_assert(options.no_color);
	cr_assert_null(options.unit_directories);
	supervisor_options_finish(&options);
}

Test(options, nonsense_is_named)
{
	struct supervisor_options options;
	struct cause cause;

	cr_assert_lt(parse(WORDS("--log-format", "xml"), &options, &cause), 0);
	cr_assert_not_null(strstr(cause.text, "xml"));
	supervisor_options_finish(&options);
	cr_assert_lt(parse(WORDS("--unit-dir", "/a"), &options, &cause), 0);
	cr_assert_not_null(strstr(cause.text, "--unit-dir"));
	supervisor_options_finish(&options);
	cr_assert_lt(parse(WORDS("--units"), &options, &cause), 0);
	cr_assert_not_null(strstr(cause.text, "needs a value"));
	supervisor_options_finish(&options);
}

Test(options, without_a_log_directory_the_console_is_left)
{
	struct supervisor_options options;

	cr_assert_eq(parse(WORDS("--log-dir", "none", "--log-target", "file"), &options, NULL), 0);
	cr_assert_null(options.log_directory);
	cr_assert(options.log_to_console);
	cr_assert_not(options.log_to_files);
	supervisor_options_finish(&options);
}

Test(options, users_have_directories_of_their_own)
{
	struct supervisor_options options;

	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	cr_assert_eq(parse(WORDS("--runtime-dir", "/tmp/r"), &options, NULL), 0);
	cr_assert_str_eq(options.runtime_directory, "/tmp/r");
	supervisor_options_finish(&options);
}
