#include "common/string_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t string_list_length(char *const *list)
{
	size_t length = 0;

	while (list && list[length])
		length++;
	return length;
}

bool string_list_contains(char *const *list, const char *text)
{
	for (; list && *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

int string_list_take(char ***list, char *text)
{
	size_t length = string_list_length(*list);

	if (!text)
		return -ENOMEM;
	if (length >= STRING_LIST_MAX) {
		free(text);
		return -E2BIG;
	}
	char **grown = realloc(*list, (length + 2) * sizeof *grown);
	if (!grown) {
		free(text);
		return -ENOMEM;
	}
	grown[length] = text;
	grown[length + 1] = NULL;
	*list = grown;
	return 0;
}

int string_list_append(char ***list, const char *text)
{
	return string_list_take(list, strdup(text));
}

void string_list_remove(char **list, const char *text)
{
	char **to = list;

	if (!list)
		return;
	for (; *list; list++) {
		if (strcmp(*list, text) == 0)
			free(*list);
		else
			*to++ = *list;
	}
	*to = NULL;
}

void string_list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void string_list_clear(char ***list)
{
	string_list_free(*list);
	*list = NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void string_list_sort(char **list)
{
	if (list)
		qsort(list, string_list_length(list), sizeof *list, compare);
}
