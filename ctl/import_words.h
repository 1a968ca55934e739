/* Words and values from one language's quoting into another's. */
#ifndef SVCTL_IMPORT_WORDS_H
#define SVCTL_IMPORT_WORDS_H

#include <stddef.h>

/*
 * A command line split as a POSIX shell splits words, without any expansion. NULL-terminated, string_list_free().
 * -EINVAL: a quote is left open; -ENOMEM.
 */
int words_split(const char *line, char ***words);

/* A word of ExecStart= that stands for this text; the caller frees. */
char *word_for_command(const char *text);
/* The words joined into a command line. */
char *words_for_command(char *const *words);
/* "NAME=VALUE" as one word of Environment=. */
char *word_for_environment(const char *name, const char *value);
/* A value that is taken as it stands, but for '%'. */
char *value_for_key(const char *text);

/* Stands for `${NAME}` in texts on their way: it is not quoted away. */
enum { VARIABLE_BEGIN = '\x01', VARIABLE_END = '\x02' };

#endif
