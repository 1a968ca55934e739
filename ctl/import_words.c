#include "ctl/import_words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One word, quotes taken off, into `to`, which is as long as the line. NULL: a quote is left open. */
static const char *take_word(const char *at, char *to)
{
	char quote = 0;
	for (; *at && (quote || !is_space(*at)); at++) {
		if (quote && *at == quote)
			quote = 0;
		else if (!quote && (*at == '"' || *at == '\''))
			quote = *at;
		else if (*at == '\\' && quote != '\'' && at[1] && (!quote || strchr("\"\\$`", at[1])))
			*to++ = *++at;
		else
			*to++ = *at;
	}
	*to = '\0';
	return quote ? NULL : at;
}

int words_split(const char *line, char ***words)
{
	char *word = malloc(strlen(line) + 1);
	int result = word ? 0 : -ENOMEM;
	*words = NULL;
	while (result == 0) {
		while (is_space(*line))
			line++;
		if (!*line)
			break;
		line = take_word(line, word);
		result = line ? string_list_append(words, word) : -EINVAL;
	}
	free(word);
	if (result < 0)
		string_list_clear(words);
	return result;
}

static bool needs_quotes(const char *text)
{
	return !*text || strpbrk(text, " \t\n\r\"'\\;") || (unsigned char)*text < ' ';
}

static void put_escaped(FILE *stream, const char *text, bool quoted, bool command)
{
	for (; *text; text++) {
		if (*text == VARIABLE_BEGIN)
			fputs("${", stream);
		else if (*text == VARIABLE_END)
			putc('}', stream);
		else if (*text == '%' || (command && *text == '$'))
			fprintf(stream, "%c%c", *text, *text);
		else if (quoted && (*text == '"' || *text == '\\'))
			fprintf(stream, "\\%c", *text);
		else if (*text == '\n')
			fputs("\\n", stream);
		else if (*text == '\t' && quoted)
			fputs("\\t", stream);
		else
			putc(*text, stream);
	}
}

static char *escape(const char *name, const char *text, bool command)
{
	char *escaped = NULL;
	size_t size;
	FILE *stream = open_memstream(&escaped, &size);
	bool quoted = needs_quotes(text) && (*text || !name);
	if (!stream)
		return NULL;
	if (quoted)
		putc('"', stream);
	if (name)
		fprintf(stream, "%s=", name);
	put_escaped(stream, text, quoted, command);
	if (quoted)
		putc('"', stream);
	if (fclose(stream) == 0)
		return escaped;
	free(escaped);
	return NULL;
}

char *word_for_command(const char *text)
{
	return escape(NULL, text, true);
}

char *word_for_environment(const char *name, const char *value)
{
	return escape(name, value, false);
}

char *words_for_command(char *const *words)
{
	char *line = NULL;
	size_t size;
	FILE *stream = open_memstream(&line, &size);
	bool failed = !stream;
	for (size_t i = 0; !failed && words && words[i]; i++) {
		char *word = word_for_command(words[i]);
		failed = !word || fprintf(stream, "%s%s", i > 0 ? " " : "", word) < 0;
		free(word);
	}
	if (stream && fclose(stream) == 0 && !failed)
		return line;
	free(line);
	return NULL;
}

char *value_for_key(const char *text)
{
	char *value = NULL;
	size_t size;
	FILE *stream = open_memstream(&value, &size);
	if (!stream)
		return NULL;
	put_escaped(stream, text, false, false);
	if (fclose(stream) == 0)
		return value;
	free(value);
	return NULL;
}
