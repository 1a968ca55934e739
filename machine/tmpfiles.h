/* tmpfiles.d(5), as far as packages use it. */
#ifndef SVMACHINE_TMPFILES_H
#define SVMACHINE_TMPFILES_H

#include <stdbool.h>

struct tmpfiles_request {
	bool create, remove;
	bool boot;          /* the lines marked "!" too */
	char *const *names; /* of files in tmpfiles.d, or paths; NULL ends them; NULL or none: all files */
};

/* Does what the files say; what could not be done is told, and makes it an EXIT_FAILURE. */
int tmpfiles_apply(const struct tmpfiles_request *request);

/* The command line of systemd-tmpfiles(8), for maintainer scripts. Returns the exit status. */
int tmpfiles_command(int argc, char **argv);

#endif
