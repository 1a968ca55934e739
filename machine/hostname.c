/* The host's name: the kernel's command line, /etc/hostname, "localhost"; hostname(5). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/step.h"
#include "machine/text.h"

enum { NAME_MAX_LENGTH = 64 };

static bool is_valid(const char *name)
{
	size_t length = strlen(name);

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.' && *c != '_')
			return false;
	return length > 0 && length <= NAME_MAX_LENGTH;
}

static int remember(char *line, const char *path, unsigned number)
{
	(void)path;
	(void)number;
	return is_valid(line) ? sethostname(line, strlen(line)) == 0 : 0;
}

static int run(const char *argument)
{
	char name[NAME_MAX_LENGTH + 2];

	(void)argument;
	if (kernel_option("systemd.hostname", name, sizeof name) && is_valid(name) &&
	    sethostname(name, strlen(name)) == 0)
		return EXIT_SUCCESS;
	if (text_each_line("/etc/hostname", remember) > 0)
		return EXIT_SUCCESS;
	return sethostname("localhost", strlen("localhost")) == 0 ? EXIT_SUCCESS
								  : complain("sethostname: %s", strerror(errno));
}

const struct step step_hostname = { "hostname", NULL, "set the host's name from /etc/hostname", run };
