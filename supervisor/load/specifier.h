/* The %x specifiers of systemd.unit(5). */
#ifndef SVINIT_LOAD_SPECIFIER_H
#define SVINIT_LOAD_SPECIFIER_H

#include "supervisor/load/host_facts.h"

enum { SPECIFIER_RESULT_MAX = 1 << 20 };

/* What they stand for in one unit. */
struct specifiers {
	const char *unit;          /* full name */
	const char *fragment_path; /* %y and %Y; may be NULL */
	struct host_facts *facts;
};

/*
 * A new string with the specifiers resolved; the caller frees. One that nobody knows stays as it is. -ENOMEM, or
 * -E2BIG above SPECIFIER_RESULT_MAX.
 */
int specifiers_resolve(const struct specifiers *specifiers, const char *text, char **resolved);

#endif
