/* Procfile, and the .env beside it, as foreman runs them. */
#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/import.h"
#include "ctl/import_words.h"
#include "supervisor/load/text_file.h"

enum { PORT_FIRST = 5000, PORT_STEP = 100 };

struct procfile {
	struct import *import;
	struct imported_unit *target;
	const char *path, *application;
	char *directory, *environment; /* environment: the .env; NULL: none */
	char **settings;               /* of it, as words of Environment= */
	bool copied;                   /* it cannot be EnvironmentFile= */
	int port;
	unsigned line;
};

/* foreman has a shell run the command. Where it is a plain one, the shell is replaced by it. */
static bool is_plain(const char *command)
{
	static const char *const words[] = { "cd ",   "export ", "source ", ". ",     "set ",
					     "exec ", "if ",     "for ",    "while ", "( " };
	size_t first = strcspn(command, " \t");
	if (strpbrk(command, ";|&<>()`\n") || memchr(command, '=', first))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncmp(command, words[i], strlen(words[i])) == 0)
			return false;
	return true;
}

static void set_command(struct procfile *procfile, struct imported_unit *unit, const char *command)
{
	char *script = NULL, *line;
	if (asprintf(&script, "%s%s", is_plain(command) ? "exec " : "", command) < 0) {
		procfile->import->no_memory = true;
		return;
	}
	line = words_for_command((char *[]){ "/bin/sh", "-c", script, NULL });
	if (line)
		import_set(procfile->import, unit, IMPORT_BODY, "ExecStart", "%s", line);
	free(line);
	free(script);
}

/* Takes the quotes off; "\\n" between double ones is a new line. */
static void unquote(char *value)
{
	size_t length = strlen(value);
	char quote = *value, *to = value;
	while (length > 0 && isspace((unsigned char)value[length - 1]))
		value[--length] = '\0';
	if (length < 2 || (quote != '"' && quote != '\'') || value[length - 1] != quote)
		return;
	value[length - 1] = '\0';
	for (const char *at = value + 1; *at; at++) {
		if (quote == '"' && *at == '\\' && at[1])
			*to++ = *++at == 'n' ? '\n' : *at;
		else
			*to++ = *at;
	}
	*to = '\0';
}

static void take_setting(struct procfile *procfile, unsigned number, char *line)
{
	size_t length;
	char *word;
	line += strspn(line, " \t");
	line[strcspn(line, "\r")] = '\0';
	if (!*line || *line == '#')
		return;
	if (strncmp(line, "export ", 7) == 0) {
		line += 7;
		procfile->copied = true;
	}
	length = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (length == 0 || line[length] != '=') {
		import_remark(procfile->import, REMARK_LOST, procfile->environment, number,
			      "no \"NAME=VALUE\", left out");
		procfile->copied = true;
		return;
	}
	line[length] = '\0';
	unquote(line + length + 1);
	if (strcmp(line, "PORT") == 0) {
		procfile->port = atoi(line + length + 1);
		procfile->copied = true;
		return;
	}
	word = word_for_environment(line, line + length + 1);
	if (string_list_take(&procfile->settings, word) < 0)
		procfile->import->no_memory = true;
}

/* As foreman reads it; EnvironmentFile= does too, as long as no line is peculiar, and no PORT is there for all. */
static void read_settings(struct procfile *procfile, const char *path)
{
	struct text_file file = { 0 };
	unsigned number = 0;
	if (access(path, F_OK) == 0 && text_file_read(&file, path, NULL) == 0) {
		procfile->environment = strdup(path);
		for (char *next = file.data, *line; procfile->environment && (line = strsep(&next, "\n"));)
			take_setting(procfile, ++number, line);
	}
	text_file_finish(&file);
	if (procfile->copied)
		import_remark(procfile->import, REMARK_NOTE, path, 0,
			      "has lines that EnvironmentFile= would read otherwise: its settings are copied into the "
			      "units");
}

static void set_environment(struct procfile *procfile, struct imported_unit *unit)
{
	char *file = procfile->environment && !procfile->copied ? value_for_key(procfile->environment) : NULL;
	import_set(procfile->import, unit, IMPORT_BODY, "Environment", "PORT=%d", procfile->port);
	if (file)
		import_set(procfile->import, unit, IMPORT_BODY, "EnvironmentFile", "%s", file);
	for (char **setting = procfile->settings; procfile->copied && setting && *setting; setting++)
		import_set(procfile->import, unit, IMPORT_BODY, "Environment", "%s", *setting);
	free(file);
}

static void import_process(struct procfile *procfile, const char *name, const char *command)
{
	struct import *import = procfile->import;
	char stem[256], *directory = value_for_key(procfile->directory);
	snprintf(stem, sizeof(stem), "%s-%s", procfile->application, name);
	struct imported_unit *unit = import_add(import, stem, ".service");
	if (unit && directory) {
		import_set(import, unit, IMPORT_UNIT, "Description", "%s, process %s", procfile->application, name);
		import_set(import, unit, IMPORT_UNIT, "PartOf", "%s", procfile->target->name);
		import_set(import, unit, IMPORT_BODY, "WorkingDirectory", "%s", directory);
		set_environment(procfile, unit);
		set_command(procfile, unit, command);
		import_set(import, unit, IMPORT_BODY, "Restart", "%s", "always");
		import_set(import, unit, IMPORT_BODY, "KillMode", "%s", "mixed");
		import_set(import, procfile->target, IMPORT_UNIT, "Wants", "%s", unit->name);
		procfile->port += PORT_STEP;
	}
	free(directory);
}

static void import_line(struct procfile *procfile, char *line)
{
	size_t length = strcspn(line, ":");
	line[strcspn(line, "\r")] = '\0';
	while (isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	if (!*line || *line == '#')
		return;
	bool valid = line[length] == ':' && length > 0 &&
		     length == strspn(line, "abcdefghijklmnopqrstuvwxyz"
					    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	char *command = valid ? line + length + 1 : line;
	command += strspn(command, " \t");
	if (!valid || !*command) {
		import_remark(procfile->import, REMARK_LOST, procfile->path, procfile->line,
			      "no \"NAME: COMMAND\", left out");
		return;
	}
	line[length] = '\0';
	import_process(procfile, line, command);
}

static int import_file(struct procfile *procfile, struct text_file *file)
{
	char *settings = NULL;
	if (asprintf(&settings, "%s/.env", procfile->directory) < 0)
		return -ENOMEM;
	read_settings(procfile, settings);
	free(settings);
	procfile->target = import_add(procfile->import, procfile->application, ".target");
	if (!procfile->target)
		return -ENOMEM;
	import_set(procfile->import, procfile->target, IMPORT_UNIT, "Description", "All of %s", procfile->application);
	import_enable(procfile->import, procfile->target);
	for (char *next = file->data, *line; (line = strsep(&next, "\n"));) {
		procfile->line++;
		import_line(procfile, line);
	}
	return 0;
}

int import_procfile(struct import *import, const char *path, const char *application, struct cause *cause)
{
	struct procfile procfile = { .import = import, .path = path, .port = PORT_FIRST };
	struct text_file file = { 0 };
	char *whole = realpath(path, NULL), *copy = NULL;
	int result = text_file_read(&file, path, cause);
	if (result == 0) {
		procfile.directory = whole ? strdup(dirname(whole)) : NULL;
		copy = procfile.directory ? strdup(procfile.directory) : NULL;
		procfile.application = application ? application : copy ? basename(copy) : NULL;
		result = copy ? import_file(&procfile, &file) : -ENOMEM;
		if (result < 0)
			cause_set_errno(cause, -result, "%s", path);
	}
	text_file_finish(&file);
	free(procfile.directory);
	free(procfile.environment);
	string_list_free(procfile.settings);
	free(whole);
	free(copy);
	return result;
}
