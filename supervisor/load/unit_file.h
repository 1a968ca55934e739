/*
 * The syntax of unit files (systemd.syntax(7)): sections, assignments, comments, continued lines; in place, in one
 * pass, and without the limits of INI libraries on lines and names.
 */
#ifndef SVINIT_LOAD_UNIT_FILE_H
#define SVINIT_LOAD_UNIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct assignment {
	const char *section, *key;
	char *value; /* without the space around it; may be written to */
	unsigned line, column;
};

struct unit_file_handler {
	int (*assign)(void *context, const struct assignment *assignment); /* negative: stop with that */
	/* A line that is left out, and why. */
	void (*complain)(void *context, unsigned line, unsigned column, const char *text);
	void *context;
};

/* Whether a name can be a section's or a key's; unit_file_parse() leaves sections out that are not. */
bool unit_file_name_is_plain(const char *name, size_t length);

/*
 * Goes through a text (NUL-terminated behind `length`; it is written to). 0, what `assign` returned, or with the
 * complaint made: -EINVAL for NUL bytes and what is not UTF-8, -EMSGSIZE for a line above TEXT_LINE_MAX.
 */
int unit_file_parse(char *text, size_t length, const struct unit_file_handler *handler);

#endif
