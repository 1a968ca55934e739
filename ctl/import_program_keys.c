#include "ctl/import_program_keys.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/signal_name.h"
#include "common/string_list.h"
#include "ctl/import_words.h"

static void remark(const struct program_process *process, enum remark_kind kind, const struct ini_key *key,
		   const char *text)
{
	if (process->first)
		import_remark(process->conf->import, kind, process->program->path,
			      key ? key->line : process->program->line, "%s%s%s", key ? key->name : "",
			      key ? "=: " : "", text);
}

bool program_is_true(const struct program_process *process, const char *key, bool otherwise)
{
	const char *value = ini_value(process->program, key, NULL);
	if (!value)
		return otherwise;
	return strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 || strcasecmp(value, "on") == 0 ||
	       strcmp(value, "1") == 0;
}

/* The value with its expressions resolved; NULL: there is none, or it was told why not. The caller frees. */
static char *expanded(struct program_process *process, const struct ini_key *key, bool late)
{
	if (!key)
		return NULL;
	process->expansion.late = late;
	char *text = expand_text(&process->expansion, key->value);
	if (process->expansion.missing) {
		char words[512];
		snprintf(words, sizeof(words), "%%(%s)s stands for nothing here", process->expansion.missing);
		remark(process, REMARK_LOST, key, words);
		free(process->expansion.missing);
		process->expansion.missing = NULL;
	}
	return text;
}

static void set(struct program_process *process, const char *key, const char *value)
{
	import_set(process->conf->import, process->unit, IMPORT_BODY, key, "%s", value);
}

/* A program that is named relative to the directory it runs in. */
static void make_absolute(struct program_process *process, char **words)
{
	char *directory, *path = NULL;
	if (!strchr(words[0], '/') || words[0][0] == '/' || words[0][0] == VARIABLE_BEGIN)
		return;
	directory = expanded(process, ini_find(process->program, "directory"), false);
	const char *program = strncmp(words[0], "./", 2) == 0 ? words[0] + 2 : words[0];
	if (asprintf(&path, "%s/%s", directory ? directory : process->conf->here, program) >= 0) {
		free(words[0]);
		words[0] = path;
	}
	free(directory);
}

static void carry_command(struct program_process *process)
{
	const struct ini_key *key = ini_find(process->program, "command");
	char **words = NULL, *text = expanded(process, key, true);
	int result = text ? words_split(text, &words) : 0;
	if (words)
		make_absolute(process, words);
	char *line = words ? words_for_command(words) : NULL;
	if (line)
		set(process, "ExecStart", line);
	else
		remark(process, REMARK_LOST, key, result == -EINVAL ? "a quote is left open" : "there is no command");
	for (char **name = process->expansion.variables; name && *name; name++)
		set(process, "PassEnvironment", *name);
	free(line);
	free(text);
	string_list_free(words);
}

/* A path or a name that one key takes as it is. */
static void carry_text(struct program_process *process, const char *from, const char *to)
{
	const struct ini_key *key = ini_find(process->program, from);
	char *text = expanded(process, key, false), *value = text ? value_for_key(text) : NULL;
	if (value && *value)
		set(process, to, value);
	free(value);
	free(text);
}

static bool is_true_word(const char *value)
{
	return strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0 || strcasecmp(value, "yes") == 0 ||
	       strcasecmp(value, "on") == 0;
}

static void carry_exit_codes(struct program_process *process)
{
	const struct ini_key *key = ini_find(process->program, "exitcodes");
	char *copy = strdup(key ? key->value : "0"), *rest = copy, *word;
	bool zero = false;
	while (rest && (word = strsep(&rest, ", \t"))) {
		if (!*word)
			continue;
		if (strcmp(word, "0") == 0)
			zero = true;
		else
			set(process, "SuccessExitStatus", word);
	}
	/* A signal is never expected there; here four of them end a service in good order. */
	set(process, "RestartForceExitStatus",
	    zero ? "SIGHUP SIGINT SIGTERM SIGPIPE" : "0 SIGHUP SIGINT SIGTERM SIGPIPE");
	free(copy);
}

/* A process counts as up after startsecs; one that is not up that long so often is given up. */
static void carry_restart(struct program_process *process)
{
	const char *restart = ini_value(process->program, "autorestart", "unexpected");
	int seconds = atoi(ini_value(process->program, "startsecs", "1"));
	int retries = atoi(ini_value(process->program, "startretries", "3"));
	char number[32];
	if (strcasecmp(restart, "unexpected") == 0) {
		set(process, "Restart", "on-failure");
		carry_exit_codes(process);
	} else if (is_true_word(restart)) {
		set(process, "Restart", "always");
		ini_find(process->program, "exitcodes");
	} else {
		set(process, "Restart", "no");
		ini_find(process->program, "exitcodes");
		if (ini_find(process->program, "startretries"))
			remark(process, REMARK_LOST, ini_find(process->program, "startretries"),
			       "what is not restarted is not tried again either");
		return;
	}
	set(process, "RestartSec", "1");
	snprintf(number, sizeof(number), "%d", (retries + 1) * (seconds + 2));
	import_set(process->conf->import, process->unit, IMPORT_UNIT, "StartLimitIntervalSec", "%s", number);
	import_set(process->conf->import, process->unit, IMPORT_UNIT, "StartLimitBurst", "%d", retries + 1);
}

static void carry_stop(struct program_process *process)
{
	const struct ini_key *key = ini_find(process->program, "stopsignal");
	if (key && signal_from_name(key->value) > 0)
		set(process, "KillSignal", signal_name(signal_from_name(key->value)));
	else if (key)
		remark(process, REMARK_LOST, key, "there is no such signal");
	set(process, "TimeoutStopSec", ini_value(process->program, "stopwaitsecs", "10"));
	bool all = program_is_true(process, "stopasgroup", false);
	key = ini_find(process->program, "killasgroup");
	/* supervisord leaves children alive unless killasgroup says otherwise; svinit leaves none. */
	if (!all)
		set(process, "KillMode", "mixed");
	if (key && !is_true_word(key->value))
		remark(process, REMARK_NOTE, key, "svinit leaves no process of a stopped service alive");
}

static void carry_variable(struct program_process *process, const char *name, const char *value)
{
	char *word = word_for_environment(name, value);
	if (word)
		set(process, "Environment", word);
	free(word);
}

/* KEY="value",KEY2='value',KEY3=value: as supervisord reads it, by the words of a shell. */
static void carry_environment(struct program_process *process, const struct ini_key *key)
{
	char *text = expanded(process, key, false), *at = text;
	while (at && *at) {
		at += strspn(at, ", \t\n");
		size_t length = strcspn(at, "=,");
		char *name = at, *value = at + length + 1;
		if (!*at)
			break;
		if (at[length] != '=') {
			remark(process, REMARK_LOST, key, "a variable without a value");
			break;
		}
		at[length] = '\0';
		while (length > 0 && isspace((unsigned char)name[length - 1]))
			name[--length] = '\0';
		value += strspn(value, " \t");
		char quote = *value == '"' || *value == '\'' ? *value++ : 0;
		size_t size = quote ? strcspn(value, (char[]){ quote, 0 }) : strcspn(value, ",\n");
		at = value + size;
		if (*at)
			*at++ = '\0';
		carry_variable(process, name, value);
	}
	free(text);
}

static const char *size_of(const char *value)
{
	static char size[32];
	snprintf(size, sizeof(size), "%s", value);
	size_t length = strlen(size);
	if (length > 2 && strcasecmp(size + length - 2, "KB") == 0)
		snprintf(size + length - 2, sizeof(size) - length + 2, "K");
	else if (length > 2 && strcasecmp(size + length - 2, "MB") == 0)
		snprintf(size + length - 2, sizeof(size) - length + 2, "M");
	else if (length > 2 && strcasecmp(size + length - 2, "GB") == 0)
		snprintf(size + length - 2, sizeof(size) - length + 2, "G");
	return size;
}

static bool is_console(const char *path)
{
	return strncmp(path, "/dev/fd/", 8) == 0 || strcmp(path, "/dev/stdout") == 0 ||
	       strcmp(path, "/dev/stderr") == 0 || strncmp(path, "/proc/self/fd/", 14) == 0;
}

/* Files are svlog's business: where supervisord would have written its own, its log takes their place. */
static void carry_stream(struct program_process *process, const char *from, const char *to)
{
	const struct ini_key *key = ini_find(process->program, from);
	const char *value = key ? key->value : "AUTO";
	if (strcasecmp(value, "NONE") == 0 || strcmp(value, "/dev/null") == 0)
		set(process, to, "null");
	else if (is_console(value))
		set(process, to, "journal+console");
	else if (strcasecmp(value, "AUTO") != 0 && strcasecmp(value, "syslog") != 0)
		remark(process, REMARK_NOTE, key, "the lines go to svlog instead: svctl logs shows them");
}

static void carry_log(struct program_process *process)
{
	struct import *import = process->conf->import;
	const struct ini_key *size = ini_find(process->program, "stdout_logfile_maxbytes");
	const struct ini_key *backups = ini_find(process->program, "stdout_logfile_backups");
	const struct ini_key *syslog = ini_find(process->program, "stdout_syslog");
	carry_stream(process, "stdout_logfile", "StandardOutput");
	if (program_is_true(process, "redirect_stderr", false))
		ini_find(process->program, "stderr_logfile");
	else
		carry_stream(process, "stderr_logfile", "StandardError");
	if (size && atoi(size->value) > 0)
		import_set(import, process->unit, IMPORT_OWN, "LogMaxBytes", "%s", size_of(size->value));
	if (backups)
		import_set(import, process->unit, IMPORT_OWN, "LogMaxFiles", "%d", atoi(backups->value) + 1);
	if (syslog || ini_find(process->program, "stderr_syslog"))
		remark(process, REMARK_NOTE, syslog, "svlog keeps what it prints");
	static const char *const same[] = { "stderr_logfile_maxbytes", "stderr_logfile_backups" };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (ini_find(process->program, same[i]))
			remark(process, REMARK_NOTE, ini_find(process->program, same[i]),
			       "both streams are in one log, for which the sizes of stdout's count");
}

static void carry_own_environment(struct program_process *process)
{
	const struct ini_section *own = process->conf->own;
	const struct ini_key *key = own ? ini_find(own, "environment") : NULL;
	if (key)
		carry_environment(process, key);
	key = ini_find(process->program, "environment");
	if (key)
		carry_environment(process, key);
}

/* What [supervisord] sets for itself goes on to its programs. */
static void carry_inherited(struct program_process *process, const char *from, const char *to)
{
	const struct ini_section *own = process->conf->own;
	const struct ini_key *key = own ? ini_find(own, from) : NULL;
	if (ini_find(process->program, from)) {
		carry_text(process, from, to);
		return;
	}
	char *text = expanded(process, key, false), *value = text ? value_for_key(text) : NULL;
	if (value)
		set(process, to, value);
	free(value);
	free(text);
}

void program_keys_carry(struct program_process *process)
{
	carry_command(process);
	carry_inherited(process, "user", "User");
	carry_inherited(process, "directory", "WorkingDirectory");
	carry_inherited(process, "umask", "UMask");
	if (process->conf->own && ini_find(process->conf->own, "minfds"))
		set(process, "LimitNOFILE", ini_value(process->conf->own, "minfds", ""));
	carry_own_environment(process);
	carry_restart(process);
	carry_stop(process);
	carry_log(process);
}
