#include "supervisor/manager_environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/load/environment.h"
#include "supervisor/load/expand.h"

static const char default_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* What svinit was given for itself alone. */
static const char *const own_names[] = { "NOTIFY_SOCKET", "LISTEN_FDS",   "LISTEN_PID",    "LISTEN_FDNAMES",
					 "WATCHDOG_USEC", "WATCHDOG_PID", "INVOCATION_ID", NULL };

static int check(const char *text, size_t length, struct cause *cause)
{
	if (!variable_name_is_valid(text, length))
		return cause_set(cause, EINVAL, "%.*s is not the name of a variable", (int)(length < 64 ? length : 64),
				 text);
	for (const char *const *own = own_names; *own; own++)
		if (strlen(*own) == length && strncmp(*own, text, length) == 0)
			return cause_set(cause, EINVAL, "%s is not for setting: each service gets its own", *own);
	return 0;
}

/* A user's svinit passes its own environment on, so that is where it is set. */
static int set_own(const char *assignment, size_t length)
{
	char *name = strndup(assignment, length);
	int result = name && setenv(name, assignment + length + 1, 1) == 0 ? 0 : -ENOMEM;

	free(name);
	return result;
}

int manager_environment_set(struct manager *manager, const char *assignment, struct cause *cause)
{
	size_t length = strcspn(assignment, "=");
	int result = check(assignment, length, cause);

	if (result < 0)
		return result;
	if (assignment[length] != '=')
		return cause_set(cause, EINVAL, "%.64s: no value (NAME=VALUE)", assignment);
	if (strlen(assignment) > MANAGER_ASSIGNMENT_MAX ||
	    string_list_length(manager->environment) >= MANAGER_ENVIRONMENT_MAX)
		return cause_set(cause, E2BIG, "%.*s: the environment is too large", (int)(length < 64 ? length : 64),
				 assignment);
	result = manager->options.user_mode ? set_own(assignment, length)
					    : environment_set(&manager->environment, assignment);
	return result < 0 ? cause_set(cause, ENOMEM, "out of memory") : 0;
}

int manager_environment_unset(struct manager *manager, const char *name, struct cause *cause)
{
	int result = check(name, strlen(name), cause);

	if (result < 0)
		return result;
	if (manager->options.user_mode)
		unsetenv(name);
	else
		environment_unset(manager->environment, name);
	return 0;
}

static int add_all(char ***list, char *const *assignments)
{
	int result = 0;

	for (; assignments && *assignments && result >= 0; assignments++)
		result = environment_set(list, *assignments);
	return result;
}

static int add_defaults(char ***list)
{
	const char *language = getenv("LANG");
	char *assignment = NULL;
	int result = environment_set(list, default_path);

	if (result < 0 || !language)
		return result;
	if (asprintf(&assignment, "LANG=%s", language) < 0)
		return -ENOMEM;
	result = environment_set(list, assignment);
	free(assignment);
	return result;
}

char **manager_environment_list(const struct manager *manager)
{
	char **list = NULL;
	int result = manager->options.user_mode ? add_all(&list, environ) : add_defaults(&list);

	if (result >= 0)
		result = add_all(&list, manager->environment);
	if (result < 0) {
		string_list_free(list);
		return NULL;
	}
	for (const char *const *own = own_names; *own; own++)
		environment_unset(list, *own);
	return list;
}
