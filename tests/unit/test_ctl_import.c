#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/import.h"
#include "ctl/import_expand.h"
#include "ctl/import_ini.h"
#include "ctl/import_words.h"

/* The words of a line, each in brackets. */
static void expect_words(const char *line, const char *expected)
{
	char **words, text[256] = "";
	cr_assert_eq(words_split(line, &words), 0, "%s", line);
	for (char **word = words; word && *word; word++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "[%s]", *word);
	cr_expect_str_eq(text, expected);
	string_list_free(words);
}

Test(import, words_are_split_as_a_shell_does)
{
	char **words;
	expect_words("", "");
	expect_words("  a\tb\n c ", "[a][b][c]");
	expect_words("a\\ b 'c d' \"e f\"", "[a b][c d][e f]");
	expect_words("''", "[]");
	expect_words("a'b'\"c\"d", "[abcd]");
	expect_words("'a\\b' \"a\\b\" \"a\\\"b\" \"\\$x\"", "[a\\b][a\\b][a\"b][$x]");
	cr_expect_eq(words_split("a 'b", &words), -EINVAL);
	cr_expect_null(words);
}

static void expect_text(char *text, const char *expected)
{
	cr_expect_str_eq(text, expected);
	free(text);
}

Test(import, words_are_quoted_for_unit_files)
{
	expect_text(word_for_command("plain/1,2=3:4"), "plain/1,2=3:4");
	expect_text(word_for_command(""), "\"\"");
	expect_text(word_for_command("50% of $HOME"), "\"50%% of $$HOME\"");
	expect_text(word_for_command("a\"b\\c"), "\"a\\\"b\\\\c\"");
	expect_text(word_for_command(";"), "\";\"");
	expect_text(word_for_command("a\nb"), "\"a\\nb\"");
	expect_text(word_for_command("\x01X\x02/y"), "\"${X}/y\"");
	expect_text(word_for_environment("A", "b c"), "\"A=b c\"");
	expect_text(word_for_environment("A", ""), "A=");
	expect_text(word_for_environment("A", "$x%"), "A=$x%%");
	expect_text(value_for_key("/a b/50%"), "/a b/50%%");
	expect_text(words_for_command((char *[]){ "a", "b c", NULL }), "a \"b c\"");
}

static void expect_expanded(struct expansion *expansion, const char *text, const char *expected)
{
	expect_text(expand_text(expansion, text), expected);
}

Test(import, expressions_are_expanded)
{
	struct expansion expansion = {
		.here = "/etc", .program_name = "p", .group_name = "g", .process_number = 7, .process_count = 12
	};
	setenv("IMPORT_TEST", "here", 1);
	expect_expanded(&expansion, "%(here)s/%(program_name)s-%(group_name)s", "/etc/p-g");
	expect_expanded(&expansion, "%(process_num)d %(process_num)02d %(process_num)3d|%(numprocs)d", "7 07   7|12");
	expect_expanded(&expansion, "100%% %(ENV_IMPORT_TEST)s %", "100% here %");
	cr_expect_null(expansion.missing);
	expect_expanded(&expansion, "%(ENV_NOT_THERE_AT_ALL)s", "%(ENV_NOT_THERE_AT_ALL)s");
	cr_expect_str_eq(expansion.missing, "ENV_NOT_THERE_AT_ALL");
	expansion.late = true;
	expect_expanded(&expansion, "%(ENV_NOT_THERE_AT_ALL)s", "\x01NOT_THERE_AT_ALL\x02");
	cr_expect(string_list_contains(expansion.variables, "NOT_THERE_AT_ALL"));
	/* Wide numbers must not take memory. */
	char *wide = expand_text(&expansion, "%(process_num)0999999999d");
	cr_expect_leq(strlen(wide), 64);
	free(wide);
	expect_expanded(&expansion, "%(unknown", "%(unknown");
	expect_expanded(&expansion, "%(here)x", "%(here)x");
	expansion_finish(&expansion);
}

Test(import, ini_files_are_read_as_python_reads_them)
{
	char path[] = "/tmp/test-import-XXXXXX";
	static const char text[] =
		"before=1\n[program:a] ; comment\nCommand = x ; not this\nlong=1\n  2\n; no\n\n3=4:5\n[b\n";
	int file = mkstemp(path);
	struct ini ini = { 0 };
	struct cause cause = { 0 };
	cr_assert_eq(write(file, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(file);
	cr_assert_eq(ini_read(&ini, path, &cause), 0, "%s", cause.text);
	unlink(path);
	cr_assert_eq(ini.section_count, 2);
	const struct ini_section *section = &ini.sections[0];
	cr_expect_str_eq(section->kind, "program");
	cr_expect_str_eq(section->name, "a");
	cr_expect_str_eq(ini_value(section, "command", ""), "x");
	cr_expect_str_eq(ini_value(section, "long", ""), "1\n2");
	cr_expect_str_eq(ini_value(section, "3", ""), "4:5");
	cr_expect_eq(ini_find(section, "3")->line, 8);
	cr_expect_str_eq(ini.sections[1].kind, "b");
	cr_expect_eq(string_list_length(ini.problems), 1);
	ini_finish(&ini);
}

Test(import, names_are_kept_apart_and_valid)
{
	struct import import = { 0 };
	cr_expect_str_eq(import_add(&import, "a", ".service")->name, "a.service");
	cr_expect_str_eq(import_add(&import, "a", ".service")->name, "a-2.service");
	cr_expect_str_eq(import_add(&import, "", ".service")->name, "unnamed.service");
	cr_expect_str_eq(import_add(&import, "../x y@z", ".target")->name, "\\x2e.-x\\x20y\\x40z.target");
	import_finish(&import);
}
