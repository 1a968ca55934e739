/* The files of supervisord: sections and keys, as Python's configparser reads them. */
#ifndef SVCTL_IMPORT_INI_H
#define SVCTL_IMPORT_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"

struct ini_key {
	char *name, *value; /* lines of a value that goes on are joined by newlines */
	unsigned line;
	bool used; /* somebody asked for it */
};

struct ini_section {
	char *kind, *name; /* "program" and "web" of [program:web]; name is "" where there is none */
	const char *path;  /* the file's */
	unsigned line;
	struct ini_key *keys;
	size_t key_count;
};

struct ini {
	struct ini_section *sections;
	size_t section_count;
	char **paths;    /* of the files read */
	char **problems; /* "PATH:LINE: text" of lines that are neither section nor key */
};

/* Adds a file's sections. 0 or -errno. */
int ini_read(struct ini *ini, const char *path, struct cause *cause);
void ini_finish(struct ini *ini);

/* The key, which then counts as used; NULL: not there. */
struct ini_key *ini_find(const struct ini_section *section, const char *name);
/* Its value, or what it is by default. */
const char *ini_value(const struct ini_section *section, const char *name, const char *otherwise);

#endif
