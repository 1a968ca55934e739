#include "ctl/sysv_script.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/unit_name.h"
#include "ctl/verb.h"

/* "nginx" of "nginx.service"; only services have scripts. */
static bool script_name(const char *unit, char name[UNIT_NAME_MAX + 1])
{
	const char *suffix = unit_name_suffix(unit);
	return suffix && strcmp(suffix, ".service") == 0 && !unit_name_is_template(unit) &&
	       !unit_name_is_instance(unit) && unit_name_prefix(unit, name);
}

bool sysv_script_exists(const char *root, const char *unit)
{
	char name[UNIT_NAME_MAX + 1], path[PATH_MAX];
	if (!script_name(unit, name))
		return false;
	snprintf(path, sizeof(path), "%s/etc/init.d/%s", root, name);
	return access(path, X_OK) == 0;
}

static bool has_start_link(const char *directory, const char *name)
{
	DIR *stream = opendir(directory);
	struct dirent *item;
	bool found = false;
	while (!found && stream && (item = readdir(stream)))
		found = item->d_name[0] == 'S' && strlen(item->d_name) > 3 && strcmp(item->d_name + 3, name) == 0;
	if (stream)
		closedir(stream);
	return found;
}

bool sysv_script_is_enabled(const char *root, const char *unit)
{
	char name[UNIT_NAME_MAX + 1], path[PATH_MAX];
	if (!script_name(unit, name))
		return false;
	for (const char *level = "2345S"; *level; level++) {
		snprintf(path, sizeof(path), "%s/etc/rc%c.d", root, *level);
		if (has_start_link(path, name))
			return true;
	}
	return false;
}

static bool run(char *const *arguments)
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		/* It would hand the unit's links back to us. */
		setenv("_SKIP_SYSTEMD_NATIVE", "1", 1);
		execvp(arguments[0], arguments);
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		complain("%s, which links init scripts, is not installed", arguments[0]);
	else
		complain("%s %s %s failed", arguments[0], arguments[1], arguments[2]);
	return false;
}

bool sysv_script_switch(const char *root, const char *unit, bool enable)
{
	char name[UNIT_NAME_MAX + 1];
	const char *skip = getenv("SYSTEMCTL_SKIP_SYSV");
	if (!script_name(unit, name))
		return false;
	if (skip && strcmp(skip, "1") == 0)
		return true; /* update-rc.d(8) itself asks, and does the rest */
	if (*root) {
		complain("%s has only an init script, which --root cannot reach", unit);
		return false;
	}
	char program[] = "update-rc.d", defaults[] = "defaults", on[] = "enable", off[] = "disable";
	return run((char *[]){ program, name, defaults, NULL }) &&
	       run((char *[]){ program, name, enable ? on : off, NULL });
}
