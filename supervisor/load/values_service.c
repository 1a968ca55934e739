/* Values of [Service] that steer the state machine, but for the commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exit_status_name.h"
#include "common/parse.h"
#include "common/signal_name.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

int read_service_type(struct unit_load *load, const struct key *key, char *value)
{
	int type = parse_name(value, key->data, key->data_count);

	if (type < 0) {
		report_choice(load, key, value, key->data, key->data_count);
		return 0;
	}
	load->definition->service->type = (enum service_type)type;
	load->type_given = true;
	return 0;
}

int read_timeout_start(struct unit_load *load, const struct key *key, char *value)
{
	load->timeout_start_given = true;
	return read_timeout(load, key, value);
}

int read_timeout_stop(struct unit_load *load, const struct key *key, char *value)
{
	return read_timeout(load, key, value);
}

int read_timeout_both(struct unit_load *load, const struct key *key, char *value)
{
	struct service_options *options = unit_definition_own_service_options(load->definition);
	int r = options ? read_timeout_start(load, key, value) : -ENOMEM;

	if (r == 0)
		options->timeout_stop = options->timeout_start;
	return r;
}

/* Empty: as TimeoutStopSec=, which the field says with 0. */
int read_timeout_abort(struct unit_load *load, const struct key *key, char *value)
{
	struct service_options *options = unit_definition_own_service_options(load->definition);

	if (!options)
		return -ENOMEM;
	if (*value)
		return read_timeout(load, key, value);
	options->timeout_abort = 0;
	return 0;
}

static void add_status(struct unit_load *load, const struct key *key, struct exit_status_set *set, const char *word)
{
	int status = exit_status_from_name(word), signal;

	if (status >= 0)
		set->statuses[status / 64] |= UINT64_C(1) << status % 64;
	else if ((signal = signal_from_name(word)) > 0)
		set->signals |= UINT64_C(1) << (signal - 1);
	else
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is neither an exit status nor a signal, left out",
			    key->name, word);
}

int read_status_set(struct unit_load *load, const struct key *key, char *value)
{
	struct exit_status_set *set = key_field(load, key);
	char *word;

	if (!set)
		return -ENOMEM;
	if (!*value)
		*set = (struct exit_status_set){ 0 };
	while (word_take(&value, &word, NULL) > 0)
		add_status(load, key, set, word);
	return 0;
}

int read_pid_file(struct unit_load *load, const struct key *key, char *value)
{
	char **field = key_field(load, key);
	char *path = NULL, *absolute = NULL;

	if (!field)
		return -ENOMEM;
	int r = *value ? specifiers_resolve(&load->specifiers, value, &path) : 0;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (path && *path != '/') {
		const char *run = host_fact(load->specifiers.facts, FACT_RUNTIME_DIRECTORY);
		r = run && asprintf(&absolute, "%s/%s", run, path) >= 0 ? 0 : -ENOMEM;
		free(path);
		if (r < 0)
			return r;
		path = absolute;
	} else if (path && strncmp(path, "/var/run/", 9) == 0) {
		memmove(path, path + 4, strlen(path + 4) + 1); /* /var/run is /run */
	}
	free(*field);
	*field = path;
	return 0;
}

/* The commands that do not start the main process then run with all privileges, as with '+' in front. */
int read_permissions_start_only(struct unit_load *load, const struct key *key, char *value)
{
	bool only;

	if (parse_boolean(value, &only) < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a boolean, left out", key->name, value);
	else
		load->permissions_start_only = only;
	return 0;
}

/* 0 and "infinity" both switch it off. */
int read_watchdog(struct unit_load *load, const struct key *key, char *value)
{
	struct service_options *options = unit_definition_own_service_options(load->definition);
	int r = options ? read_time(load, key, value) : -ENOMEM;

	if (r == 0 && options->watchdog == USEC_INFINITY)
		options->watchdog = 0;
	return r;
}
