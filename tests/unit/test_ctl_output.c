#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/output.h"

static void expect_harmless(const char *text, size_t length, const char *expected)
{
	char *harmless = text_harmless(text, length);
	cr_expect_str_eq(harmless, expected);
	free(harmless);
}

Test(output, text_that_steers_terminals_becomes_visible)
{
	expect_harmless("plain\ttext", 10, "plain\ttext");
	expect_harmless("\033[31mred", 8, "\\x1b[31mred");
	expect_harmless("a\0b", 3, "a\\x00b");
	expect_harmless("\177", 1, "\\x7f");
	expect_harmless("\xc2\x9b", 2, "\\u009b");
	expect_harmless("\xe2\x80\xae", 3, "\\u202e");
	expect_harmless("ö漢😀", strlen("ö漢😀"), "ö漢😀");
}

Test(output, bytes_that_are_no_utf8_become_visible)
{
	expect_harmless("\xff", 1, "\\xff");
	expect_harmless("\xc0\xaf", 2, "\\xc0\\xaf");
	expect_harmless("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");
	expect_harmless("\xe6\xbc", 2, "\\xe6\\xbc");
	expect_harmless("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
}

Test(output, width_counts_columns)
{
	size_t used;
	cr_expect_eq(text_width("abc"), 3);
	cr_expect_eq(text_width("ö"), 1);
	cr_expect_eq(text_width("漢字"), 4);
	cr_expect_eq(text_fit("漢字", 3, &used), strlen("漢"));
	cr_expect_eq(used, 2);
	cr_expect_eq(text_fit("abc", 0, &used), 0);
}

Test(output, a_file_is_no_terminal)
{
	FILE *file = tmpfile();
	setenv("LC_ALL", "C.UTF-8", 1);
	struct terminal terminal = terminal_of(file);
	cr_expect_eq(terminal.width, 0);
	cr_expect_not(terminal.color);
	cr_expect(terminal.unicode);
	setenv("LC_ALL", "C", 1);
	setenv("LANG", "de_DE.UTF-8", 1);
	cr_expect_not(terminal_of(file).unicode);
	cr_expect_str_empty(style_begin(&terminal, STYLE_BAD));
	fclose(file);
}

static char *print_table(const struct terminal *terminal, const char *const *cells, size_t count, bool titles)
{
	static const struct table_column columns[] = { { "UNIT", false, true },
						       { "PID", true, false },
						       { "WHAT", false, true } };
	struct table *table = table_create(terminal, columns, 3);
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	for (size_t i = 0; i < count; i++)
		table_cell(table, STYLE_GOOD, cells[i]);
	table_print(table, stream, titles);
	fclose(stream);
	table_destroy(table);
	return text;
}

Test(table, columns_line_up)
{
	static const char *const cells[] = { "a.service", "7", "first", "b", "1234", NULL };
	struct terminal terminal = { 0 };
	char *text = print_table(&terminal, cells, 6, true);
	cr_expect_str_eq(text, "UNIT        PID  WHAT\n"
			       "a.service     7  first\n"
			       "b          1234  -\n");
	free(text);
}

Test(table, wide_text_is_shortened_to_the_terminal)
{
	static const char *const cells[] = { "unit.service", "7",
					     "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字" };
	struct terminal terminal = { .width = 40, .unicode = true };
	char *text = print_table(&terminal, cells, 3, false);
	text[strcspn(text, "\n")] = '\0';
	cr_expect_leq(text_width(text), 40);
	cr_expect_not_null(strstr(text, "…"));
	free(text);
	terminal.unicode = false;
	text = print_table(&terminal, cells, 3, false);
	text[strcspn(text, "\n")] = '\0';
	cr_expect_leq(text_width(text), 40);
	cr_expect_not_null(strstr(text, "..."));
	free(text);
}

Test(table, cells_hold_one_harmless_line_each)
{
	static const char *const cells[] = { "a\tb", "\033[2J", "one\ntwo" };
	struct terminal terminal = { 0 };
	char *text = print_table(&terminal, cells, 3, false);
	cr_expect_str_eq(text, "a b  \\x1b[2J  one\n");
	free(text);
}

Test(table, colour_surrounds_the_text_alone)
{
	static const char *const cells[] = { "a", "b", "c" };
	struct terminal terminal = { .color = true };
	char *text = print_table(&terminal, cells, 3, false);
	cr_expect_str_eq(text, "\033[1;32ma\033[0m  \033[1;32mb\033[0m  \033[1;32mc\033[0m\n");
	free(text);
}

Test(table, an_unfinished_row_is_left_out)
{
	static const char *const cells[] = { "a", "b", "c", "d" };
	struct terminal terminal = { 0 };
	char *text = print_table(&terminal, cells, 4, false);
	cr_expect_str_eq(text, "a  b  c\n");
	free(text);
}
