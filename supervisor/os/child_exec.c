#include "supervisor/os/child_exec.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char default_search_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* Whether the search goes on: the directory does not have it, or cannot be looked at. */
static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV ||
	       error == ETIMEDOUT;
}

static int exec_in(const char *directory, size_t length, const struct spawn_recipe *recipe)
{
	char candidate[PATH_MAX];
	size_t name_length = strlen(recipe->path);

	if (length + name_length + 2 > sizeof candidate)
		return -ENOENT;
	memcpy(candidate, directory, length);
	if (length > 0)
		candidate[length++] = '/';
	memcpy(candidate + length, recipe->path, name_length + 1);
	execve(candidate, recipe->argv, recipe->envp);
	return -errno;
}

static int search(const struct spawn_recipe *recipe)
{
	const char *at = recipe->search_path ? recipe->search_path : default_search_path;
	bool denied = false;

	for (;;) {
		size_t length = strcspn(at, ":");
		int r = exec_in(at, length, recipe);
		if (!is_absent(-r))
			return r;
		denied = denied || r == -EACCES;
		if (!at[length])
			return denied ? -EACCES : -ENOENT;
		at += length + 1;
	}
}

int child_exec(const struct spawn_recipe *recipe)
{
	if (!recipe->path[0])
		return -ENOENT;
	if (!strchr(recipe->path, '/'))
		return search(recipe);
	execve(recipe->path, recipe->argv, recipe->envp);
	return -errno;
}
