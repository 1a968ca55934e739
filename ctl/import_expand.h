/* supervisord's %(NAME)s in values. */
#ifndef SVCTL_IMPORT_EXPAND_H
#define SVCTL_IMPORT_EXPAND_H

#include <stdbool.h>

struct expansion {
	const char *here, *program_name, *group_name;
	int process_number, process_count;
	bool late; /* what this environment lacks may stand as a variable (import_words.h) */
	/* What was found while expanding: */
	char **variables; /* names of such variables */
	char *missing;    /* of the first thing that stands for nothing; then the text is as it was there */
};

/* The caller frees; NULL: no memory. */
char *expand_text(struct expansion *expansion, const char *text);
void expansion_finish(struct expansion *expansion);

#endif
