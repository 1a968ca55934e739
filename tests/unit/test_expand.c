#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cause.h"
#include "common/string_list.h"
#include "supervisor/load/expand.h"

static char *const environment[] = { "ONE=one", "TWO=two words 'and three'", "EMPTY=", NULL };

static void expect(const char *word, const char *wanted)
{
	char *argv[] = { (char *)word, NULL }, **words, joined[256] = "";

	cr_assert_eq(expand_argv(argv, environment, &words, NULL), 0);
	for (char **each = words; *each; each++) {
		strcat(joined, *each);
		strcat(joined, "|");
	}
	cr_expect_str_eq(joined, wanted);
	string_list_free(words);
}

Test(expand, follows_the_rules_of_command_lines)
{
	expect("plain", "plain|");
	expect("$ONE", "one|");
	expect("$TWO", "two|words|and three|");
	expect("${TWO}", "two words 'and three'|");
	expect("a${ONE}b${EMPTY}c", "aonebc|");
	expect("a$ONE", "a$ONE|");
	expect("$EMPTY", "");
	expect("$NONE", "");
	expect("${NONE}", "|");
	expect("$$ONE", "$ONE|");
	expect("100$", "100$|");
	expect("${", "${|");
	expect("${bad-name}", "${bad-name}|");
}

Test(expand, names_unknown_variables_once)
{
	char *argv[] = { "$A", "${B} ${A}", NULL }, **words, **missing;

	cr_assert_eq(expand_argv(argv, environment, &words, &missing), 0);
	cr_expect_eq(string_list_length(missing), 2);
	cr_expect_str_eq(missing[0], "A");
	cr_expect_str_eq(missing[1], "B");
	string_list_free(words);
	string_list_free(missing);
}

Test(expand, is_bounded)
{
	char *big = malloc(600001), *list[] = { big, NULL }, *argv[] = { "${X}${X}", NULL }, **words;

	memset(big, 'x', 600000);
	big[600000] = '\0';
	memcpy(big, "X=", 2);
	cr_expect_eq(expand_argv(argv, list, &words, NULL), -E2BIG);
	free(big);
}

Test(environment, files_are_read_as_systemd_reads_them)
{
	char path[] = "/tmp/svinit-env-XXXXXX";
	int fd = mkstemp(path);
	char **list = NULL;
	struct cause cause;

	dprintf(fd, "# comment\n; other\nA=1\n  B = two  \nC='single $x'\nD=\"dou\\\"ble\"\nE=con\\\ntinued\n"
		    "no assignment\nF=a'b c'd\nA=again\n9BAD=x\nG=\nH=\"two\nlines\"\n");
	close(fd);
	cr_assert_eq(environment_file_read(path, &list, &cause), 0, "%s", cause.text);
	cr_expect_str_eq(environment_get(list, "A"), "again");
	cr_expect_str_eq(environment_get(list, "B"), "two");
	cr_expect_str_eq(environment_get(list, "C"), "single $x");
	cr_expect_str_eq(environment_get(list, "D"), "dou\"ble");
	cr_expect_str_eq(environment_get(list, "E"), "continued");
	cr_expect_str_eq(environment_get(list, "F"), "ab cd");
	cr_expect_str_eq(environment_get(list, "G"), "");
	cr_expect_str_eq(environment_get(list, "H"), "two\nlines");
	cr_expect_null(environment_get(list, "9BAD"));
	cr_expect_eq(string_list_length(list), 8);
	environment_unset(list, "A");
	environment_unset(list, "B=other");
	cr_expect_null(environment_get(list, "A"));
	cr_expect_not_null(environment_get(list, "B"));
	string_list_free(list);
	unlink(path);
	list = NULL;
	cr_expect_eq(environment_file_read(path, &list, &cause), -ENOENT);
	cr_expect_eq(environment_file_read("/tmp", &list, &cause), -EISDIR);
}
