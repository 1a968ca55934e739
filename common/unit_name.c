#include "common/unit_name.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const suffixes[] = {
	".service", ".socket", ".target", ".device", ".mount", ".automount",
	".swap",    ".timer",  ".path",   ".slice",  ".scope",
};

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_name_character(char c)
{
	/* Bit n stands for the character n, in two halves. */
	static const uint64_t digits_and_marks = UINT64_C(0x07ff600000000000); /* 0-9 : - . */
	static const uint64_t letters = UINT64_C(0x07fffffe97ffffff);          /* @ A-Z \ _ a-z */
	unsigned char u = (unsigned char)c;

	return u < 128 && ((u < 64 ? digits_and_marks >> u : letters >> (u - 64)) & 1);
}

const char *unit_name_suffix(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!dot)
		return NULL;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (dot[1] == suffixes[i][1] && strcmp(dot, suffixes[i]) == 0)
			return dot;
	return NULL;
}

void unit_name_copy(const char *name, char *to)
{
	size_t length = strnlen(name, UNIT_NAME_MAX);

	memmove(to, name, length);
	to[length] = '\0';
}

bool unit_name_is_valid(const char *name)
{
	size_t length = strnlen(name, UNIT_NAME_MAX + 1);
	const char *suffix = unit_name_suffix(name);

	if (length > UNIT_NAME_MAX || !suffix || suffix == name || *name == '@')
		return false;
	for (const char *c = name; *c; c++)
		if (!is_name_character(*c))
			return false;
	return true;
}

/* The '@' that starts the instance; NULL in a plain name. */
static const char *instance_mark(const char *name)
{
	const char *mark = strchr(name, '@');

	return mark && mark < unit_name_suffix(name) ? mark : NULL;
}

bool unit_name_is_template(const char *name)
{
	if (!strchr(name, '@') || !unit_name_is_valid(name))
		return false;
	const char *mark = instance_mark(name);
	return mark && mark + 1 == unit_name_suffix(name);
}

bool unit_name_is_instance(const char *name)
{
	if (!strchr(name, '@') || !unit_name_is_valid(name))
		return false;
	const char *mark = instance_mark(name);
	return mark && mark + 1 != unit_name_suffix(name);
}

/* Writes head[0…head_length) followed by the other two; false when that is longer than a name may be. */
static bool join(char *to, const char *head, size_t head_length, const char *middle, const char *tail)
{
	size_t middle_length = strlen(middle), tail_length = strlen(tail);

	if (head_length + middle_length + tail_length > UNIT_NAME_MAX)
		return false;
	memmove(to, head, head_length);
	memcpy(to + head_length, middle, middle_length);
	memcpy(to + head_length + middle_length, tail, tail_length + 1);
	return true;
}

bool unit_name_template(const char *name, char *to)
{
	if (!unit_name_is_instance(name))
		return false;
	const char *mark = instance_mark(name);
	return join(to, name, (size_t)(mark + 1 - name), "", unit_name_suffix(name));
}

bool unit_name_make_instance(const char *template_name, const char *instance, char *to)
{
	if (!unit_name_is_template(template_name) || !*instance)
		return false;
	const char *mark = instance_mark(template_name);
	return join(to, template_name, (size_t)(mark + 1 - template_name), instance, mark + 1) &&
	       unit_name_is_valid(to);
}

bool unit_name_prefix(const char *name, char *to)
{
	if (!unit_name_suffix(name) || strlen(name) > UNIT_NAME_MAX)
		return false;
	const char *mark = instance_mark(name);
	const char *end = mark ? mark : unit_name_suffix(name);
	return join(to, name, (size_t)(end - name), "", "");
}

bool unit_name_instance(const char *name, char *to)
{
	*to = '\0';
	if (!unit_name_is_valid(name))
		return false;
	const char *mark = instance_mark(name);
	return !mark || join(to, mark + 1, (size_t)(unit_name_suffix(name) - mark - 1), "", "");
}

static bool complete_path(const char *path, char *to)
{
	bool device = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/sys/", 5) == 0;
	char *escaped = unit_name_escape_path(path);
	bool fits = escaped && join(to, escaped, strlen(escaped), device ? ".device" : ".mount", "");

	free(escaped);
	return fits && unit_name_is_valid(to);
}

bool unit_name_complete(const char *typed, char *to)
{
	if (*typed == '/')
		return complete_path(typed, to);
	const char *suffix = unit_name_suffix(typed) ? "" : ".service";
	return join(to, typed, strlen(typed), suffix, "") && unit_name_is_valid(to);
}

static bool stays_unescaped(char c, bool first)
{
	return is_letter_or_digit(c) || c == ':' || c == '_' || (c == '.' && !first);
}

char *unit_name_escape(const char *text)
{
	size_t length = strlen(text);
	char *escaped = length < SIZE_MAX / 4 - 1 ? malloc(4 * length + 1) : NULL;
	char *end = escaped;

	if (!escaped)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '/')
			*end++ = '-';
		else if (stays_unescaped(text[i], i == 0))
			*end++ = text[i];
		else
			end += sprintf(end, "\\x%02x", (unsigned char)text[i]);
	}
	*end = '\0';
	return escaped;
}

/* Leaves out leading, doubled and trailing slashes. */
static void simplify_path(const char *path, char *to)
{
	char *end = to;

	for (; *path; path++) {
		if (*path == '/' && (end == to || end[-1] == '/'))
			continue;
		*end++ = *path;
	}
	if (end > to && end[-1] == '/')
		end--;
	*end = '\0';
}

char *unit_name_escape_path(const char *path)
{
	char *simple = calloc(1, strlen(path) + 1);

	if (!simple)
		return NULL;
	simplify_path(path, simple);
	char *escaped = *simple ? unit_name_escape(simple) : strdup("-");
	free(simple);
	return escaped;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *unit_name_unescape(const char *text)
{
	char *plain = malloc(strlen(text) + 1), *end = plain;

	if (!plain)
		return NULL;
	while (*text) {
		if (text[0] == '\\' && text[1] == 'x' && hex_digit(text[2]) >= 0 && hex_digit(text[3]) >= 0) {
			*end++ = (char)(hex_digit(text[2]) * 16 + hex_digit(text[3]));
			text += 4;
			continue;
		}
		*end++ = *text == '-' ? '/' : *text;
		text++;
	}
	*end = '\0';
	return plain;
}

char *unit_name_unescape_path(const char *text)
{
	if (strcmp(text, "-") == 0)
		return strdup("/");
	char *plain = unit_name_unescape(text);
	if (!plain || *plain == '/')
		return plain;
	size_t length = strlen(plain);
	char *path = malloc(length + 2);
	if (path) {
		path[0] = '/';
		memcpy(path + 1, plain, length + 1);
	}
	free(plain);
	return path;
}
