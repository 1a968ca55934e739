/* Values as lists of words: quotes and escapes of systemd.syntax(7). */
#ifndef SVINIT_LOAD_WORDS_H
#define SVINIT_LOAD_WORDS_H

#include <stdbool.h>

/*
 * Takes the next word out of *text, unquoted and unescaped in place. 1 with the word; 0 at the end; -EINVAL where a
 * quote is not closed. An escape that nobody knows stays as it is and sets *unknown_escape (may be NULL).
 */
int word_take(char **text, char **word, bool *unknown_escape);

/* As word_take(), but a backslash stays what it is: unit names have escapes of their own. */
int name_take(char **text, char **word);

/* Unescapes a whole value in place, without splitting it; -EINVAL for an escape nobody knows. */
int unescape(char *text);

#endif
