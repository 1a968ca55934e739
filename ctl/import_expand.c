#include "ctl/import_expand.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/import_words.h"

static void put_number(FILE *stream, const char *flags, int number)
{
	int width = atoi(flags);
	if (*flags == '0')
		fprintf(stream, "%0*d", width < 64 ? width : 64, number);
	else
		fprintf(stream, "%*d", width < 64 ? width : 64, number);
}

static bool put_environment(struct expansion *expansion, FILE *stream, const char *name)
{
	const char *value = getenv(name);
	if (value) {
		fputs(value, stream);
		return true;
	}
	if (!expansion->late)
		return false;
	fprintf(stream, "%c%s%c", VARIABLE_BEGIN, name, VARIABLE_END);
	if (!string_list_contains(expansion->variables, name))
		string_list_append(&expansion->variables, name);
	return true;
}

static bool put_name(struct expansion *expansion, FILE *stream, const char *name, const char *flags)
{
	char host[HOST_NAME_MAX + 1] = "";
	if (strcmp(name, "process_num") == 0)
		put_number(stream, flags, expansion->process_number);
	else if (strcmp(name, "numprocs") == 0)
		put_number(stream, flags, expansion->process_count);
	else if (strcmp(name, "program_name") == 0)
		fputs(expansion->program_name ? expansion->program_name : "", stream);
	else if (strcmp(name, "group_name") == 0)
		fputs(expansion->group_name ? expansion->group_name : "", stream);
	else if (strcmp(name, "here") == 0)
		fputs(expansion->here, stream);
	else if (strcmp(name, "host_node_name") == 0 && gethostname(host, sizeof(host) - 1) == 0)
		fputs(host, stream);
	else if (strncmp(name, "ENV_", 4) == 0)
		return put_environment(expansion, stream, name + 4);
	else
		return false;
	return true;
}

/* At "%(": where the expression ends, or NULL when it is none. */
static const char *put_expression(struct expansion *expansion, FILE *stream, const char *at)
{
	char name[256], flags[16];
	size_t length = strcspn(at + 2, ")");
	const char *behind = at + 2 + length;
	if (*behind != ')' || length >= sizeof(name))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)length, at + 2);
	size_t width = strspn(++behind, "0123456789-+ #");
	snprintf(flags, sizeof(flags), "%.*s", (int)width, behind);
	behind += width;
	if (*behind != 's' && *behind != 'd')
		return NULL;
	if (!put_name(expansion, stream, name, flags)) {
		if (!expansion->missing)
			expansion->missing = strdup(name);
		return NULL;
	}
	return behind + 1;
}

char *expand_text(struct expansion *expansion, const char *text)
{
	char *expanded = NULL;
	size_t size;
	FILE *stream = open_memstream(&expanded, &size);
	if (!stream)
		return NULL;
	while (*text) {
		const char *behind = text[0] == '%' && text[1] == '(' ? put_expression(expansion, stream, text) : NULL;
		if (!behind && text[0] == '%' && text[1] == '%')
			text++;
		if (!behind)
			putc(*text, stream);
		text = behind ? behind : text + 1;
	}
	if (fclose(stream) == 0)
		return expanded;
	free(expanded);
	return NULL;
}

void expansion_finish(struct expansion *expansion)
{
	string_list_clear(&expansion->variables);
	free(expansion->missing);
	expansion->missing = NULL;
}
