/*
 * systemd.generator(7): programs of packages that make units and links at each boot. They are run by a service of our
 * own, svinit-generators.service; those of systemd itself are left out, as its units are.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

enum { GENERATORS_MAX = 256 };

#define OUTPUT "/run/systemd/generator"

static const char *const directories[] = {
	"/run/systemd/system-generators",           "/etc/systemd/system-generators",
	"/usr/local/lib/systemd/system-generators", "/usr/lib/systemd/system-generators",
	"/lib/systemd/system-generators",
};

/* An empty file, or a link to /dev/null, hides what other directories have under its name. */
static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && access(path, X_OK) == 0;
}

static bool is_plain(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] == '\0';
}

static int add_program(const char *directory, const char *name, char ***names, char ***programs)
{
	char path[PATH_MAX];

	if (*name == '.' || strncmp(name, "systemd-", 8) == 0 || !is_plain(name) ||
	    string_list_length(*names) >= GENERATORS_MAX || string_list_contains(*names, name) ||
	    snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		return 0;
	int r = string_list_append(names, name);
	return r == 0 && is_program(path) ? string_list_append(programs, path) : r;
}

static int find_programs(char ***programs)
{
	char **names = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof directories / sizeof *directories; i++) {
		DIR *directory = opendir(directories[i]);
		const struct dirent *item;
		while (directory && r == 0 && (item = readdir(directory)))
			r = add_program(directories[i], item->d_name, &names, programs);
		if (directory)
			closedir(directory);
	}
	string_list_free(names);
	string_list_sort(*programs);
	return r;
}

static char *compose(char *const *programs)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fputs("[Unit]\nDescription=Units that packages generate\nDefaultDependencies=no\n"
	      "[Service]\nType=oneshot\nTimeoutStartSec=30\n"
	      "ExecStartPre=/bin/rm -rf " OUTPUT " " OUTPUT ".early " OUTPUT ".late\n"
	      "ExecStartPre=/bin/mkdir -p " OUTPUT " " OUTPUT ".early " OUTPUT ".late\n",
	      stream);
	for (; *programs; programs++)
		fprintf(stream, "ExecStart=-%s " OUTPUT " " OUTPUT ".early " OUTPUT ".late\n", *programs);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

bool generators_apply(const struct loader *loader, const char *name)
{
	return !loader->settings.user_mode && strcmp(name, GENERATORS_UNIT) == 0 &&
	       string_list_contains(loader->settings.directories, OUTPUT);
}

int load_generators(struct unit_load *load)
{
	char **programs = NULL;
	int r = find_programs(&programs);
	char *text = r == 0 && programs ? compose(programs) : NULL;

	load->definition->load_state = programs ? LOAD_STATE_LOADED : LOAD_STATE_NOT_FOUND;
	if (r == 0 && programs)
		r = text ? load_parse_text(load, "svinit's own", text, strlen(text)) : -ENOMEM;
	free(text);
	string_list_free(programs);
	return r;
}
