/* Values of the common kinds. */
#include "supervisor/load/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "common/signal_name.h"
#include "common/string_list.h"
#include "common/time_span.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/words.h"

static struct install_options *own_install(struct unit_definition *definition)
{
	if (!definition->install)
		definition->install = calloc(1, sizeof *definition->install);
	return definition->install;
}

void *key_field(struct unit_load *load, const struct key *key)
{
	struct unit_definition *definition = load->definition;
	void *base = NULL;

	switch (key->place) {
	case PLACE_DEFINITION:
		base = definition;
		break;
	case PLACE_UNIT:
		base = unit_definition_own_options(definition);
		break;
	case PLACE_SERVICE:
		base = unit_definition_own_service_options(definition);
		break;
	case PLACE_EXEC:
		base = unit_definition_own_exec_options(definition);
		break;
	case PLACE_SANDBOX:
		base = unit_definition_own_sandbox(definition);
		break;
	case PLACE_INSTALL:
		base = own_install(definition);
		break;
	case PLACE_SERVICE_DEFINITION:
		base = definition->service;
		break;
	case PLACE_TIMER:
		base = definition->timer;
		break;
	case PLACE_SOCKET:
		base = definition->socket;
		break;
	default:
		break;
	}
	return base ? (char *)base + key->offset : NULL;
}

static int put(struct unit_load *load, const struct key *key, const void *value, size_t size)
{
	void *field = key_field(load, key);

	if (!field)
		return -ENOMEM;
	memcpy(field, value, size);
	return 0;
}

static int warn_value(struct unit_load *load, const struct key *key, const char *value, const char *expected)
{
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not %s, left out", key->name, value, expected);
	return 0;
}

int read_boolean(struct unit_load *load, const struct key *key, char *value)
{
	bool truth;

	if (parse_boolean(value, &truth) < 0)
		return warn_value(load, key, value, "a boolean (yes or no)");
	return put(load, key, &truth, sizeof truth);
}

int read_unsigned(struct unit_load *load, const struct key *key, char *value)
{
	uint64_t number;

	if (parse_unsigned(value, UINT32_MAX, &number) < 0)
		return warn_value(load, key, value, "a number");
	unsigned narrow = (unsigned)number;
	return put(load, key, &narrow, sizeof narrow);
}

int read_size(struct unit_load *load, const struct key *key, char *value)
{
	uint64_t size;

	if (parse_size(value, &size) < 0)
		return warn_value(load, key, value, "a size (such as 512K or 1.5G)");
	return put(load, key, &size, sizeof size);
}

static int put_string(struct unit_load *load, const struct key *key, char *text)
{
	char **field = key_field(load, key);

	if (!field) {
		free(text);
		return -ENOMEM;
	}
	free(*field);
	*field = text;
	return 0;
}

/* -E2BIG is the user's fault and is reported; the caller then goes on without. */
static int resolve(struct unit_load *load, const struct key *key, const char *value, char **text)
{
	int r = specifiers_resolve(&load->specifiers, value, text);

	if (r == -E2BIG)
		warn_value(load, key, value, "short enough with its specifiers");
	return r;
}

int read_string(struct unit_load *load, const struct key *key, char *value)
{
	char *text = NULL;
	int r = *value ? resolve(load, key, value, &text) : 0;

	return r < 0 ? (r == -ENOMEM ? r : 0) : put_string(load, key, text);
}

int read_path(struct unit_load *load, const struct key *key, char *value)
{
	char *text = NULL;
	int r = *value ? resolve(load, key, value, &text) : 0;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (text && *text != '/') {
		warn_value(load, key, text, "an absolute path");
		free(text);
		return 0;
	}
	return put_string(load, key, text);
}

int read_mode(struct unit_load *load, const struct key *key, char *value)
{
	mode_t mode;

	if (parse_mode(value, &mode) < 0)
		return warn_value(load, key, value, "an octal mode (such as 0755)");
	return put(load, key, &mode, sizeof mode);
}

int read_time(struct unit_load *load, const struct key *key, char *value)
{
	usec span;

	if (time_span_parse(value, USEC_PER_SEC, &span) < 0)
		return warn_value(load, key, value, "a time span (such as 90, 5min or 1min 30s)");
	return put(load, key, &span, sizeof span);
}

int read_timeout(struct unit_load *load, const struct key *key, char *value)
{
	usec span;

	if (time_span_parse(value, USEC_PER_SEC, &span) < 0)
		return warn_value(load, key, value, "a time span (such as 90, 5min or infinity)");
	span = span == 0 ? USEC_INFINITY : span;
	return put(load, key, &span, sizeof span);
}

int read_signal(struct unit_load *load, const struct key *key, char *value)
{
	int signal = signal_from_name(value);

	if (signal < 0)
		return warn_value(load, key, value, "a signal");
	return put(load, key, &signal, sizeof signal);
}

void report_choice(struct unit_load *load, const struct key *key, const char *value, const char *const *names,
		   size_t count)
{
	char list[512] = "";
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		if (names[i] && length < sizeof list)
			length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", length > 0 ? ", " : "",
						   names[i]);
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not one of %s; left out", key->name, value, list);
}

int read_enum(struct unit_load *load, const struct key *key, char *value)
{
	int index = parse_name(value, key->data, key->data_count);

	if (index < 0) {
		report_choice(load, key, value, key->data, key->data_count);
		return 0;
	}
	return put(load, key, &index, sizeof index);
}

static int append_word(struct unit_load *load, const struct key *key, char ***list, const char *word)
{
	char *text;
	int r = resolve(load, key, word, &text);

	if (r == 0)
		r = string_list_take(list, text);
	if (r == -E2BIG)
		load_report(load, DIAGNOSTIC_WARNING, "%s= has too many words, the rest is left out", key->name);
	return r;
}

static int read_list(struct unit_load *load, const struct key *key, char *value, bool names)
{
	char ***list = key_field(load, key);
	char *word;
	int r;

	if (!list)
		return -ENOMEM;
	if (!*value)
		string_list_clear(list);
	while ((r = names ? name_take(&value, &word) : word_take(&value, &word, NULL)) > 0) {
		r = append_word(load, key, list, word);
		if (r < 0)
			return r == -ENOMEM ? r : 0;
	}
	if (r < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s= has an unbalanced quote, the rest is left out", key->name);
	return 0;
}

int read_words(struct unit_load *load, const struct key *key, char *value)
{
	return read_list(load, key, value, false);
}

int read_install_words(struct unit_load *load, const struct key *key, char *value)
{
	return read_list(load, key, value, true);
}
