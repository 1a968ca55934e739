/* systemd-tmpfiles(8) under its own name, where systemd is not installed: maintainer scripts make their files by it. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine/step.h"
#include "machine/tmpfiles.h"

enum { EXIT_USAGE = 2 };

enum choice { CHOICE_CREATE = 256, CHOICE_REMOVE, CHOICE_BOOT, CHOICE_VERSION, CHOICE_NOTHING, CHOICE_REFUSED };

/* Cleaning by age is left to systemd's; a whole other root cannot be had. */
static const struct option options[] = {
	{ "create", no_argument, NULL, CHOICE_CREATE },
	{ "remove", no_argument, NULL, CHOICE_REMOVE },
	{ "boot", no_argument, NULL, CHOICE_BOOT },
	{ "clean", no_argument, NULL, CHOICE_NOTHING },
	{ "graceful", no_argument, NULL, CHOICE_NOTHING },
	{ "no-pager", no_argument, NULL, CHOICE_NOTHING },
	{ "version", no_argument, NULL, CHOICE_VERSION },
	{ "root", required_argument, NULL, CHOICE_REFUSED },
	{ "prefix", required_argument, NULL, CHOICE_REFUSED },
	{ "exclude-prefix", required_argument, NULL, CHOICE_NOTHING },
	{ "user", no_argument, NULL, CHOICE_REFUSED },
	{ 0 },
};

int tmpfiles_command(int argc, char **argv)
{
	struct tmpfiles_request request = { 0 };
	int choice, index = 0;

	while ((choice = getopt_long(argc, argv, "", options, &index)) >= 0) {
		if (choice == CHOICE_VERSION) {
			puts("systemd 252 (svinit " SVINIT_VERSION ")");
			return EXIT_SUCCESS;
		}
		if (choice == CHOICE_REFUSED)
			return complain("--%s: not supported", options[index].name);
		if (choice == '?')
			return EXIT_USAGE;
		request.create |= choice == CHOICE_CREATE;
		request.remove |= choice == CHOICE_REMOVE;
		request.boot |= choice == CHOICE_BOOT;
	}
	request.names = argv + optind;
	return tmpfiles_apply(&request);
}
