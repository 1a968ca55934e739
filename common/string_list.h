/* Lists of strings that end with NULL; NULL itself is the empty list. */
#ifndef SVINIT_COMMON_STRING_LIST_H
#define SVINIT_COMMON_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { STRING_LIST_MAX = 16384 };

size_t string_list_length(char *const *list);
bool string_list_contains(char *const *list, const char *text);
/* Appends a copy. -ENOMEM; -E2BIG when the list has STRING_LIST_MAX entries. */
int string_list_append(char ***list, const char *text);
/* As string_list_append, but takes `text` over, also when it fails. A NULL text is -ENOMEM. */
int string_list_take(char ***list, char *text);
void string_list_remove(char **list, const char *text);
void string_list_free(char **list);
/* Frees the list and leaves the empty one. */
void string_list_clear(char ***list);
/* Sorts by bytes. */
void string_list_sort(char **list);

#endif
