#include "supervisor/load/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/expand.h"
#include "supervisor/load/text_file.h"

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool variable_name_is_valid(const char *name, size_t length)
{
	if (length == 0 || !is_name_start(*name))
		return false;
	for (size_t i = 1; i < length; i++)
		if (!is_name_start(name[i]) && (name[i] < '0' || name[i] > '9'))
			return false;
	return true;
}

static bool has_name(const char *assignment, const char *name, size_t length)
{
	return strncmp(assignment, name, length) == 0 && assignment[length] == '=';
}

int environment_set(char ***environment, const char *assignment)
{
	size_t length = strcspn(assignment, "=");

	for (char **entry = *environment; entry && *entry; entry++) {
		if (!has_name(*entry, assignment, length))
			continue;
		char *copy = strdup(assignment);
		if (!copy)
			return -ENOMEM;
		free(*entry);
		*entry = copy;
		return 0;
	}
	return string_list_append(environment, assignment);
}

void environment_unset(char **environment, const char *name_or_assignment)
{
	size_t length = strlen(name_or_assignment);
	bool whole = strchr(name_or_assignment, '=');
	char **to = environment;

	if (!environment)
		return;
	for (char **entry = environment; *entry; entry++) {
		if (whole ? strcmp(*entry, name_or_assignment) == 0 : has_name(*entry, name_or_assignment, length))
			free(*entry);
		else
			*to++ = *entry;
	}
	*to = NULL;
}

const char *environment_get(char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (has_name(*environment, name, length))
			return *environment + length + 1;
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A part in quotes; `from` is behind the opening one. In single quotes nothing is special. */
static char *copy_quoted(char *from, char **to, char quote)
{
	while (*from && *from != quote) {
		if (*from == '\\' && quote == '"' && from[1] && strchr("\"\\$`\n", from[1])) {
			from++;
			if (*from == '\n') {
				from++;
				continue;
			}
		}
		*(*to)++ = *from++;
	}
	return *from ? from + 1 : from;
}

/* The value of an assignment, in place; returns where the next line begins. */
static char *take_value(char *from, char **value)
{
	char *to, *solid; /* white space behind `solid` goes */

	while (is_space(*from))
		from++;
	*value = to = solid = from;
	while (*from && *from != '\n') {
		if (*from == '"' || *from == '\'') {
			from = copy_quoted(from + 1, &to, *from);
			solid = to;
		} else if (*from == '\\' && from[1] == '\n') {
			from += 2;
		} else {
			if (*from == '\\' && from[1])
				from++;
			bool space = is_space(*from);
			*to++ = *from++;
			solid = space ? solid : to;
		}
	}
	char *next = *from ? from + 1 : from;
	*solid = '\0';
	return next;
}

static char *skip_line(char *text)
{
	text = strchrnul(text, '\n');
	return *text ? text + 1 : text;
}

static int set_pair(char ***environment, const char *name, size_t length, const char *value)
{
	size_t value_length = strlen(value);
	char *assignment = malloc(length + value_length + 2);

	if (!assignment)
		return -ENOMEM;
	memcpy(assignment, name, length);
	assignment[length] = '=';
	memcpy(assignment + length + 1, value, value_length + 1);
	int r = environment_set(environment, assignment);
	free(assignment);
	return r;
}

/* One line or several, if the value goes on; lines that assign nothing are passed over. */
static int take_line(char **text, char ***environment)
{
	char *name = *text, *value;

	while (is_space(*name))
		name++;
	size_t length = strcspn(name, "=\n");
	if (*name == '#' || *name == ';' || name[length] != '=') {
		*text = skip_line(name);
		return 0;
	}
	*text = take_value(name + length + 1, &value);
	while (length > 0 && is_space(name[length - 1]))
		length--;
	return variable_name_is_valid(name, length) ? set_pair(environment, name, length, value) : 0;
}

int environment_file_read(const char *path, char ***environment, struct cause *cause)
{
	enum { ENVIRONMENT_FILE_MAX = 1 << 20 };
	struct text_file file = { 0 };
	unsigned line, column;
	const char *problem;
	int r = text_file_read(&file, path, cause);

	if (r == 0 && file.length > ENVIRONMENT_FILE_MAX)
		r = cause_set(cause, EFBIG, "%s: is larger than 1 MiB", path);
	if (r == 0 && text_check(file.data, file.length, &line, &column, &problem) < 0)
		r = cause_set(cause, EINVAL, "%s:%u:%u: %s", path, line, column, problem);
	if (r == 0) {
		char *text = file.data;
		while (r == 0 && *text)
			r = take_line(&text, environment);
		if (r < 0)
			cause_set_errno(cause, -r, "%s", path);
	}
	text_file_finish(&file);
	return r;
}
