#include "exec/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"

enum { DESCRIPTORS = 16 };

static uid_t owner;
static gid_t group;

static int set_variable(char ***environment, const char *name, const char *value)
{
	char *text = NULL;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -ENOMEM;
	size_t length = strlen(name) + 1, count = string_list_length(*environment);
	for (size_t i = 0; i < count; i++)
		if (strncmp((*environment)[i], text, length) == 0)
			return 0; /* The unit file says otherwise. */
	char **grown = reallocarray(*environment, count + 2, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	grown[count] = text;
	grown[count + 1] = NULL;
	*environment = grown;
	return 0;
}

static void take_groups(struct exec_recipe *recipe, const char *name)
{
	gid_t found[EXEC_RECIPE_GROUPS_MAX];
	int count = EXEC_RECIPE_GROUPS_MAX;

	if (getgrouplist(name, recipe->gid, found, &count) < 0)
		count = EXEC_RECIPE_GROUPS_MAX;
	size_t total = recipe->group_count + (size_t)count;
	gid_t *groups = total > EXEC_RECIPE_GROUPS_MAX ? NULL : reallocarray(NULL, total, sizeof *groups);
	if (!groups)
		return;
	memcpy(groups, found, (size_t)count * sizeof *groups);
	if (recipe->group_count)
		memcpy(groups + count, recipe->groups, recipe->group_count * sizeof *groups);
	recipe->groups = groups;
	recipe->group_count = total;
}

static void find_user(struct start *start)
{
	struct exec_recipe *recipe = &start->recipe;

	errno = 0;
	const struct passwd *user = getpwnam(recipe->user_name);
	if (!user)
		start_fail(start, SPAWN_STEP_USER, errno ? errno : ESRCH,
			   "neither /etc/passwd nor the name services have a user \"%s\"", recipe->user_name);
	recipe->uid = user->pw_uid;
	if (!recipe->set_ids)
		recipe->gid = user->pw_gid;
	recipe->set_ids = true;
	start->home = strdup(user->pw_dir);
	if (set_variable(&recipe->environment, "HOME", user->pw_dir) < 0 ||
	    set_variable(&recipe->environment, "USER", user->pw_name) < 0 ||
	    set_variable(&recipe->environment, "LOGNAME", user->pw_name) < 0 ||
	    set_variable(&recipe->environment, "SHELL", user->pw_shell) < 0)
		start_fail(start, SPAWN_STEP_USER, ENOMEM, "environment");
	take_groups(recipe, recipe->user_name);
}

static void find_group(struct start *start)
{
	struct exec_recipe *recipe = &start->recipe;

	errno = 0;
	const struct group *found = getgrnam(recipe->group_name);
	if (!found)
		start_fail(start, SPAWN_STEP_GROUP, errno ? errno : ESRCH,
			   "neither /etc/group nor the name services have a group \"%s\"", recipe->group_name);
	recipe->gid = found->gr_gid;
	recipe->set_ids = true;
}

void identity_find(struct start *start)
{
	if (start->recipe.user_name)
		find_user(start);
	if (start->recipe.group_name)
		find_group(start);
}

static int give(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return lchown(path, owner, group) < 0 && errno != ENOENT ? -errno : 0;
}

void identity_give_directories(struct start *start)
{
	struct stat status;

	owner = start->recipe.uid;
	group = start->recipe.gid;
	for (char **path = start->recipe.owned_directories; path && *path; path++) {
		if (lstat(*path, &status) < 0 || !S_ISDIR(status.st_mode))
			start_fail(start, SPAWN_STEP_DIRECTORY, errno ? errno : ENOTDIR, "%s", *path);
		if (status.st_uid == owner && status.st_gid == group)
			continue;
		int r = nftw(*path, give, DESCRIPTORS, FTW_PHYS | FTW_MOUNT);
		if (r < 0)
			start_fail(start, SPAWN_STEP_DIRECTORY, -r, "%s", *path);
	}
}
