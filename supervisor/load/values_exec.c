/* Users, directories and logging of a process; the keys that do not hold here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "common/string_list.h"
#include "common/unit_name.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

/* What can stand in passwd(5) and does no harm elsewhere. */
static bool is_account_name(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > 63 || *name == '-' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || strchr(":/\\\"'", *name))
			return false;
	return true;
}

/* Running it as somebody else than was asked for would be worse than not at all. */
int read_user(struct unit_load *load, const struct key *key, char *value)
{
	char **field = key_field(load, key);
	char *name = NULL;

	if (!field)
		return -ENOMEM;
	int r = *value ? specifiers_resolve(&load->specifiers, value, &name) : 0;
	if (r == -ENOMEM)
		return r;
	if (r < 0 || (name && !is_account_name(name))) {
		load_reject(load, "%s=%.100s is not the name of a user or group", key->name, value);
		free(name);
		return 0;
	}
	free(*field);
	*field = name;
	return 0;
}

int read_working_directory(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	bool missing_ok = *value == '-';
	char *path = NULL;

	if (!options)
		return -ENOMEM;
	value += missing_ok;
	int r = *value ? specifiers_resolve(&load->specifiers, value, &path) : 0;
	if (r == -ENOMEM)
		return r;
	(void)key;
	if (r < 0 || (path && *path != '/' && strcmp(path, "~") != 0)) {
		if (missing_ok)
			load_report(load, DIAGNOSTIC_WARNING,
				    "WorkingDirectory=%.100s is not an absolute path, left out", value);
		else
			load_reject(load, "WorkingDirectory=%.100s is neither an absolute path nor \"~\"", value);
		free(path);
		return 0;
	}
	free(options->working_directory);
	options->working_directory = path;
	options->working_directory_missing_ok = missing_ok;
	return 0;
}

static bool are_absolute(const char *paths)
{
	for (const char *path = paths; path; path = strchr(path, ':')) {
		path += *path == ':';
		if (*path != '/')
			return false;
	}
	return true;
}

/* Each one adds to those before it. */
int read_search_path(struct unit_load *load, const struct key *key, char *value)
{
	char **field = key_field(load, key), *paths = NULL, *joined = NULL;

	if (!field)
		return -ENOMEM;
	int r = *value ? specifiers_resolve(&load->specifiers, value, &paths) : 0;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (paths && !are_absolute(paths)) {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s has a path that is not absolute, left out", key->name,
			    paths);
		free(paths);
		return 0;
	}
	if (paths && *field) {
		r = asprintf(&joined, "%s:%s", *field, paths);
		free(paths);
		if (r < 0)
			return -ENOMEM;
		paths = joined;
	}
	free(*field);
	*field = paths;
	return 0;
}

/* Below its parent and nowhere else. */
static bool is_safe_relative_path(const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || length > 1024 || *path == '/')
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return false;
	}
	return true;
}

static int append_directory(struct unit_load *load, const struct key *key, char ***names, const char *word)
{
	char *path;
	int r = specifiers_resolve(&load->specifiers, word, &path);

	if (r < 0)
		return r;
	char *colon = strchr(path, ':');
	if (colon)
		*colon = '\0';
	bool safe = is_safe_relative_path(path) && (!colon || is_safe_relative_path(colon + 1));
	if (colon)
		*colon = ':';
	if (!safe) {
		load_reject(load, "%s=%.100s is not a relative path without \"..\"", key->name, path);
		free(path);
		return 0;
	}
	return string_list_take(names, path);
}

int read_directories(struct unit_load *load, const struct key *key, char *value)
{
	char ***names = key_field(load, key);
	char *word;
	int r = 0;

	if (!names)
		return -ENOMEM;
	if (!*value)
		string_list_clear(names);
	while (r == 0 && word_take(&value, &word, NULL) > 0)
		r = append_directory(load, key, names, word);
	return r == -ENOMEM ? r : 0;
}

int read_log_level(struct unit_load *load, const struct key *key, char *value)
{
	int *field = key_field(load, key);
	uint64_t number;

	if (!field)
		return -ENOMEM;
	if (!*value) {
		*field = key->offset == offsetof(struct exec_options, log_level_max) ? -1 : 6;
		return 0;
	}
	int level =
		parse_unsigned(value, 7, &number) == 0 ? (int)number : parse_name(value, key->data, key->data_count);
	if (level < 0)
		report_choice(load, key, value, key->data, key->data_count);
	else
		*field = level;
	return 0;
}

static int append_resolved(struct unit_load *load, char ***list, const char *text)
{
	char *resolved;
	int r = specifiers_resolve(&load->specifiers, text, &resolved);

	return r < 0 ? (r == -ENOMEM ? r : 0) : string_list_take(list, resolved);
}

static bool is_log_field(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length > 0 && text[length] == '=' && text[0] != '_' && (text[0] < '0' || text[0] > '9');
}

int read_log_fields(struct unit_load *load, const struct key *key, char *value)
{
	char ***fields = key_field(load, key);
	char *word;
	int r = 0;

	if (!fields)
		return -ENOMEM;
	if (!*value)
		string_list_clear(fields);
	while (r == 0 && word_take(&value, &word, NULL) > 0) {
		if (is_log_field(word))
			r = append_resolved(load, fields, word);
		else
			load_report(load, DIAGNOSTIC_WARNING,
				    "%s=%.100s is not FIELD=VALUE with FIELD in capitals, left out", key->name, word);
	}
	return r;
}

/* The whole value is one pattern. */
int read_log_patterns(struct unit_load *load, const struct key *key, char *value)
{
	char ***patterns = key_field(load, key);
	char *pattern;

	if (!patterns)
		return -ENOMEM;
	if (!*value) {
		string_list_clear(patterns);
		return 0;
	}
	pattern = strdup(value);
	return pattern ? string_list_take(patterns, pattern) : -ENOMEM;
}

int read_log_compress(struct unit_load *load, const struct key *key, char *value)
{
	bool *uncompressed = key_field(load, key), compress = true;

	if (!uncompressed)
		return -ENOMEM;
	if (*value && parse_boolean(value, &compress) < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is neither yes nor no, left out", key->name, value);
	else
		*uncompressed = !compress;
	return 0;
}

int read_log_format(struct unit_load *load, const struct key *key, char *value)
{
	bool *json = key_field(load, key);

	if (!json)
		return -ENOMEM;
	if (strcmp(value, "json") != 0 && strcmp(value, "text") != 0 && *value)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is neither text nor json, left out", key->name, value);
	else
		*json = strcmp(value, "json") == 0;
	return 0;
}

int read_slice(struct unit_load *load, const struct key *key, char *value)
{
	char **field = key_field(load, key);
	char name[UNIT_NAME_MAX + 1];

	if (!field)
		return -ENOMEM;
	if (!load_resolve_unit_name(load, value, name) || unit_type_from_name(name) != UNIT_SLICE) {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not the name of a slice, left out", key->name,
			    value);
		return 0;
	}
	free(*field);
	*field = strdup(name);
	return *field ? 0 : -ENOMEM;
}

/* Boolean, "restart", or in newer versions the names of controllers. */
int read_delegate(struct unit_load *load, const struct key *key, char *value)
{
	bool *field = key_field(load, key);
	bool truth;

	if (!field)
		return -ENOMEM;
	*field = parse_boolean(value, &truth) == 0 ? truth : *value != '\0';
	return 0;
}

int read_preserve(struct unit_load *load, const struct key *key, char *value)
{
	enum preserve_mode *field = key_field(load, key);
	bool truth;

	if (!field)
		return -ENOMEM;
	if (strcmp(value, "restart") == 0)
		*field = PRESERVE_RESTART;
	else if (parse_boolean(value, &truth) == 0)
		*field = truth ? PRESERVE_YES : PRESERVE_NO;
	else
		report_choice(load, key, value, (const char *const[]){ "yes", "no", "restart" }, 3);
	return 0;
}

/* Values that ask for nothing. */
static bool says_no(const char *value)
{
	static const char *const words[] = { "", "infinity", "inherit", "default", "auto", "none", "100%" };
	bool truth;

	if (parse_boolean(value, &truth) == 0)
		return !truth;
	return parse_name(value, words, sizeof words / sizeof *words) >= 0;
}

int read_sandbox(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options;
	char name[64];

	size_t length = strnlen(key->name, sizeof name - 2);
	memcpy(name, key->name, length);
	memcpy(name + length, "=", 2);
	if (says_no(value)) {
		if (load->definition->service->exec->not_enforced)
			string_list_remove(load->definition->service->exec->not_enforced, name);
		return 0;
	}
	options = unit_definition_own_exec_options(load->definition);
	if (!options)
		return -ENOMEM;
	if (load_explains(load))
		load_report(load, DIAGNOSTIC_NOTE, "%s= is known, but not enforced here%s%s", key->name,
			    key->note ? ": " : "", key->note ? key->note : "");
	if (string_list_contains(options->not_enforced, name))
		return 0;
	int r = string_list_append(&options->not_enforced, name);
	return r == -ENOMEM ? r : 0;
}

int read_refused_if_set(struct unit_load *load, const struct key *key, char *value)
{
	char text[512];

	if (says_no(value) || load->refused || !load->definition->service)
		return 0;
	snprintf(text, sizeof text, "%s= is refused: %s; [X-Svinit] Refused=ignore starts the unit without it",
		 key->name, key->note);
	load->refused = strdup(text);
	load->refused_path = strdup(load->path);
	load->refused_line = load->line;
	return load->refused && load->refused_path ? 0 : -ENOMEM;
}

int read_refused_mode(struct unit_load *load, const struct key *key, char *value)
{
	if (strcmp(value, "ignore") != 0 && *value)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not \"ignore\", left out", key->name, value);
	load->refused_ignored = strcmp(value, "ignore") == 0;
	return 0;
}

int read_sandbox_required(struct unit_load *load, const struct key *key, char *value)
{
	bool required;

	if (parse_boolean(value, &required) < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a boolean, left out", key->name, value);
	else
		load->sandbox_required = required;
	return 0;
}
