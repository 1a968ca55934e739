/*
 * The command lines of container inits: svinit's own, and those of the programs whose name it is called by, all into
 * one description of what to do. No system call; getopt_long(3) reorders and svinit's own dialect compacts argv.
 */
#ifndef SVINIT_CONTAINER_DIALECT_H
#define SVINIT_CONTAINER_DIALECT_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/cause.h"

enum dialect { DIALECT_SVINIT, DIALECT_TINI, DIALECT_DUMB_INIT, DIALECT_CATATONIT };

enum main_process_outcome {
	MAIN_PROCESS_NONE,    /* svinit supervises units and nothing else */
	MAIN_PROCESS_RUN,     /* start the command */
	MAIN_PROCESS_PAUSE,   /* no command: reap until SIGTERM or SIGINT */
	MAIN_PROCESS_HELP,    /* print it, exit 0 */
	MAIN_PROCESS_VERSION, /* likewise */
	MAIN_PROCESS_LICENSE, /* likewise */
};

/* What the command leads. */
enum main_process_scope { SCOPE_SESSION, SCOPE_GROUP, SCOPE_NOTHING };

enum { MAIN_PROCESS_SIGNAL_MAX = 64, MAIN_PROCESS_VERBOSITY = 1 };

struct main_process_options {
	enum dialect dialect;
	enum main_process_outcome outcome;
	char **command;      /* NULL-terminated, borrowed from argv; NULL without */
	int supervisor_argc; /* svinit: argv[0] to argv[supervisor_argc - 1] are left for options_parse() */
	enum main_process_scope scope;
	bool signal_group; /* signals go to the command's group, not to it alone */
	bool suspends;     /* SIGTSTP, SIGTTIN and SIGTTOU also stop svinit itself, for the shell that started it */
	bool ends_group;   /* what is left of the group when the command has ended gets SIGTERM */
	bool subreaper;
	bool warns_of_orphans;                        /* -w: a line for each orphan that is reaped */
	int verbosity;                                /* 0 errors, 1 warnings, 2 what happens, 3 everything */
	int parent_death_signal;                      /* -p; 0: none */
	uint8_t rewrite[MAIN_PROCESS_SIGNAL_MAX + 1]; /* by received signal: the one to send; 0: none */
	uint8_t become_zero[32];                      /* -e: bit n set where exit status n is reported as 0 */
	int status_not_found, status_not_executable, status_failed;
};

/*
 * The dialect comes from the last part of argv[0]; a name that is none of the others is svinit's. `environment` is
 * environ(7)'s, or NULL. `others` are the long options of svinit as a supervisor: they and their values are moved to
 * the front of argv and counted in supervisor_argc. 0, or -EINVAL with a cause that says what is wrong and what to try;
 * options->dialect is set even then.
 */
int dialect_parse(int argc, char **argv, char *const *environment, const struct option *others,
		  struct main_process_options *options, struct cause *cause);

/* The exit status for a command line that could not be parsed. */
int dialect_usage_status(enum dialect dialect);
/* Texts for the three printing outcomes; with a newline at the end. */
const char *dialect_help(enum dialect dialect);
const char *dialect_version(enum dialect dialect);
const char *dialect_license(void);

#endif
