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
#include "machine/tmpfiles.h"
#include "machine/tmpfiles_line.h"

/* Whether lines marked "!" count; text_each_line() has no room for it. */
static bool boot;

static bool counts(const struct tmpfiles_line *line)
{
	return boot || !strchr(line->type, '!');
}

static int take_removal(char *text, const char *path, unsigned number)
{
	struct tmpfiles_line line;

	if (!tmpfiles_line_parse(text, &line))
		return complain("%s:%u: TYPE PATH MODE USER GROUP AGE ARGUMENT is not what stands there, left out",
				path, number);
	bool done = !counts(&line) || tmpfiles_line_remove(&line);
	return done ? 0 : complain("%s:%u: %s", path, number, strerror(errno));
}

static int take_creation(char *text, const char *path, unsigned number)
{
	struct tmpfiles_line line;

	if (!tmpfiles_line_parse(text, &line))
		return 0;
	bool done = !counts(&line) || tmpfiles_line_create(&line);
	int failed = done ? 0 : complain("%s:%u: %s %s: %s", path, number, line.type, line.path, strerror(errno));
	return failed;
}

static bool is_named(const char *path, char *const *names)
{
	char *const *name = names;

	while (name && *name && strcmp(*name, basename(path)) != 0)
		name++;
	return !names || !*names || *name;
}

static int complain_unfound(const struct configuration *files, char *const *names)
{
	int failed = 0;

	for (; names && *names; names++)
		if (!strchr(*names, '/') && !configuration_has(files, *names))
			failed |= complain("%s: there is no such file in tmpfiles.d", *names);
	return failed;
}

static int apply(const struct configuration *files, char *const *names, int (*act)(char *, const char *, unsigned))
{
	int failed = 0;

	for (unsigned i = 0; i < files->count; i++)
		if (is_named(files->paths[i], names))
			failed += text_each_line(files->paths[i], act) > 0;
	for (; names && *names; names++)
		if (strchr(*names, '/') && text_each_line(*names, act) != 0)
			failed += 1;
	return failed;
}

int tmpfiles_apply(const struct tmpfiles_request *request)
{
	struct configuration files;

	boot = request->boot;
	configuration_find("tmpfiles.d", &files);
	int failed = complain_unfound(&files, request->names);
	if (request->remove)
		failed += apply(&files, request->names, take_removal);
	if (request->create)
		failed += apply(&files, request->names, take_creation);
	configuration_finish(&files);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static bool is_ours(const char *program)
{
	char target[PATH_MAX];
	ssize_t length = readlink(program, target, sizeof target - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	return strcmp(basename(target), "svmachine") == 0;
}

static int run(const char *argument)
{
	static const char *const programs[] = { "/bin/systemd-tmpfiles", "/usr/bin/systemd-tmpfiles" };

	(void)argument;
	for (size_t i = 0; i < sizeof programs / sizeof *programs && !is_ours(programs[i]); i++)
		execl(programs[i], "systemd-tmpfiles", "--create", "--remove", "--boot", "--exclude-prefix=/dev",
		      (char *)NULL);
	return tmpfiles_apply(&(struct tmpfiles_request){ .create = true, .remove = true, .boot = true });
}

const struct step step_tmpfiles = { "tmpfiles", NULL, "make and remove what tmpfiles.d(5) says", run };
