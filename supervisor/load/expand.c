#include "supervisor/load/expand.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/environment.h"
#include "supervisor/load/words.h"

enum { EXPANDED_MAX = 1 << 20, NAME_MAX_LENGTH = 255 };

struct expansion {
	char *const *environment;
	char **words, **missing;
	size_t size; /* bytes in all words */
};

/* "" for an unknown one, which is remembered. NULL when out of memory. */
static const char *variable(struct expansion *expansion, const char *name, size_t length)
{
	char copy[NAME_MAX_LENGTH + 1];

	if (length > NAME_MAX_LENGTH)
		return "";
	memcpy(copy, name, length);
	copy[length] = '\0';
	const char *value = environment_get(expansion->environment, copy);
	if (value)
		return value;
	if (!string_list_contains(expansion->missing, copy) && string_list_append(&expansion->missing, copy) == -ENOMEM)
		return NULL;
	return "";
}

static int add_word(struct expansion *expansion, char *word)
{
	if (!word)
		return -ENOMEM;
	expansion->size += strlen(word) + 1;
	if (expansion->size > EXPANDED_MAX) {
		free(word);
		return -E2BIG;
	}
	return string_list_take(&expansion->words, word);
}

/* A word that is just $NAME: its value, split at white space, quotes respected. */
static int add_split(struct expansion *expansion, const char *name)
{
	const char *value = variable(expansion, name, strlen(name));
	char *copy = value ? strdup(value) : NULL, *rest = copy, *word;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0) {
		int taken = word_take(&rest, &word, NULL);
		if (taken == 0)
			break;
		/* An open quote: the rest as it stands is one word. */
		r = add_word(expansion, strdup(taken > 0 ? word : rest));
		if (taken < 0)
			break;
	}
	free(copy);
	return r;
}

struct text {
	char *data;
	size_t length;
};

static int append(struct text *text, const char *data, size_t length)
{
	if (text->length + length > EXPANDED_MAX)
		return -E2BIG;
	char *grown = realloc(text->data, text->length + length + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + text->length, data, length);
	text->data = grown;
	text->length += length;
	grown[text->length] = '\0';
	return 0;
}

/* What stands at a '$': "$$", "${NAME}", or just a dollar. Passes it. */
static int append_dollar(struct expansion *expansion, struct text *text, const char **from)
{
	const char *close = (*from)[1] == '{' ? strchr(*from + 2, '}') : NULL;
	size_t length = close ? (size_t)(close - *from - 2) : 0;

	if (close && variable_name_is_valid(*from + 2, length)) {
		const char *value = variable(expansion, *from + 2, length);
		*from = close + 1;
		return value ? append(text, value, strlen(value)) : -ENOMEM;
	}
	*from += (*from)[1] == '$' ? 2 : 1;
	return append(text, "$", 1);
}

static int add_substituted(struct expansion *expansion, const char *word)
{
	struct text text = { 0 };
	int r = append(&text, "", 0);

	while (r == 0 && *word) {
		size_t plain = strcspn(word, "$");
		r = append(&text, word, plain);
		word += plain;
		if (r == 0 && *word)
			r = append_dollar(expansion, &text, &word);
	}
	if (r == 0)
		return add_word(expansion, text.data);
	free(text.data);
	return r;
}

static int add_expanded(struct expansion *expansion, const char *word)
{
	if (word[0] == '$' && variable_name_is_valid(word + 1, strlen(word + 1)))
		return add_split(expansion, word + 1);
	return strchr(word, '$') ? add_substituted(expansion, word) : add_word(expansion, strdup(word));
}

int expand_argv(char *const *argv, char *const *environment, char ***expanded, char ***missing)
{
	struct expansion expansion = { .environment = environment };
	int r = 0;

	for (; argv && *argv && r == 0; argv++)
		r = add_expanded(&expansion, *argv);
	if (r == 0 && !expansion.words) {
		expansion.words = calloc(1, sizeof *expansion.words);
		r = expansion.words ? 0 : -ENOMEM;
	}
	if (r < 0) {
		string_list_free(expansion.words);
		string_list_free(expansion.missing);
		return r;
	}
	*expanded = expansion.words;
	if (missing)
		*missing = expansion.missing;
	else
		string_list_free(expansion.missing);
	return 0;
}
