/* Service directories: those of runit's runsv(8), of s6-supervise, and s6-rc's source definitions. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/signal_name.h"
#include "common/string_list.h"
#include "ctl/import.h"
#include "ctl/import_words.h"
#include "supervisor/load/key.h"
#include "supervisor/load/text_file.h"

struct directory {
	struct import *import;
	struct imported_unit *unit;
	char *path; /* absolute */
	const char *name;
	bool s6;
};

static bool exists(const char *directory, const char *name)
{
	char path[PATH_MAX];
	return snprintf(path, sizeof(path), "%s/%s", directory, name) < (int)sizeof(path) && access(path, F_OK) == 0;
}

bool import_is_service_directory(const char *path)
{
	return exists(path, "run") ||
	       (exists(path, "type") && (exists(path, "up") || exists(path, "contents.d") || exists(path, "contents")));
}

/* The first line of a small file, trimmed; NULL: there is none. The caller frees. */
static char *first_line(const struct directory *directory, const char *name)
{
	char path[PATH_MAX], *line = NULL;
	struct text_file file = { 0 };
	if (snprintf(path, sizeof(path), "%s/%s", directory->path, name) < (int)sizeof(path) &&
	    access(path, R_OK) == 0 && text_file_read(&file, path, NULL) == 0)
		line = strndup(file.data ? file.data : "", file.data ? strcspn(file.data, "\r\n") : 0);
	text_file_finish(&file);
	return line;
}

static void remark(const struct directory *directory, enum remark_kind kind, const char *name, unsigned line,
		   const char *text)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", directory->path, name);
	import_remark(directory->import, kind, path, line, "%s", text);
}

static void set(struct directory *directory, const char *key, const char *value)
{
	import_set(directory->import, directory->unit, IMPORT_BODY, key, "%s", value);
}

static void set_words(struct directory *directory, const char *key, const char *prefix, char *const *words)
{
	char *line = words_for_command(words);
	if (line)
		import_set(directory->import, directory->unit, IMPORT_BODY, key, "%s%s", prefix, line);
	free(line);
}

static void carry_run(struct directory *directory)
{
	char path[PATH_MAX], *value = value_for_key(directory->path);
	snprintf(path, sizeof(path), "%s/run", directory->path);
	if (value)
		set(directory, "WorkingDirectory", value);
	free(value);
	set_words(directory, "ExecStart", "", (char *[]){ path, NULL });
	if (access(path, X_OK) < 0)
		remark(directory, REMARK_NOTE, "run", 0, "is not executable yet");
	set(directory, "Restart", "always");
	set(directory, "RestartSec", "1");
	import_set(directory->import, directory->unit, IMPORT_UNIT, "StartLimitIntervalSec", "%s", "0");
	set(directory, "KillMode", "mixed");
}

/* What finish is told: how the service ended, in the numbers of its supervisor. */
static void carry_finish(struct directory *directory)
{
	static char runit[] = "case $EXIT_CODE in exited) exec ./finish \"$EXIT_STATUS\" 0 ;; "
			      "*) exec ./finish -1 \"$(env kill -l \"$EXIT_STATUS\")\" ;; esac";
	static char s6[] = "case $EXIT_CODE in exited) exec ./finish \"$EXIT_STATUS\" 0 \"$0\" ;; "
			   "*) exec ./finish 256 \"$(env kill -l \"$EXIT_STATUS\")\" \"$0\" ;; esac";
	char *name = strdup(directory->name);
	if (!exists(directory->path, "finish") || !name) {
		free(name);
		return;
	}
	set_words(directory, "ExecStopPost", "-",
		  (char *[]){ "/bin/sh", "-c", directory->s6 ? s6 : runit, directory->s6 ? name : NULL, NULL });
	free(name);
}

/* "n20" and "s1000000" of s6-log(8), or as lines of svlogd's config. */
static void carry_log_word(struct directory *directory, const char *word)
{
	size_t digits = strspn(word + 1, "0123456789");
	if (digits == 0 || word[1 + digits] != '\0')
		return;
	if (*word == 's')
		import_set(directory->import, directory->unit, IMPORT_OWN, "LogMaxBytes", "%s", word + 1);
	else if (*word == 'n')
		import_set(directory->import, directory->unit, IMPORT_OWN, "LogMaxFiles", "%ld", atol(word + 1) + 1);
}

static void carry_log_file(struct directory *directory, const char *name)
{
	char path[PATH_MAX];
	struct text_file file = { 0 };
	char **words = NULL;
	if (snprintf(path, sizeof(path), "%s/%s", directory->path, name) >= (int)sizeof(path) ||
	    access(path, R_OK) < 0 || text_file_read(&file, path, NULL) < 0)
		return;
	unsigned number = 0;
	for (char *next = file.data, *line; (line = strsep(&next, "\n"));) {
		number++;
		if (*line == '#' || !line[strspn(line, " \t\r")])
			continue;
		import_remark(directory->import, REMARK_NOTE, path, number,
			      "svlog keeps the log instead: svctl logs shows it");
		if (words_split(line, &words) == 0)
			for (char **word = words; word && *word; word++)
				carry_log_word(directory, *word);
		string_list_clear(&words);
	}
	text_file_finish(&file);
}

static void carry_milliseconds(struct directory *directory, const char *name, const char *key)
{
	char *line = first_line(directory, name);
	long number = line ? atol(line) : 0;
	if (line && number > 0)
		import_set(directory->import, directory->unit, IMPORT_BODY, key, "%ldms", number);
	else if (line)
		set(directory, key, "infinity");
	free(line);
}

static bool is_supported(const char *name)
{
	const struct section *section = section_find("X-Svinit", UNIT_SERVICE);
	const struct key *key = section ? key_find(section, name) : NULL;
	return key && key->class == KEY_SUPPORTED;
}

static void carry_readiness(struct directory *directory)
{
	char *line = first_line(directory, "notification-fd");
	if (line && is_supported("ReadyFd"))
		import_set(directory->import, directory->unit, IMPORT_OWN, "ReadyFd", "%s", line);
	else if (line)
		remark(directory, REMARK_LOST, "notification-fd", 1, "ReadyFd= is not supported by this version");
	free(line);
	if (exists(directory->path, "check"))
		remark(directory, REMARK_LOST, "check", 0,
		       "is not run; see ReadyExec= in svinit.unit(5) for the like of it");
}

static void carry_signal(struct directory *directory)
{
	char *line = first_line(directory, "down-signal");
	if (line && signal_from_name(line) > 0)
		set(directory, "KillSignal", signal_name(signal_from_name(line)));
	else if (line)
		remark(directory, REMARK_LOST, "down-signal", 1, "there is no such signal");
	free(line);
}

static void carry_start(struct directory *directory)
{
	if (exists(directory->path, "down"))
		remark(directory, REMARK_NOTE, "down", 0,
		       "the unit has no [Install]; in a run directory of svinit it would start all the same");
	else
		import_enable(directory->import, directory->unit);
}

/* Each name in NAME.d, or each line of NAME, is a service. */
static char **names_in(const struct directory *directory, const char *name)
{
	char path[PATH_MAX], **names = NULL;
	snprintf(path, sizeof(path), "%s/%s.d", directory->path, name);
	DIR *folder = opendir(path);
	const struct dirent *item;
	while (folder && (item = readdir(folder)))
		if (item->d_name[0] != '.')
			string_list_append(&names, item->d_name);
	if (folder)
		closedir(folder);
	struct text_file file = { 0 };
	snprintf(path, sizeof(path), "%s/%s", directory->path, name);
	if (!folder && access(path, R_OK) == 0 && text_file_read(&file, path, NULL) == 0)
		for (char *next = file.data, *line; (line = strsep(&next, "\n"));)
			if (*line && *line != '#')
				string_list_append(&names, line);
	text_file_finish(&file);
	string_list_sort(names);
	return names;
}

/* A bundle is a target, anything else a service; what is not beside this one is taken for a service. */
static void unit_of(const struct directory *directory, const char *service, char unit[NAME_MAX + 16])
{
	char path[PATH_MAX], *copy = strdup(directory->path);
	struct directory other = { .path = path };
	snprintf(path, sizeof(path), "%s/%s", copy ? dirname(copy) : "", service);
	char *type = first_line(&other, "type");
	snprintf(unit, NAME_MAX + 16, "%s.%s", service, type && strcmp(type, "bundle") == 0 ? "target" : "service");
	free(type);
	free(copy);
}

static void carry_names(struct directory *directory, const char *list, bool ordered)
{
	char **names = names_in(directory, list), unit[NAME_MAX + 16];
	for (char **name = names; name && *name; name++) {
		unit_of(directory, *name, unit);
		import_set(directory->import, directory->unit, IMPORT_UNIT, ordered ? "Requires" : "Wants", "%s", unit);
		if (ordered)
			import_set(directory->import, directory->unit, IMPORT_UNIT, "After", "%s", unit);
	}
	string_list_free(names);
}

static void begin_unit(struct directory *directory, const char *suffix)
{
	directory->unit = import_add(directory->import, directory->name, suffix);
	import_set(directory->import, directory->unit, IMPORT_UNIT, "Description", "%s", directory->name);
}

static void import_bundle(struct directory *directory)
{
	begin_unit(directory, ".target");
	carry_names(directory, "contents", false);
	carry_start(directory);
}

/* `up` and `down` are command lines of execlineb(1). */
static void import_oneshot(struct directory *directory)
{
	char path[PATH_MAX];
	begin_unit(directory, ".service");
	set(directory, "Type", "oneshot");
	set(directory, "RemainAfterExit", "yes");
	snprintf(path, sizeof(path), "%s/up", directory->path);
	set_words(directory, "ExecStart", "", (char *[]){ "execlineb", "-P", path, NULL });
	snprintf(path, sizeof(path), "%s/down", directory->path);
	if (access(path, F_OK) == 0)
		set_words(directory, "ExecStop", "", (char *[]){ "execlineb", "-P", path, NULL });
	carry_milliseconds(directory, "timeout-up", "TimeoutStartSec");
	carry_milliseconds(directory, "timeout-down", "TimeoutStopSec");
	carry_names(directory, "dependencies", true);
	import_enable(directory->import, directory->unit);
}

static void import_longrun(struct directory *directory)
{
	begin_unit(directory, ".service");
	carry_run(directory);
	carry_finish(directory);
	carry_signal(directory);
	if (directory->s6)
		carry_milliseconds(directory, "timeout-kill", "TimeoutStopSec");
	carry_readiness(directory);
	carry_names(directory, "dependencies", true);
	carry_log_file(directory, "log/run");
	carry_log_file(directory, "log/config");
	carry_start(directory);
}

/* Files with a meaning that nothing here has. */
static void remark_rest(struct directory *directory)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "control", "scripts in place of signals are not run: see ExecReload=, KillSignal=" },
		{ "log/finish", "svlog keeps the log instead" },
		{ "timeout-finish", "ExecStopPost= has TimeoutStopSec= as its limit" },
		{ "max-death-tally", "svctl monitor and svctl list tell of restarts" },
		{ "lock-fd", "svinit lets no process of an earlier start live" },
		{ "nosetsid", "every service leads a session of its own" },
		{ "producer-for", "pipelines of services are not carried over: svlog keeps what it prints" },
		{ "consumer-for", "pipelines of services are not carried over: svlog keeps what it prints" },
		{ "pipeline-name", "pipelines of services are not carried over" },
		{ "flag-essential", "RefuseManualStop=yes is the like of it" },
		{ "instance", "instances are templates: see svinit.unit(5)" },
		{ "instances", "instances are templates: see svinit.unit(5)" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (exists(directory->path, rows[i].name))
			remark(directory, REMARK_LOST, rows[i].name, 0, rows[i].text);
}

static bool is_s6(const char *path)
{
	static const char *const files[] = { "type",           "notification-fd", "timeout-kill",
					     "timeout-finish", "down-signal",     "max-death-tally" };
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (exists(path, files[i]))
			return true;
	return false;
}

int import_service_directory(struct import *import, const char *path, struct cause *cause)
{
	struct directory directory = { .import = import, .path = realpath(path, NULL) };
	char *copy = directory.path ? strdup(directory.path) : NULL;
	if (!copy) {
		free(directory.path);
		return cause_set_errno(cause, errno, "%s", path);
	}
	directory.name = basename(copy);
	directory.s6 = is_s6(directory.path);
	char *type = first_line(&directory, "type");
	if (type && strcmp(type, "bundle") == 0)
		import_bundle(&directory);
	else if (type && strcmp(type, "oneshot") == 0)
		import_oneshot(&directory);
	else
		import_longrun(&directory);
	remark_rest(&directory);
	free(type);
	free(copy);
	free(directory.path);
	return import->no_memory ? cause_set(cause, ENOMEM, "out of memory") : 0;
}
