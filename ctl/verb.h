/*
 * A verb of svctl: one descriptor each, in a file of its own (or its family's). verbs.c lists them all; what the user
 * typed reaches a verb as a context.
 */
#ifndef SVCTL_VERB_H
#define SVCTL_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/output.h"

enum { ARGUMENTS_ANY = -1 };

/* Exit statuses, as systemctl(1) has them (which are those of LSB init scripts). */
enum {
	STATUS_OK = 0,
	STATUS_FAILURE = 1,
	STATUS_NO_PERMISSION = 4,
	STATUS_NOT_ACTIVE = 3,
	STATUS_UNKNOWN = 4,
	STATUS_NO_SUCH_UNIT = 5,
};

/* A table of options ends with a zeroed row. A letter that several verbs use takes an argument in all or in none. */
struct option_row {
	const char *name;     /* without the dashes */
	char letter;          /* 0: none */
	const char *argument; /* what the value is called in the help; NULL: a flag; "[…]": it may be left out */
	const char *help;
};

struct given_option {
	const struct option_row *row;
	const char *value; /* NULL for a flag */
};

struct connection;
struct context;

/* The version of systemd whose systemctl this is like, for scripts that ask. */
#define SYSTEMCTL_VERSION "252"

/* The command that svctl was called as. */
enum face { FACE_SVCTL, FACE_SYSTEMCTL, FACE_JOURNALCTL };

struct verb {
	const char *name;
	const char *const *aliases;          /* NULL-terminated; may be NULL */
	const char *synopsis;                /* behind the name: "UNIT..." */
	const char *summary;                 /* one line */
	const char *help;                    /* further lines; may be NULL */
	const struct option_row *options;    /* may be NULL */
	int arguments_min, arguments_max;    /* ARGUMENTS_ANY: no upper bound */
	int (*run)(struct context *context); /* returns the exit status */
	bool paged;                          /* what it prints is for reading and may be long */
	const char *unpaged_option;          /* the option with which that is not so; may be NULL */
};

struct context {
	const struct verb *verb;
	char **arguments; /* what stood behind the verb, without options; NULL-terminated */
	size_t argument_count;
	struct given_option *given;
	size_t given_count;
	const char *runtime_directory; /* RDIR */
	enum face face;
	bool json, no_pager, no_block, quiet;
	bool user;                     /* the svinit and the unit files of an ordinary user */
	struct terminal terminal;      /* of standard output */
	struct connection *connection; /* NULL until the first call */
};

/* The value of an option given to the verb (the last one), or NULL. */
const char *option_value(const struct context *context, const char *name);
bool option_is_given(const struct context *context, const char *name);
/* Walks the values of an option that may be repeated; *index starts at 0. NULL at the end. */
const char *option_next(const struct context *context, const char *name, size_t *index);

/* Whether tables have titles and a summary. */
bool context_has_legend(const struct context *context);

/* "svctl: TEXT" to standard error, control characters made harmless. Returns STATUS_FAILURE. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What stands before each complaint; "svctl: " without. The text is borrowed. */
void complain_as(const char *prefix);

/* All verbs, NULL-terminated. */
extern const struct verb *const verbs[];
const struct verb *verb_find(const char *name);

#endif
