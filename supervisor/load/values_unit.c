/* Values of [Unit]: dependencies, conditions, limits of jobs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "common/string_list.h"
#include "common/time_span.h"
#include "common/unit_name.h"
#include "supervisor/load/loader_internal.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

int read_dependency(struct unit_load *load, const struct key *key, char *value)
{
	char name[UNIT_NAME_MAX + 1];
	char *word;
	int r;

	while ((r = name_take(&value, &word)) > 0) {
		if (!load_resolve_unit_name(load, word, name)) {
			load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a unit name, left out", key->name,
				    word);
			continue;
		}
		r = load_add_dependency(load, (enum dependency_kind)key->offset, name, false);
		if (r < 0)
			return r;
	}
	if (r < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s= has an unbalanced quote, the rest is left out", key->name);
	return 0;
}

/* The mount unit of one directory, if a file defines it. */
static int depend_on_mount(struct unit_load *load, enum dependency_kind kind, const char *path)
{
	char name[UNIT_NAME_MAX + 1], *escaped = unit_name_escape_path(path);
	int length = escaped ? snprintf(name, sizeof name, "%s.mount", escaped) : 0;

	free(escaped);
	if (length == 0)
		return -ENOMEM;
	if (length >= (int)sizeof name || !directory_index_find(&load->loader->index, name))
		return 0;
	int r = load_add_dependency(load, kind, name, true);
	return r < 0 ? r : load_add_dependency(load, DEPENDENCY_AFTER, name, true);
}

/* Of the path and of all directories above it. */
static int depend_on_mounts(struct unit_load *load, enum dependency_kind kind, char *path)
{
	int r = depend_on_mount(load, kind, "/");

	for (char *slash = strchr(path + 1, '/'); r == 0 && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = depend_on_mount(load, kind, path);
		*slash = '/';
	}
	return r == 0 ? depend_on_mount(load, kind, path) : r;
}

int read_mounts_for(struct unit_load *load, const struct key *key, char *value)
{
	char *word, *path;
	int r = 0;

	while (r == 0 && word_take(&value, &word, NULL) > 0) {
		r = specifiers_resolve(&load->specifiers, word, &path);
		if (r < 0)
			break;
		if (*path == '/')
			r = depend_on_mounts(load, (enum dependency_kind)key->offset, path);
		else
			load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an absolute path, left out", key->name,
				    path);
		free(path);
	}
	return r == -ENOMEM ? r : 0;
}

static void drop_conditions(struct unit_options *options, bool assertions)
{
	size_t kept = 0;

	for (size_t i = 0; i < options->condition_count; i++) {
		if (options->conditions[i].assertion == assertions)
			free(options->conditions[i].parameter);
		else
			options->conditions[kept++] = options->conditions[i];
	}
	options->condition_count = kept;
}

int load_append_condition(struct unit_options *options, const struct condition *condition)
{
	size_t count = options->condition_count;
	struct condition *grown =
		count < STRING_LIST_MAX ? realloc(options->conditions, (count + 1) * sizeof *grown) : NULL;

	if (!grown)
		return -ENOMEM;
	options->conditions = grown;
	grown[options->condition_count++] = *condition;
	return 0;
}

static bool wants_path(enum condition_type type)
{
	return type >= CONDITION_PATH_EXISTS && type <= CONDITION_FILE_IS_EXECUTABLE;
}

/* Passes a mark and the space behind it. */
static bool take_mark(char **value, char mark)
{
	if (**value != mark)
		return false;
	for ((*value)++; **value == ' ' || **value == '\t'; (*value)++)
		;
	return true;
}

int read_condition(struct unit_load *load, const struct key *key, char *value)
{
	struct unit_options *options = unit_definition_own_options(load->definition);
	struct condition condition = {
		.type = (unsigned char)key->offset,
		.assertion = strncmp(key->name, "Assert", 6) == 0,
	};

	if (!options)
		return -ENOMEM;
	if (!*value) {
		drop_conditions(options, condition.assertion);
		return 0;
	}
	condition.trigger = take_mark(&value, '|');
	condition.negate = take_mark(&value, '!');
	int r = specifiers_resolve(&load->specifiers, value, &condition.parameter);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (wants_path(key->offset) && *condition.parameter != '/') {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an absolute path, left out", key->name, value);
		free(condition.parameter);
		return 0;
	}
	r = load_append_condition(options, &condition);
	if (r < 0)
		free(condition.parameter);
	return r;
}

int read_job_timeout(struct unit_load *load, const struct key *key, char *value)
{
	struct unit_options *options = unit_definition_own_options(load->definition);
	bool running = key->offset == offsetof(struct unit_options, job_running_timeout);
	int r = options ? read_timeout(load, key, value) : -ENOMEM;

	if (r < 0)
		return r;
	if (running)
		load->job_running_timeout_given = true;
	else if (!load->job_running_timeout_given)
		options->job_running_timeout = options->job_timeout;
	return 0;
}

int read_exit_code(struct unit_load *load, const struct key *key, char *value)
{
	int *field = key_field(load, key);
	uint64_t number;

	if (!field)
		return -ENOMEM;
	if (!*value)
		*field = -1;
	else if (parse_unsigned(value, 255, &number) == 0)
		*field = (int)number;
	else
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an exit status (0 to 255), left out", key->name,
			    value);
	return 0;
}

/* OnFailureIsolate=, before OnFailureJobMode= came. */
int read_on_failure_isolate(struct unit_load *load, const struct key *key, char *value)
{
	struct unit_options *options = unit_definition_own_options(load->definition);
	bool isolate;

	if (!options)
		return -ENOMEM;
	if (parse_boolean(value, &isolate) == 0)
		options->on_failure_job_mode = isolate ? JOB_MODE_ISOLATE : JOB_MODE_REPLACE;
	else
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a boolean, left out", key->name, value);
	return 0;
}

int read_triggered(struct unit_load *load, const struct key *key, char *value)
{
	char name[UNIT_NAME_MAX + 1];

	if (!load_resolve_unit_name(load, value, name)) {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a unit name, left out", key->name, value);
		return 0;
	}
	return load_add_dependency(load, DEPENDENCY_TRIGGERS, name, false);
}
