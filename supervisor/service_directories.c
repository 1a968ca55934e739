#include "supervisor/service_directories.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

bool service_directories_is_private(const struct start_recipe *recipe, enum exec_directory_kind kind)
{
	return recipe->dynamic_user && kind != DIRECTORY_RUNTIME && kind != DIRECTORY_CONFIGURATION;
}

uid_t service_directories_owner(const struct manager *manager, const struct unit *unit)
{
	const struct exec_options *exec = unit->definition->service->exec;
	struct stat status;
	char path[PATH_MAX];

	for (enum exec_directory_kind kind = DIRECTORY_STATE; kind < DIRECTORY_CONFIGURATION; kind++) {
		char **name = exec->directories[kind].names;
		const char *base = service_environment_directory_root(manager, kind);
		if (!name || !*name || !base)
			continue;
		snprintf(path, sizeof path, "%s/private/%.*s", base, (int)strcspn(*name, ":"), *name);
		if (lstat(path, &status) == 0)
			return status.st_uid;
	}
	return (uid_t)-1;
}

/* BASE/private, which root alone may enter, and BASE/NAME as a link into it. */
static int make_private(struct exec_directory_recipe recipe, const char *name, struct cause *cause)
{
	char base[64], target[NAME_PART_MAX + 16];
	struct exec_directory_recipe outer = {
		.base = recipe.base, .name = "private", .mode = 0700, .uid = (uid_t)-1, .gid = (gid_t)-1
	};
	int result = exec_directory_make(&outer, cause);

	if (result < 0)
		return result;
	snprintf(base, sizeof base, "%s/private", recipe.base);
	snprintf(target, sizeof target, "private/%s", name);
	outer = recipe;
	outer.base = base;
	outer.name = name;
	outer.uid = (uid_t)-1; /* svexec gives it to the user, with what is in it */
	outer.gid = (gid_t)-1;
	result = exec_directory_make(&outer, cause);
	return result < 0 ? result : exec_directory_link(recipe.base, target, name, cause);
}

static int make_one(const struct exec_directory_recipe *pattern, const char *text, bool private, struct cause *cause)
{
	char name[NAME_PART_MAX], link[NAME_PART_MAX];
	struct exec_directory_recipe recipe = *pattern;
	int result = split(text, name, link);

	if (result < 0)
		return cause_set_errno(cause, -result, "%.200s", text);
	recipe.name = name;
	result = private ? make_private(recipe, name, cause) : exec_directory_make(&recipe, cause);
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
		result = make_one(&pattern, *name, service_directories_is_private(recipe, kind), cause);
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

/* Empty here: svexec fills it where only the service sees it, if it can. */
int service_directories_make_credentials(struct manager *manager, const struct unit *unit, struct cause *cause)
{
	char name[UNIT_NAME_MAX + 16];
	struct exec_directory_recipe recipe = {
		.base = service_environment_directory_root(manager, DIRECTORY_RUNTIME),
		.name = service_environment_credentials(unit, name),
		.mode = 0700,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
	};

	if (!recipe.name)
		return 0;
	if (!recipe.base)
		return cause_set(cause, ENOENT, "there is no directory for credentials: $XDG_RUNTIME_DIR is not set");
	return exec_directory_make(&recipe, cause);
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
	char credentials[UNIT_NAME_MAX + 16];

	if (base && service_environment_credentials(unit, credentials))
		remove_one(manager, unit->id, base, credentials);

	if (!base || preserve == PRESERVE_YES || (preserve == PRESERVE_RESTART && restarting))
		return;
	for (char **name = exec->directories[DIRECTORY_RUNTIME].names; name && *name; name++)
		remove_one(manager, unit->id, base, *name);
}
