#include "supervisor/service_directories.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/os/exec_directory.h"
#include "supervisor/service_environment.h"

enum { NAME_PART_MAX = 1024, REMOVE_ROUNDS = 16 };

/* "NAME:SYMLINK" into its parts; the link is empty without. -ENAMETOOLONG. */
static int split(const char *text, char *name, char *link)
{
	size_t length = strcspn(text, ":");

	if (length >= NAME_PART_MAX || strlen(text + length) >= NAME_PART_MAX)
		return -ENAMETOOLONG;
	memcpy(name, text, length);
	name[length] = '\0';
	snprintf(link, NAME_PART_MAX, "%s", text[length] ? text + length + 1 : "");
	return 0;
}

static int make_one(const struct exec_directory_recipe *pattern, const char *text, struct cause *cause)
{
	char name[NAME_PART_MAX], link[NAME_PART_MAX];
	struct exec_directory_recipe recipe = *pattern;
	int result = split(text, name, link);

	if (result < 0)
		return cause_set_errno(cause, -result, "%.200s", text);
	recipe.name = name;
	result = exec_directory_make(&recipe, cause);
	if (result >= 0 && link[0])
		result = exec_directory_link(recipe.base, name, link, cause);
	return result;
}

static int make_kind(struct manager *manager, const struct exec_options *exec, enum exec_directory_kind kind,
		     const struct start_recipe *recipe, struct cause *cause)
{
	const char *base = service_environment_directory_root(manager, kind);
	/* What a program is configured by stays root's: systemd.exec(5), ConfigurationDirectory=. */
	bool owned = recipe->spawn.set_ids && kind != DIRECTORY_CONFIGURATION;
	struct exec_directory_recipe pattern = {
		.base = base,
		.mode = exec->directories[kind].mode,
		.uid = owned ? recipe->spawn.uid : (uid_t)-1,
		.gid = owned ? recipe->spawn.gid : (gid_t)-1,
	};
	int result = 0;

	if (!base)
		return cause_set(cause, ENOENT, "there is no directory for it: $XDG_… is not set");
	for (char **name = exec->directories[kind].names; *name && result >= 0; name++)
		result = make_one(&pattern, *name, cause);
	return result;
}

int service_directories_make(struct manager *manager, const struct unit *unit, const struct start_recipe *recipe,
			     struct spawn_error *error, struct cause *cause)
{
	const struct exec_options *exec = unit->definition->service->exec;

	for (enum exec_directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		if (!exec->directories[kind].names || !exec->directories[kind].names[0])
			continue;
		int result = make_kind(manager, exec, kind, recipe, cause);
		if (result < 0) {
			*error = (struct spawn_error){
				.step = SPAWN_STEP_DIRECTORY,
				.error = -result,
				.exit_status = spawn_step_exit_status(SPAWN_STEP_DIRECTORY),
			};
			return result;
		}
	}
	return 0;
}

static void remove_one(struct manager *manager, unit_id unit, const char *base, const char *text)
{
	char name[NAME_PART_MAX], link[NAME_PART_MAX];
	struct cause cause = { 0 };
	int result = split(text, name, link);

	/* A directory that somebody filled with millions of files is left after a while, and said to be. */
	for (int round = 0; result >= 0 && round < REMOVE_ROUNDS; round++) {
		result = exec_directory_remove(base, name, &cause);
		if (result != -EAGAIN)
			break;
	}
	if (result < 0)
		manager_record(manager, RECORD_WARNING, unit, "%s/%s was not removed: %s", base, name, cause.text);
}

void service_directories_remove(struct manager *manager, const struct unit *unit, bool restarting)
{
	if (!unit || !unit->definition->service)
		return;
	const struct exec_options *exec = unit->definition->service->exec;
	const char *base = service_environment_directory_root(manager, DIRECTORY_RUNTIME);
	enum preserve_mode preserve = exec->runtime_directory_preserve;

	if (!base || preserve == PRESERVE_YES || (preserve == PRESERVE_RESTART && restarting))
		return;
	for (char **name = exec->directories[DIRECTORY_RUNTIME].names; name && *name; name++)
		remove_one(manager, unit->id, base, *name);
}
