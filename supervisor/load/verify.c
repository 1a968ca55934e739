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
#include "common/suggest.h"
#include "supervisor/load/loader_internal.h"

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

static void find_fault(struct verification *verification, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void find_fault(struct verification *verification, unsigned line, const char *format, ...)
{
	char text[1024];
	struct diagnostic diagnostic = {
		.severity = DIAGNOSTIC_WARNING,
		.unit = verification->definition->name,
		.path = verification->definition->fragment_path,
		.line = line,
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

static void check_program(struct verification *verification, const struct exec_command *command)
{
	if (*command->path != '/') {
		if (!is_in_path(command->path))
			find_fault(verification, command->line, "no program %s in the search path", command->path);
	} else if (access(command->path, F_OK) < 0) {
		find_fault(verification, command->line, "the program %s does not exist", command->path);
	} else if (access(command->path, X_OK) < 0) {
		find_fault(verification, command->line, "%s is not executable", command->path);
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
		find_fault(verification, 0, "User=%s: /etc/passwd has no such user%s%s%s", name,
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
		find_fault(verification, 0, "%s=%s: /etc/group has no such group", key, name);
}

static void check_files(struct verification *verification, const struct exec_options *exec)
{
	for (char **file = exec->environment_files; file && *file; file++) {
		glob_t found = { 0 };
		if (**file != '-' && glob(*file, GLOB_NOSORT, NULL, &found) != 0)
			find_fault(verification, 0, "EnvironmentFile=%s: no such file", *file);
		globfree(&found);
	}
	const char *directory = exec->working_directory;
	if (directory && *directory == '/' && !exec->working_directory_missing_ok && access(directory, F_OK) < 0)
		find_fault(verification, 0, "WorkingDirectory=%s: no such directory", directory);
}

static void check_service(struct verification *verification)
{
	const struct service_definition *service = verification->definition->service;

	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		for (unsigned i = 0; i < service->phases[phase].count; i++)
			check_program(verification, &service->phases[phase].commands[i]);
	if (service->exec->user)
		check_user(verification, service->exec->user);
	if (service->exec->group)
		check_group(verification, "Group", service->exec->group);
	for (char **group = service->exec->supplementary_groups; group && *group; group++)
		check_group(verification, "SupplementaryGroups", *group);
	check_files(verification, service->exec);
}

int verify_file(struct loader *loader, const char *path, struct unit_definition **definition, struct cause *cause)
{
	struct verification verification = { .listener = loader->settings };
	struct unit_definition *loaded = NULL;

	loader->explain = true;
	loader->settings.report = count_and_pass;
	loader->settings.context = &verification;
	int r = loader_load_file(loader, path, &loaded, cause);
	loader->explain = false;
	loader->settings.report = verification.listener.report;
	loader->settings.context = verification.listener.context;
	if (r < 0)
		return r;
	verification.definition = loaded;
	if (loaded->service &&
	    (loaded->load_state == LOAD_STATE_LOADED || loaded->load_state == LOAD_STATE_BAD_SETTING))
		check_service(&verification);
	if (definition)
		*definition = loaded;
	else
		unit_definition_release(loaded);
	return verification.findings;
}
