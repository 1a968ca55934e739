/* Environment=, EnvironmentFile=, PassEnvironment=, UnsetEnvironment=. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/environment.h"
#include "supervisor/load/expand.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

static int take_variable(struct unit_load *load, const struct key *key, char ***list, const char *word, bool assignment)
{
	char *text;
	int r = specifiers_resolve(&load->specifiers, word, &text);

	if (r < 0)
		return r;
	size_t name_length = strcspn(text, "=");
	bool valid = variable_name_is_valid(text, name_length) && (!assignment || text[name_length] == '=');
	if (!valid)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not %s, left out", key->name, text,
			    assignment ? "NAME=VALUE" : "the name of a variable");
	else
		r = assignment ? environment_set(list, text) : string_list_append(list, text);
	free(text);
	return r;
}

static int read_variables(struct unit_load *load, const struct key *key, char *value, bool assignments)
{
	char ***list = key_field(load, key);
	char *word;
	int r;

	if (!list)
		return -ENOMEM;
	if (!*value)
		string_list_clear(list);
	while ((r = word_take(&value, &word, NULL)) > 0) {
		r = take_variable(load, key, list, word, assignments);
		if (r == -ENOMEM)
			return r;
		if (r == -E2BIG)
			break;
	}
	if (r < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s= %s, the rest is left out", key->name,
			    r == -E2BIG ? "has too many words" : "has an unbalanced quote");
	return 0;
}

int read_environment(struct unit_load *load, const struct key *key, char *value)
{
	return read_variables(load, key, value, true);
}

int read_variable_names(struct unit_load *load, const struct key *key, char *value)
{
	return read_variables(load, key, value, false);
}

int read_environment_file(struct unit_load *load, const struct key *key, char *value)
{
	char ***list = key_field(load, key);
	char *path;

	if (!list)
		return -ENOMEM;
	if (!*value) {
		string_list_clear(list);
		return 0;
	}
	int r = specifiers_resolve(&load->specifiers, value, &path);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (path[*path == '-'] != '/') {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an absolute path, left out", key->name, value);
		free(path);
		return 0;
	}
	r = string_list_take(list, path);
	return r == -ENOMEM ? r : 0;
}
