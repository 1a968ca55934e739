#include "supervisor/os/child_exec.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const char default_search_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* Whether the search goes on: the directory does not have it, or cannot be looked at. */
static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV ||
	       error == ETIMEDOUT;
}

struct program {
	const char *name;
	char *const *argv, *const *envp;
};

static int exec_in(const char *directory, size_t length, const struct program *program)
{
	char candidate[PATH_MAX];
	size_t name_length = strlen(program->name);

	if (length + name_length + 2 > sizeof candidate)
		return -ENOENT;
	memcpy(candidate, directory, length);
	if (length > 0)
		candidate[length++] = '/';
	memcpy(candidate + length, program->name, name_length + 1);
	execve(candidate, program->argv, program->envp);
	return -errno;
}

static int search(const char *at, const struct program *program)
{
	bool denied = false;

	for (;;) {
		size_t length = strcspn(at, ":");
		int r = exec_in(at, length, program);
		if (!is_absent(-r))
			return r;
		denied = denied || r == -EACCES;
		if (!at[length])
			return denied ? -EACCES : -ENOENT;
		at += length + 1;
	}
}

int child_exec(const char *path, const char *search_path, char *const *argv, char *const *envp)
{
	const struct program program = { .name = path, .argv = argv, .envp = envp };

	if (!path[0])
		return -ENOENT;
	if (!strchr(path, '/'))
		return search(search_path ? search_path : default_search_path, &program);
	execve(path, argv, envp);
	return -errno;
}
