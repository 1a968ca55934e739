/* Units made out of what other supervisors read, and what of it could not be carried over. */
#ifndef SVCTL_IMPORT_H
#define SVCTL_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"

enum import_section { IMPORT_UNIT, IMPORT_BODY, IMPORT_OWN, IMPORT_INSTALL, IMPORT_SECTION_COUNT };

struct imported_unit {
	char *name;                           /* full */
	char *sections[IMPORT_SECTION_COUNT]; /* their lines; NULL: none */
};

enum remark_kind {
	REMARK_NOTE, /* carried over, but worth a look */
	REMARK_LOST, /* not carried over */
};

struct import {
	struct imported_unit **units;
	size_t count;
	json_t *remarks; /* an array of {path, line, kind, text} */
	bool user_mode;  /* for a user's svinit: default.target is what pulls services in */
	bool no_memory;
};

void import_finish(struct import *import);

/* A new unit; characters that names must not have are escaped, a name that is taken gets a number. NULL: no memory. */
struct imported_unit *import_add(struct import *import, const char *name, const char *suffix);
struct imported_unit *import_find(const struct import *import, const char *name);
/* Adds "KEY=VALUE". A unit that is NULL is passed over. */
void import_set(struct import *import, struct imported_unit *unit, enum import_section section, const char *key,
		const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The unit starts with the others. */
void import_enable(struct import *import, struct imported_unit *unit);
/* What is said of a place; line 0: of the whole file. */
void import_remark(struct import *import, enum remark_kind kind, const char *path, unsigned line, const char *format,
		   ...) __attribute__((format(printf, 5, 6)));
/* By path and line. */
void import_sort_remarks(struct import *import);
/* The unit as text; the caller frees. */
char *import_text(const struct imported_unit *unit);
/* How many remarks tell of something lost. */
size_t import_lost(const struct import *import);

/* The sources: 0, or -errno with a cause for what cannot be read at all. */
int import_supervisord(struct import *import, const char *path, struct cause *cause);
int import_procfile(struct import *import, const char *path, const char *application, struct cause *cause);
/* One service directory of runit or s6, or an s6-rc source definition. */
int import_service_directory(struct import *import, const char *path, struct cause *cause);
/* Whether a directory is one of them. */
bool import_is_service_directory(const char *path);

#endif
