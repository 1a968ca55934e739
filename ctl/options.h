/* The command line: global options, a verb, its options and its arguments, in any order. */
#ifndef SVCTL_OPTIONS_H
#define SVCTL_OPTIONS_H

#include "ctl/verb.h"

/* The options that every verb takes; ends with a zeroed row. */
extern const struct option_row global_options[];

/*
 * Fills verb (NULL: none was named), arguments and options of a zeroed context; strings stay argv's. `implied` is the
 * verb that argv[0] stands for, or NULL. Complains and returns false about what does not fit.
 */
bool options_parse(struct context *context, const struct verb *implied, int argc, char **argv);
void options_finish(struct context *context);

/* Whether the row's letter or name is known to a verb; NULL for none. Looks at the global ones too. */
const struct option_row *option_find(const struct verb *verb, const char *name, size_t length);
const struct option_row *option_find_letter(const struct verb *verb, char letter);

/* Complains about a verb that there is none of, and names the nearest. Returns STATUS_FAILURE. */
int complain_verb(const char *word);

#endif
