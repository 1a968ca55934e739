/* svinit's own command line as a supervisor; see svinit(8). What stands behind "--" is dialect.h's. */
#ifndef SVINIT_OPTIONS_H
#define SVINIT_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/cause.h"

enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };

/* Strings are borrowed from argv and the environment, or owned where said. */
struct supervisor_options {
	char **unit_directories; /* owned, absolute, NULL-terminated; NULL: none given */
	char *runtime_directory; /* owned; NULL: nowhere to put one */
	char *log_directory;     /* owned; NULL: console only */
	const char *target;      /* NULL: not given */
	const char *log_forward; /* syslog server; NULL: none */
	uint64_t log_max_bytes;  /* 0: svlog's default */
	bool log_json, log_to_console, log_to_files, no_color, no_cgroups;
	bool log_target_given;
	enum options_outcome outcome;
	int command; /* index in argv of the first word behind the options; argc: none */
};

/* 0, or -EINVAL with a cause that says what is wrong and what to try; -ENOMEM. */
int supervisor_options_parse(int argc, char **argv, struct supervisor_options *options, struct cause *cause);
void supervisor_options_finish(struct supervisor_options *options);
const char *supervisor_options_help(void);
/* The long options, for dialect_parse() to leave them alone; ends with a zeroed row. */
const struct option *supervisor_options_long(void);

#endif
