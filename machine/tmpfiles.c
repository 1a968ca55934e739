/*
 * Volatile and temporary files: tmpfiles.d(5). systemd-tmpfiles(8) does it where it is installed; without it, the types
 * that packages use are done here, as at boot (with the lines marked "!"), and the others are named.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/configuration.h"
#include "machine/step.h"
#include "machine/text.h"
#include "machine/tmpfiles_line.h"

static int take_removal(char *text, const char *path, unsigned number)
{
	struct tmpfiles_line line;

	if (!tmpfiles_line_parse(text, &line))
		return complain("%s:%u: TYPE PATH MODE USER GROUP AGE ARGUMENT is not what stands there, left out",
				path, number);
	bool done = tmpfiles_line_remove(&line);
	return done ? 0 : complain("%s:%u: %s", path, number, strerror(errno));
}

static int take_creation(char *text, const char *path, unsigned number)
{
	struct tmpfiles_line line;

	if (!tmpfiles_line_parse(text, &line))
		return 0;
	bool done = tmpfiles_line_create(&line);
	int failed = done ? 0 : complain("%s:%u: %s %s: %s", path, number, line.type, line.path, strerror(errno));
	return failed;
}

static int run_own(void)
{
	struct configuration files;
	int failed = 0;

	configuration_find("tmpfiles.d", &files);
	for (unsigned i = 0; i < files.count; i++)
		failed += text_each_line(files.paths[i], take_removal) > 0;
	for (unsigned i = 0; i < files.count; i++)
		failed += text_each_line(files.paths[i], take_creation) > 0;
	configuration_finish(&files);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(const char *argument)
{
	static const char *const programs[] = { "/bin/systemd-tmpfiles", "/usr/bin/systemd-tmpfiles" };

	(void)argument;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		execl(programs[i], "systemd-tmpfiles", "--create", "--remove", "--boot", "--exclude-prefix=/dev",
		      (char *)NULL);
	return run_own();
}

const struct step step_tmpfiles = { "tmpfiles", NULL, "make and remove what tmpfiles.d(5) says", run };
