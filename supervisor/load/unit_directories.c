#include "supervisor/load/unit_directories.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/loader.h"

static char *from_environment(const char *variable, const char *below_home, const char *tail)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	char *path = NULL;
	int length = -1;

	if (base && *base == '/')
		length = asprintf(&path, "%s/%s", base, tail);
	else if (below_home && home && *home == '/')
		length = asprintf(&path, "%s/%s/%s", home, below_home, tail);
	return length < 0 ? NULL : path;
}

static void set_own(struct unit_directories *directories)
{
	switch (directories->scope) {
	case UNIT_SCOPE_SYSTEM:
		directories->persistent = strdup("/etc/systemd/system");
		directories->runtime = strdup("/run/systemd/system");
		break;
	case UNIT_SCOPE_GLOBAL:
		directories->persistent = strdup("/etc/systemd/user");
		directories->runtime = strdup("/run/systemd/user");
		break;
	case UNIT_SCOPE_USER:
		directories->persistent = from_environment("XDG_CONFIG_HOME", ".config", "systemd/user");
		directories->runtime = from_environment("XDG_RUNTIME_DIR", NULL, "systemd/user");
		break;
	}
}

/* Whether /lib is /usr/lib is known of this system; of what is below a root it is not. */
static int add_for_root(struct unit_directories *directories)
{
	static const char path[] = "/usr/lib/systemd/system";

	if (directories->scope != UNIT_SCOPE_SYSTEM || !*directories->root ||
	    string_list_contains(directories->paths, path))
		return 0;
	return string_list_append(&directories->paths, path);
}

int unit_directories_init(struct unit_directories *directories, enum unit_scope scope, const char *root)
{
	*directories = (struct unit_directories){ .scope = scope, .root = strdup(root ? root : "") };
	size_t length = directories->root ? strlen(directories->root) : 0;

	while (length > 0 && directories->root[length - 1] == '/')
		directories->root[--length] = '\0';
	directories->paths = scope == UNIT_SCOPE_GLOBAL ? loader_shared_user_directories()
							: loader_default_directories(scope == UNIT_SCOPE_USER);
	set_own(directories);
	int r = directories->root && directories->paths ? add_for_root(directories) : -ENOMEM;
	if (r == 0 && !directories->persistent)
		r = -ENXIO;
	/* The first of the default paths, as svinit starts without --units. */
	if (r == 0 && scope != UNIT_SCOPE_GLOBAL)
		directories->run_directory = directories->paths[0];
	if (r == 0)
		return 0;
	unit_directories_finish(directories);
	return r;
}

void unit_directories_finish(struct unit_directories *directories)
{
	free(directories->root);
	string_list_free(directories->paths);
	free(directories->persistent);
	free(directories->runtime);
	*directories = (struct unit_directories){ 0 };
}

bool unit_directories_on_disk(const struct unit_directories *directories, const char *path, char to[PATH_MAX])
{
	return snprintf(to, PATH_MAX, "%s%s", directories->root, path) < PATH_MAX;
}

bool unit_directories_hold(const struct unit_directories *directories, const char *path)
{
	const char *slash = strrchr(path, '/');

	for (char **each = directories->paths; slash && *each; each++)
		if (strlen(*each) == (size_t)(slash - path) && strncmp(*each, path, (size_t)(slash - path)) == 0)
			return true;
	return false;
}

static bool is_below(const char *path, const char *directory)
{
	size_t length = directory ? strlen(directory) : 0;

	return length > 0 && strncmp(path, directory, length) == 0 && (path[length] == '/' || !path[length]);
}

bool unit_directory_is_runtime(const struct unit_directories *directories, const char *path)
{
	return is_below(path, "/run") || is_below(path, directories->runtime);
}
