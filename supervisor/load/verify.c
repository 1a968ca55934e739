#include "supervisor/load/verify.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parse.h"
#include "common/string_list.h"
#include "common/suggest.h"
#include "supervisor/load/loader_internal.h"
#include "supervisor/load/setting_place.h"

/* Stands between the loader and who listens, to count. */
struct verification {
	struct loader_settings listener;
	const struct unit_definition *definition;
	int findings;
};

static void count_and_pass(void *context, const struct diagnostic *diagnostic)
{
	struct verification *verification = context;

	if (diagnostic->severity != DIAGNOSTIC_NOTE)
		verification->findings++;
	if (verification->listener.report)
		verification->listener.report(verification->listener.context, diagnostic);
}

static void find_fault(struct verification *verification, const char *key, const char *word, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* About the setting of `key` that has `word` in its value. */
static void find_fault(struct verification *verification, const char *key, const char *word, const char *format, ...)
{
	char text[1024];
	struct setting_place place;
	setting_place_find(verification->definition, key, word, &place);
	struct diagnostic diagnostic = {
		.severity = DIAGNOSTIC_WARNING,
		.unit = verification->definition->name,
		.path = place.path,
		.line = place.line,
		.column = place.column,
		.text = text,
	};
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	count_and_pass(verification, &diagnostic);
}

static bool is_in_path(const char *program)
{
	static const char *const directories[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
						   "/usr/bin",        "/sbin",          "/bin" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (snprintf(path, sizeof path, "%s/%s", directories[i], program) < (int)sizeof path &&
		    access(path, X_OK) == 0)
			return true;
	return false;
}

static void check_program(struct verification *verification, const char *key, const struct exec_command *command)
{
	const char *path = command->path;

	if (*path != '/') {
		if (!is_in_path(path))
			find_fault(verification, key, path, "no program %s in the search path", path);
	} else if (access(path, F_OK) < 0) {
		find_fault(verification, key, path, "the program %s does not exist", path);
	} else if (access(path, X_OK) < 0) {
		find_fault(verification, key, path, "%s is not executable", path);
	}
}

static void check_user(struct verification *verification, const char *name)
{
	struct suggestions suggestions = SUGGESTIONS_FOR(name);
	char near[64] = "";
	uint64_t number;
	bool found = parse_unsigned(name, UINT32_MAX - 1, &number) == 0;
	FILE *file = found ? NULL : fopen("/etc/passwd", "re");

	for (struct passwd *user = file ? fgetpwent(file) : NULL; user && !found; user = fgetpwent(file)) {
		size_t before = suggestions.count > 0 ? suggestions.distances[0] + 1 : 0;
		found = strcmp(user->pw_name, name) == 0;
		suggestions_offer(&suggestions, user->pw_name);
		size_t now = suggestions.count > 0 ? suggestions.distances[0] + 1 : 0;
		if (now != before) /* the nearest one is borrowed from the reader's buffer: keep a copy */
			snprintf(near, sizeof near, "%s", suggestions.nearest[0]);
	}
	if (file)
		fclose(file);
	if (!found)
		find_fault(verification, "User", name, "User=%s: /etc/passwd has no such user%s%s%s", name,
			   *near ? "; did you mean " : "", near, *near ? "?" : "");
}

static void check_group(struct verification *verification, const char *key, const char *name)
{
	uint64_t number;
	bool found = parse_unsigned(name, UINT32_MAX - 1, &number) == 0;
	FILE *file = found ? NULL : fopen("/etc/group", "re");

	for (struct group *group = file ? fgetgrent(file) : NULL; group && !found; group = fgetgrent(file))
		found = strcmp(group->gr_name, name) == 0;
	if (file)
		fclose(file);
	if (!found)
		find_fault(verification, key, name, "%s=%s: /etc/group has no such group", key, name);
}

static void check_files(struct verification *verification, const struct exec_options *exec)
{
	for (char **file = exec->environment_files; file && *file; file++) {
		glob_t found = { 0 };
		if (**file != '-' && glob(*file, GLOB_NOSORT, NULL, &found) != 0)
			find_fault(verification, "EnvironmentFile", *file, "EnvironmentFile=%s: no such file", *file);
		globfree(&found);
	}
	const char *directory = exec->working_directory;
	if (directory && *directory == '/' && !exec->working_directory_missing_ok && access(directory, F_OK) < 0)
		find_fault(verification, "WorkingDirectory", directory, "WorkingDirectory=%s: no such directory",
			   directory);
}

static void check_service(struct verification *verification)
{
	static const char *const phase_keys[EXEC_PHASE_COUNT] = {
		[EXEC_CONDITION] = "ExecCondition", [EXEC_START_PRE] = "ExecStartPre",
		[EXEC_START] = "ExecStart",         [EXEC_START_POST] = "ExecStartPost",
		[EXEC_RELOAD] = "ExecReload",       [EXEC_RELOAD_POST] = "ExecReloadPost",
		[EXEC_STOP] = "ExecStop",           [EXEC_STOP_POST] = "ExecStopPost",
	};
	const struct service_definition *service = verification->definition->service;

	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		for (unsigned i = 0; i < service->phases[phase].count; i++)
			check_program(verification, phase_keys[phase], &service->phases[phase].commands[i]);
	if (service->exec->user && !service->exec->dynamic_user)
		check_user(verification, service->exec->user);
	if (service->exec->group)
		check_group(verification, "Group", service->exec->group);
	for (char **group = service->exec->supplementary_groups; group && *group; group++)
		check_group(verification, "SupplementaryGroups", *group);
	check_files(verification, service->exec);
}

static int no_such_unit(struct loader *loader, const char *name, struct cause *cause)
{
	char **nearest = NULL;
	int r;

	if (loader_suggest(loader, name, &nearest) == 0 && nearest)
		r = cause_set(cause, ENOENT, "there is no such file, and no unit of this name; did you mean %s?",
			      *nearest);
	else
		r = cause_set(cause, ENOENT, "there is no such file, and no unit of this name");
	string_list_free(nearest);
	return r;
}

typedef int load_one(struct loader *loader, const char *what, struct unit_definition **definition, struct cause *cause);

static int verify(struct loader *loader, load_one *load, const char *what, struct unit_definition **definition,
		  struct cause *cause)
{
	struct verification verification = { .listener = loader->settings };
	struct unit_definition *loaded = NULL;

	loader->explain = true;
	loader->settings.report = count_and_pass;
	loader->settings.context = &verification;
	int r = load(loader, what, &loaded, cause);
	loader->explain = false;
	loader->settings.report = verification.listener.report;
	loader->settings.context = verification.listener.context;
	if (r < 0)
		return r;
	verification.definition = loaded;
	if (loaded->load_state == LOAD_STATE_NOT_FOUND && !loaded->fragment_path) {
		unit_definition_release(loaded);
		return no_such_unit(loader, what, cause);
	}
	if (loaded->service &&
	    (loaded->load_state == LOAD_STATE_LOADED || loaded->load_state == LOAD_STATE_BAD_SETTING))
		check_service(&verification);
	if (definition)
		*definition = loaded;
	else
		unit_definition_release(loaded);
	return verification.findings;
}

int verify_file(struct loader *loader, const char *path, struct unit_definition **definition, struct cause *cause)
{
	return verify(loader, loader_load_file, path, definition, cause);
}

int verify_unit(struct loader *loader, const char *name, struct unit_definition **definition, struct cause *cause)
{
	return verify(loader, loader_load, name, definition, cause);
}
