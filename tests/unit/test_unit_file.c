#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/load/text_file.h"
#include "supervisor/load/unit_file.h"
#include "supervisor/load/words.h"

/* What was assigned and complained of, as text. */
struct record {
	char text[8192];
	size_t length, last_value_length;
};

static int assign(void *context, const struct assignment *assignment)
{
	struct record *record = context;

	record->last_value_length = strlen(assignment->value);
	record->length += (size_t)snprintf(record->text + record->length, sizeof record->text - record->length,
					   "%u:%s/%s=%.80s\n", assignment->line, assignment->section, assignment->key,
					   assignment->value);
	return 0;
}

static void complain(void *context, unsigned line, unsigned column, const char *text)
{
	struct record *record = context;

	record->length += (size_t)snprintf(record->text + record->length, sizeof record->text - record->length,
					   "%u:%u! %s\n", line, column, text);
}

static int parse_bytes(const char *bytes, size_t length, struct record *record)
{
	struct unit_file_handler handler = { assign, complain, record };
	char *copy = malloc(length + 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	*record = (struct record){ 0 };
	int r = unit_file_parse(copy, length, &handler);
	free(copy);
	return r;
}

static void expect(const char *text, const char *wanted)
{
	struct record record;

	cr_expect_eq(parse_bytes(text, strlen(text), &record), 0);
	cr_expect_str_eq(record.text, wanted);
}

Test(unit_file, reads_sections_and_assignments)
{
	expect("[Unit]\nDescription = A  b \nEmpty=\n\n[Service]\n  ExecStart=/bin/true ; /bin/false # x\n",
	       "2:Unit/Description=A  b\n3:Unit/Empty=\n6:Service/ExecStart=/bin/true ; /bin/false # x\n");
	expect("\xef\xbb\xbf[Unit]\r\nA=b\r\n", "2:Unit/A=b\n");
	expect("[Unit]\nA=b", "2:Unit/A=b\n");
	expect("[Unit]\nA=x:y=z\n", "2:Unit/A=x:y=z\n");
}

Test(unit_file, joins_continued_lines_and_keeps_line_numbers)
{
	expect("[S]\nA=one \\\n   two\\\n# comment\n; another\n three\nB=c\n", "2:S/A=one  two three\n7:S/B=c\n");
	expect("[S]\nA=one\\\\\nB=c\n", "2:S/A=one\\\\\n3:S/B=c\n");
	expect("[S]\nA=one\\\n\nB=c\n", "2:S/A=one\n4:S/B=c\n");
	expect("[S]\nA=end\\", "2:S/A=end\n");
}

Test(unit_file, leaves_out_what_is_no_assignment_and_says_where)
{
	expect("A=b\n[S]\nnonsense\n=x\n[Broken\nB=c\n[T]\nC=d\n",
	       "1:1! assignment outside of a section, left out\n3:1! no '=' in this line, left out\n"
	       "4:1! no key before '='\n5:1! section header without ']', the section is left out\n8:T/C=d\n");
}

Test(unit_file, has_no_limits_of_ini_libraries)
{
	static char text[80000];
	struct record record;
	char key[100];

	int head = sprintf(text, "[S]\nA=");
	memset(text + head, 'x', 65536);
	memcpy(text + head + 500, " ; ", 3);
	cr_expect_eq(parse_bytes(text, (size_t)head + 65536, &record), 0);
	cr_expect_eq(record.last_value_length, 65536);
	memset(key, 'K', sizeof key);
	head = sprintf(text, "[S]\n%.99s=1\nB=2\n", key);
	cr_expect_eq(parse_bytes(text, (size_t)head, &record), 0);
	cr_expect_eq(strlen(record.text), 2 + strlen("S/=1\n") + 99 + strlen("3:S/B=2\n"), "%s", record.text);
	cr_expect_not(unit_file_name_is_plain(key, 99));
	cr_expect_not(unit_file_name_is_plain("a\nb", 3));
	cr_expect(unit_file_name_is_plain("Key", 3));
}

Test(unit_file, refuses_lines_above_one_mebibyte)
{
	size_t size = TEXT_LINE_MAX + 5000;
	char *text = malloc(size + 1);
	struct record record;

	memset(text, 'x', size);
	memcpy(text, "[S]\nA=", 6);
	cr_expect_eq(parse_bytes(text, size, &record), -EMSGSIZE);
	cr_expect_str_eq(record.text, "2:0! the line is longer than 1 MiB\n");
	for (size_t i = 1000; i < size; i += 1000)
		memcpy(text + i, "\\\n", 2);
	cr_expect_eq(parse_bytes(text, size, &record), -EMSGSIZE, "continued lines count together");
	free(text);
}

Test(unit_file, refuses_nul_and_broken_utf8_and_says_where)
{
	struct record record;

	cr_expect_eq(parse_bytes("[S]\nA=\0b", 8, &record), -EINVAL);
	cr_expect_str_eq(record.text, "2:3! NUL byte\n");
	cr_expect_eq(parse_bytes("[S]\nA=\xff", 7, &record), -EINVAL);
	cr_expect_str_eq(record.text, "2:3! not UTF-8\n");
	cr_expect_eq(parse_bytes("[S]\nA=\xed\xa0\x80", 9, &record), -EINVAL, "surrogates");
	cr_expect_eq(parse_bytes("[S]\nA=\xf0\x9f\x98\x80", 10, &record), 0);
}

Test(unit_file, says_why_a_file_cannot_be_read)
{
	struct text_file file = { 0 };
	struct cause cause;

	cr_expect_eq(text_file_read(&file, "/etc", &cause), -EISDIR);
	cr_expect_str_eq(cause.text, "/etc: is a directory, not a file");
	cr_expect_eq(text_file_read(&file, "/nonexistent", &cause), -ENOENT);
	cr_expect_eq(text_file_read(&file, "/dev/zero", &cause), -EINVAL);
	cr_expect_eq(text_file_read(&file, "/dev/null", &cause), 0);
	cr_expect(file.is_mask);
	text_file_finish(&file);
}

static void expect_words(const char *text, const char *wanted)
{
	char copy[256], joined[256] = "", *rest = copy, *word;
	int r;

	strcpy(copy, text);
	while ((r = word_take(&rest, &word, NULL)) > 0) {
		strcat(joined, word);
		strcat(joined, "|");
	}
	cr_expect_eq(r, 0, "%s", text);
	cr_expect_str_eq(joined, wanted);
}

Test(words, are_unquoted_and_unescaped)
{
	expect_words("a  b\tc", "a|b|c|");
	expect_words("'a b' \"c d\"", "a b|c d|");
	expect_words("a\"b c\"d", "ab cd|");
	expect_words("'' x", "|x|");
	expect_words("\\x41\\102\\u00e9\\t\\s", "AB\xc3\xa9\t |");
	expect_words("\"it's\" 'say \"x\"'", "it's|say \"x\"|");
	expect_words("a\\qb", "a\\qb|");
	expect_words("", "");
}

Test(words, with_an_open_quote_are_refused)
{
	char text[] = "a 'b c", *rest = text, *word;

	cr_expect_eq(word_take(&rest, &word, NULL), 1);
	cr_expect_eq(word_take(&rest, &word, NULL), -EINVAL);
}
