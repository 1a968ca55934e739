#include "supervisor/load/unit_file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "supervisor/load/text_file.h"

enum { NAME_LENGTH_MAX = 48 };

struct reader {
	const struct unit_file_handler *handler;
	char *next;          /* the rest of the text */
	unsigned next_line;  /* its line number */
	char *line;          /* the present logical line, NUL-terminated */
	size_t length;       /* its bytes */
	unsigned line_start; /* its number */
	unsigned indent;     /* bytes before it */
	const char *section; /* NULL: before the first header */
	bool skip;           /* in one whose header was wrong */
	int error;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void complain(struct reader *reader, unsigned column, const char *text)
{
	reader->handler->complain(reader->handler->context, reader->line_start, column, text);
}

/* Cuts the next physical line out; its end is NUL. NULL at the end of the text. */
static char *take_physical_line(struct reader *reader, size_t *length)
{
	char *start = reader->next;
	char *end;

	if (!*start)
		return NULL;
	end = strchrnul(start, '\n');
	reader->next = *end ? end + 1 : end;
	reader->next_line++;
	if (end > start && end[-1] == '\r')
		end--;
	*end = '\0';
	*length = (size_t)(end - start);
	return start;
}

static bool is_continued(const char *line, size_t length)
{
	size_t backslashes = 0;

	while (backslashes < length && line[length - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Appends the lines that continue the present one, in place: what goes away is longer than what is put in. */
static size_t join_continued(struct reader *reader, size_t length)
{
	while (is_continued(reader->line, length)) {
		size_t more;
		char *line = take_physical_line(reader, &more);

		reader->line[length - 1] = ' ';
		if (!line)
			break;
		while (is_space(*line)) {
			line++;
			more--;
		}
		if (*line == '#' || *line == ';') {
			reader->line[length - 1] = '\\'; /* a comment in between: the line goes on behind it */
			continue;
		}
		memmove(reader->line + length, line, more + 1);
		length += more;
		if (length > TEXT_LINE_MAX)
			break;
	}
	return length;
}

/* The next logical line that is neither empty nor a comment. */
static bool next_logical_line(struct reader *reader)
{
	for (;;) {
		size_t length;
		char *start = take_physical_line(reader, &length);

		if (!start)
			return false;
		reader->line = start;
		while (is_space(*reader->line))
			reader->line++;
		if (!*reader->line || *reader->line == '#' || *reader->line == ';')
			continue;
		reader->line_start = reader->next_line - 1;
		reader->indent = (unsigned)(reader->line - start);
		length = join_continued(reader, length - reader->indent);
		if (length > TEXT_LINE_MAX) {
			complain(reader, 0, "the line is longer than 1 MiB");
			reader->error = -EMSGSIZE;
			return false;
		}
		while (length > 0 && is_space(reader->line[length - 1]))
			reader->line[--length] = '\0';
		reader->length = length;
		return true;
	}
}

/* What can be the name of a section or a key: printable, and nothing that stands for something else in a file. */
bool unit_file_name_is_plain(const char *name, size_t length)
{
	static const bool special[256] = {
		['['] = true, [']'] = true, ['='] = true, [':'] = true, [';'] = true, ['#'] = true, ['"'] = true,
	};

	if (length == 0 || length > NAME_LENGTH_MAX || name[0] == ' ' || name[length - 1] == ' ')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < ' ' || special[(unsigned char)name[i]])
			return false;
	return true;
}

static void take_section(struct reader *reader)
{
	reader->section = NULL;
	reader->skip = true;
	if (reader->line[reader->length - 1] != ']') {
		complain(reader, reader->indent + 1, "section header without ']', the section is left out");
		return;
	}
	if (!unit_file_name_is_plain(reader->line + 1, reader->length - 2)) {
		complain(reader, reader->indent + 1, "unknown section, left out");
		return;
	}
	/* The text stays as it is, so the name can stay in it. */
	reader->line[reader->length - 1] = '\0';
	reader->section = reader->line + 1;
	reader->skip = false;
}

/* Why the line is no assignment; NULL: it is one. */
static const char *not_an_assignment(const struct reader *reader, const char *equals, size_t key_length)
{
	if (!reader->section)
		return "assignment outside of a section, left out";
	if (key_length > 0)
		return NULL;
	return equals ? "no key before '='" : "no '=' in this line, left out";
}

static void take_assignment(struct reader *reader)
{
	char *equals = memchr(reader->line, '=', reader->length);
	size_t key_length = equals ? (size_t)(equals - reader->line) : 0;

	if (reader->skip)
		return;
	while (key_length > 0 && is_space(reader->line[key_length - 1]))
		key_length--;
	const char *problem = not_an_assignment(reader, equals, key_length);
	if (problem) {
		complain(reader, reader->indent + 1, problem);
		return;
	}
	char *value = equals + 1;
	while (is_space(*value))
		value++;
	reader->line[key_length] = '\0';
	reader->error = reader->handler->assign(reader->handler->context,
						&(struct assignment){
							.section = reader->section,
							.key = reader->line,
							.value = value,
							.line = reader->line_start,
							.column = reader->indent + (unsigned)(value - reader->line) + 1,
						});
}

int unit_file_parse(char *text, size_t length, const struct unit_file_handler *handler)
{
	struct reader reader = { .handler = handler, .next = text, .next_line = 1 };
	unsigned column;
	const char *problem;

	if (text_check(text, length, &reader.line_start, &column, &problem) < 0) {
		complain(&reader, column, problem);
		return -EINVAL;
	}
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		reader.next += 3;
	while (reader.error == 0 && next_logical_line(&reader)) {
		if (*reader.line == '[')
			take_section(&reader);
		else
			take_assignment(&reader);
	}
	return reader.error;
}
