#include "supervisor/load/unit_file.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/load/text_file.h"

/* inih keeps section and key in fields of 50 bytes; longer ones never reach it. */
enum { NAME_LENGTH_MAX = 48 };

struct reader {
	const struct unit_file_handler *handler;
	char *next;          /* the rest of the text */
	unsigned next_line;  /* its line number */
	char *line;          /* the present logical line, NUL-terminated */
	unsigned line_start; /* its number */
	unsigned indent;     /* bytes before it */
	char *value;
	unsigned column;
	bool in_section; /* in one that inih knows of */
	bool skip;       /* in one whose header was wrong */
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
		return true;
	}
}

/* What inih can be given as a section or a key without taking it for anything else. */
static bool is_plain_name(const char *name, size_t length)
{
	if (length == 0 || length > NAME_LENGTH_MAX || name[0] == ' ' || name[length - 1] == ' ')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < ' ' || strchr("[]=:;#\"", name[i]))
			return false;
	return true;
}

static bool give_section(struct reader *reader, char *to, size_t size)
{
	size_t length = strlen(reader->line);

	reader->in_section = false;
	reader->skip = true;
	if (reader->line[length - 1] != ']') {
		complain(reader, reader->indent + 1, "section header without ']', the section is left out");
		return false;
	}
	if (!is_plain_name(reader->line + 1, length - 2)) {
		complain(reader, reader->indent + 1, "unknown section, left out");
		return false;
	}
	reader->skip = false;
	reader->in_section = true;
	return snprintf(to, size, "%s\n", reader->line) < (int)size;
}

static bool give_assignment(struct reader *reader, char *to, size_t size)
{
	char *equals = strchr(reader->line, '=');
	size_t length = equals ? (size_t)(equals - reader->line) : 0;

	if (reader->skip)
		return false;
	if (!reader->in_section) {
		complain(reader, reader->indent + 1, "assignment outside of a section, left out");
		return false;
	}
	while (length > 0 && is_space(reader->line[length - 1]))
		length--;
	if (length == 0) {
		complain(reader, reader->indent + 1, equals ? "no key before '='" : "no '=' in this line, left out");
		return false;
	}
	if (!is_plain_name(reader->line, length)) {
		complain(reader, reader->indent + 1, "this is not a key, left out");
		return false;
	}
	reader->value = equals + 1;
	while (is_space(*reader->value))
		reader->value++;
	reader->column = reader->indent + (unsigned)(reader->value - reader->line) + 1;
	return snprintf(to, size, "%.*s=%u\n", (int)length, reader->line, reader->line_start) < (int)size;
}

/* ini_reader: as fgets(3). */
static char *give_line(char *to, int size, void *stream)
{
	struct reader *reader = stream;

	while (reader->error == 0 && next_logical_line(reader)) {
		bool given = *reader->line == '[' ? give_section(reader, to, (size_t)size)
						  : give_assignment(reader, to, (size_t)size);
		if (given)
			return to;
	}
	return NULL;
}

#if INI_HANDLER_LINENO
static int take_assignment(void *user, const char *section, const char *key, const char *value, int lineno)
#else
static int take_assignment(void *user, const char *section, const char *key, const char *value)
#endif
{
	struct reader *reader = user;
	struct assignment assignment = {
		.section = section,
		.key = key,
		.value = reader->value,
		.line = reader->line_start,
		.column = reader->column,
	};

#if INI_HANDLER_LINENO
	(void)lineno;
#endif
	if (!key || !value || reader->error < 0)
		return 1; /* INI_CALL_HANDLER_ON_NEW_SECTION */
	reader->error = reader->handler->assign(reader->handler->context, &assignment);
	return 1;
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
	int r = ini_parse_stream(give_line, &reader, take_assignment, &reader);
	if (reader.error < 0)
		return reader.error;
	if (r != 0) {
		complain(&reader, 0, "inih does not take this line");
		return r == -2 ? -ENOMEM : -EINVAL;
	}
	return 0;
}
