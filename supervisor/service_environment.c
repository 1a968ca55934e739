#include "supervisor/service_environment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/string_list.h"
#include "supervisor/load/expand.h"
#include "supervisor/manager_environment.h"

static int __attribute__((format(printf, 2, 3))) set_format(char ***environment, const char *format, ...)
{
	char *assignment = NULL;
	va_list arguments;

	va_start(arguments, format);
	int length = vasprintf(&assignment, format, arguments);
	va_end(arguments);
	if (length < 0)
		return -ENOMEM;
	int result = environment_set(environment, assignment);
	free(assignment);
	return result;
}

static int set_list(char ***environment, char *const *list)
{
	for (; list && *list; list++)
		if (environment_set(environment, *list) < 0)
			return -ENOMEM;
	return 0;
}

static int set_inherited(const struct manager *manager, const struct exec_options *exec, char ***environment)
{
	int result = 0;

	*environment = manager_environment_list(manager);
	if (!*environment)
		return -ENOMEM;
	if (exec->exec_search_path)
		result = set_format(environment, "PATH=%s", exec->exec_search_path);
	for (char **name = exec->pass_environment; name && *name && result >= 0; name++) {
		const char *value = getenv(*name);
		if (value)
			result = set_format(environment, "%s=%s", *name, value);
	}
	return result;
}

static int set_user(const struct user *user, char ***environment)
{
	if (!user)
		return 0;
	if (set_format(environment, "HOME=%s", user->home) < 0 || set_format(environment, "USER=%s", user->name) < 0 ||
	    set_format(environment, "LOGNAME=%s", user->name) < 0 ||
	    set_format(environment, "SHELL=%s", user->shell) < 0)
		return -ENOMEM;
	return 0;
}

const char *service_environment_directory_root(const struct manager *manager, enum exec_directory_kind kind)
{
	static const struct {
		const char *system, *variable;
	} roots[DIRECTORY_KIND_COUNT] = {
		[DIRECTORY_RUNTIME] = { "/run", "XDG_RUNTIME_DIR" },
		[DIRECTORY_STATE] = { "/var/lib", "XDG_STATE_HOME" },
		[DIRECTORY_CACHE] = { "/var/cache", "XDG_CACHE_HOME" },
		[DIRECTORY_LOGS] = { "/var/log", "XDG_STATE_HOME" },
		[DIRECTORY_CONFIGURATION] = { "/etc", "XDG_CONFIG_HOME" },
	};

	if (!manager->options.user_mode)
		return roots[kind].system;
	const char *own = getenv(roots[kind].variable);
	return own && *own == '/' ? own : NULL;
}

const char *service_environment_credentials(const struct unit *unit, char name[UNIT_NAME_MAX + 16])
{
	const struct sandbox *sandbox = unit->definition->service->exec->sandbox;

	if (!sandbox || (!sandbox->load_credentials && !sandbox->set_credentials && !sandbox->import_credentials))
		return NULL;
	snprintf(name, UNIT_NAME_MAX + 16, "credentials/%s", unit->definition->name);
	return name;
}

static int set_credentials(const struct manager *manager, const struct unit *unit, char ***environment)
{
	char name[UNIT_NAME_MAX + 16];
	const char *root = service_environment_directory_root(manager, DIRECTORY_RUNTIME);

	if (!root || !service_environment_credentials(unit, name))
		return 0;
	return set_format(environment, "CREDENTIALS_DIRECTORY=%s/%s", root, name);
}

/* RUNTIME_DIRECTORY= and sisters: the full paths, joined with colons. */
static int set_directories(const struct manager *manager, const struct exec_options *exec, char ***environment)
{
	static const char *const names[DIRECTORY_KIND_COUNT] = {
		[DIRECTORY_RUNTIME] = "RUNTIME_DIRECTORY",
		[DIRECTORY_STATE] = "STATE_DIRECTORY",
		[DIRECTORY_CACHE] = "CACHE_DIRECTORY",
		[DIRECTORY_LOGS] = "LOGS_DIRECTORY",
		[DIRECTORY_CONFIGURATION] = "CONFIGURATION_DIRECTORY",
	};
	char value[4096];

	for (int kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		char **list = exec->directories[kind].names;
		const char *root = list && *list ? service_environment_directory_root(manager, kind) : NULL;
		size_t length = 0;
		if (!root)
			continue;
		for (; *list && length < sizeof value; list++)
			length += (size_t)snprintf(value + length, sizeof value - length, "%s%s/%.*s",
						   length ? ":" : "", root, (int)strcspn(*list, ":"), *list);
		if (length >= sizeof value)
			return -E2BIG;
		if (set_format(environment, "%s=%s", names[kind], value) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* What the commands that run behind the main process are told about its end: systemd.exec(5), $SERVICE_RESULT. */
static int set_result(const struct unit *unit, char ***environment)
{
	const struct exec_status *status = &unit->main_status;
	const char *code = status->code == CLD_EXITED ? "exited" : status->code == CLD_KILLED ? "killed" : "dumped";

	if (set_format(environment, "SERVICE_RESULT=%s", unit_result_name(unit->result)) < 0)
		return -ENOMEM;
	if (status->pid == 0 || status->code == 0)
		return 0;
	if (set_format(environment, "EXIT_CODE=%s", code) < 0)
		return -ENOMEM;
	if (status->code == CLD_EXITED)
		return set_format(environment, "EXIT_STATUS=%d", status->status);
	const char *name = sigabbrev_np(status->status);
	return name ? set_format(environment, "EXIT_STATUS=%s", name)
		    : set_format(environment, "EXIT_STATUS=%d", status->status);
}

/* systemd.exec(5): what has started the service, and a timer's moment. */
static int set_trigger(const struct manager *manager, const struct unit *unit, char ***environment)
{
	const struct unit *trigger = core_unit(manager->core, unit->trigger);
	struct timer_view timer;
	int result;

	if (!trigger)
		return 0;
	result = set_format(environment, "TRIGGER_UNIT=%s", trigger->definition->name);
	if (result < 0 || core_timer(manager->core, trigger->id, &timer) < 0 || timer.last == 0)
		return result;
	result = set_format(environment, "TRIGGER_TIMER_REALTIME_USEC=%" PRId64,
			    (int64_t)timer.last + manager->realtime_offset);
	return result < 0 ? result : set_format(environment, "TRIGGER_TIMER_MONOTONIC_USEC=%" PRIu64, timer.last);
}

/* Three bytes become four letters. */
static void encode(const char *data, size_t length, char *to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		uint32_t bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < length ? (unsigned char)data[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			*to++ = i + j > length ? '=' : letters[bits >> (18 - 6 * j) & 63];
	}
	*to = '\0';
}

/* systemd.resource-control(5), MemoryPressureWatch=: where to write what, to be told when memory gets short. */
static int set_memory_pressure(const struct environment_request *request, char ***environment)
{
	const struct resource_options *resources = request->unit->definition->resources;
	char directory[4096], order[64], encoded[128];

	if (!resources || !resources->memory_pressure_watch ||
	    !containment_directory(&request->runtime->containment, directory, sizeof directory))
		return 0;
	usec threshold = resources->memory_pressure_threshold;
	int length =
		snprintf(order, sizeof order, "some %" PRIu64 " 2000000", threshold ? threshold : 200 * USEC_PER_MSEC);
	encode(order, (size_t)length + 1, encoded);
	int result = set_format(environment, "MEMORY_PRESSURE_WATCH=%s/memory.pressure", directory);
	return result < 0 ? result : set_format(environment, "MEMORY_PRESSURE_WRITE=%s", encoded);
}

static bool may_notify(const struct service_definition *service)
{
	return service->options->notify_access != NOTIFY_ACCESS_NONE || service->type == SERVICE_NOTIFY ||
	       service->type == SERVICE_NOTIFY_RELOAD;
}

static int set_supervision(const struct manager *manager, const struct environment_request *request,
			   char ***environment)
{
	const struct unit *unit = request->unit;
	int result = set_format(environment, "INVOCATION_ID=%s", request->runtime->invocation_id);

	if (result >= 0 && manager->notify_path && may_notify(request->service))
		result = set_format(environment, "NOTIFY_SOCKET=%s", manager->notify_path);
	if (result >= 0 && unit->main_pid > 0 && request->phase != EXEC_START)
		result = set_format(environment, "MAINPID=%d", (int)unit->main_pid);
	if (result >= 0 && request->service->options->pid_file)
		result = set_format(environment, "PIDFILE=%s", request->service->options->pid_file);
	if (result >= 0 && (request->phase == EXEC_STOP || request->phase == EXEC_STOP_POST))
		result = set_result(unit, environment);
	if (result >= 0)
		result = set_trigger(manager, unit, environment);
	if (result >= 0)
		result = granted_descriptors_announce(request->granted, environment);
	if (result >= 0)
		result = set_memory_pressure(request, environment);
	if (result >= 0)
		result = environment_set(environment, "SYSTEMD_EXEC_PID=0000000000");
	usec watchdog = unit->watchdog ? unit->watchdog : request->service->options->watchdog;
	if (result >= 0 && watchdog && watchdog != USEC_INFINITY && request->phase == EXEC_START) {
		result = set_format(environment, "WATCHDOG_USEC=%llu", (unsigned long long)watchdog);
		if (result >= 0)
			result = environment_set(environment, "WATCHDOG_PID=0000000000");
	}
	return result;
}

static int read_files(const struct exec_options *exec, char ***environment, struct cause *cause)
{
	for (char **path = exec->environment_files; path && *path; path++) {
		bool may_be_missing = **path == '-';
		int result = environment_file_read(*path + may_be_missing, environment, cause);
		if (result == -ENOMEM || (result < 0 && !may_be_missing))
			return result;
	}
	return 0;
}

static void collect_pid_variables(char **environment, char *pid_variables[5])
{
	static const char *const names[] = { "SYSTEMD_EXEC_PID=0000000000", "WATCHDOG_PID=0000000000",
					     "LISTEN_PID=0000000000" };
	size_t count = 0;

	for (char **item = environment; item && *item; item++)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (strcmp(*item, names[i]) == 0)
				pid_variables[count++] = *item;
	pid_variables[count] = NULL;
}

static int fill(const struct manager *manager, const struct environment_request *request, char ***environment,
		struct cause *cause)
{
	const struct exec_options *exec = request->service->exec;

	if (set_inherited(manager, exec, environment) < 0 || set_user(request->user, environment) < 0 ||
	    set_directories(manager, exec, environment) < 0 || set_supervision(manager, request, environment) < 0 ||
	    set_credentials(manager, request->unit, environment) < 0 || set_list(environment, exec->environment) < 0)
		return cause_set(cause, ENOMEM, "environment: out of memory");
	int result = read_files(exec, environment, cause);
	if (result < 0)
		return result;
	for (char **name = exec->unset_environment; name && *name; name++)
		environment_unset(*environment, *name);
	return 0;
}

int service_environment_make(const struct manager *manager, const struct environment_request *request,
			     char ***environment, char *pid_variables[5], struct cause *cause)
{
	*environment = NULL;
	pid_variables[0] = NULL;
	int result = fill(manager, request, environment, cause);
	if (result < 0) {
		string_list_clear(environment);
		return result;
	}
	collect_pid_variables(*environment, pid_variables);
	return 0;
}
