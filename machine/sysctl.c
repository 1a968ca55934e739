/* Kernel settings: sysctl.d(5), then /etc/sysctl.conf where sysctl.d has no link to it. */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/configuration.h"
#include "machine/step.h"
#include "machine/text.h"

/* Names without a value, "-net.ipv4.conf.eth0.x": what a pattern with a value leaves alone. */
static struct exceptions {
	char *paths[64];
	unsigned count;
} exceptions;

/* The first separator says what the others mean: in "net/ipv4/conf/eth0.1/x" the dot is part of a name. */
static void make_path(const char *name, char path[PATH_MAX])
{
	bool dots = name[strcspn(name, "./")] == '.';

	int length = snprintf(path, PATH_MAX, "/proc/sys/%s", name);
	for (char *c = path + strlen("/proc/sys/"); dots && length < PATH_MAX && *c; c++)
		*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
}

static bool is_excepted(const char *path)
{
	for (unsigned i = 0; i < exceptions.count; i++)
		if (strcmp(exceptions.paths[i], path) == 0)
			return true;
	return false;
}

static int set(const char *path, const char *value, const char *file, unsigned line, bool may_fail)
{
	if (strstr(path, "/../") || text_write(path, value) || may_fail)
		return 0;
	/* What this kernel does not have, and what may not be changed in here, is no reason to fail. */
	if (errno == ENOENT || errno == EROFS || errno == EACCES || errno == EPERM) {
		complain("%s:%u: %s: %s, left as it is", file, line, path, strerror(errno));
		return 0;
	}
	complain("%s:%u: %s: %s", file, line, path, strerror(errno));
	return 1;
}

static int set_matching(const char *pattern, const char *value, const char *file, unsigned line, bool may_fail)
{
	glob_t matches;
	int failed = 0;

	if (glob(pattern, 0, NULL, &matches) != 0)
		return 0;
	for (size_t i = 0; i < matches.gl_pathc; i++)
		if (!is_excepted(matches.gl_pathv[i]))
			failed += set(matches.gl_pathv[i], value, file, line, may_fail);
	globfree(&matches);
	return failed;
}

static int take_line(char *text, const char *file, unsigned line)
{
	char path[PATH_MAX], *equals = strchr(text, '=');
	bool may_fail = *text == '-';

	if (!equals && !may_fail) {
		complain("%s:%u: neither NAME=VALUE nor -NAME, left out", file, line);
		return 1;
	}
	text += may_fail;
	char *end = equals ? equals : text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	if (equals)
		for (*equals++ = '\0'; isspace((unsigned char)*equals); equals++)
			;
	*end = '\0';
	make_path(text, path);
	if (equals)
		return strpbrk(path, "*?[") ? set_matching(path, equals, file, line, may_fail)
					    : set(path, equals, file, line, may_fail);
	if (exceptions.count < sizeof exceptions.paths / sizeof *exceptions.paths)
		exceptions.paths[exceptions.count++] = strdup(path);
	return 0;
}

/* Exceptions hold wherever they stand, so they are looked for first. */
static int take_exception(char *text, const char *file, unsigned line)
{
	return *text == '-' && !strchr(text, '=') ? take_line(text, file, line) : 0;
}

static int take_setting(char *text, const char *file, unsigned line)
{
	return *text == '-' && !strchr(text, '=') ? 0 : take_line(text, file, line);
}

static int run(const char *argument)
{
	struct configuration files;
	int failed = 0;

	(void)argument;
	configuration_find("sysctl.d", &files);
	for (unsigned i = 0; i < files.count; i++)
		(void)text_each_line(files.paths[i], take_exception);
	for (unsigned i = 0; i < files.count; i++)
		failed += text_each_line(files.paths[i], take_setting) > 0;
	if (!configuration_has(&files, "99-sysctl.conf"))
		failed += text_each_line("/etc/sysctl.conf", take_setting) > 0;
	configuration_finish(&files);
	for (unsigned i = 0; i < exceptions.count; i++)
		free(exceptions.paths[i]);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct step step_sysctl = { "sysctl", NULL, "set the kernel's settings from sysctl.d(5)", run };
