/* Units of systemd's own: they run its daemons, which have no place under another supervisor. */
#include <string.h>

#include "supervisor/load/loader_internal.h"

static bool is_packaged(const char *path)
{
	return path && (strncmp(path, "/lib/systemd/", 13) == 0 || strncmp(path, "/usr/lib/systemd/", 17) == 0);
}

static bool is_systemd_program(const char *path)
{
	if (strncmp(path, "/usr", 4) == 0)
		path += 4;
	return strncmp(path, "/lib/systemd/systemd", 20) == 0;
}

static bool has_systemd_name(const char *name)
{
	static const char *const prefixes[] = { "systemd-", "initrd", "user@", "user-runtime-dir@",
						"dbus-org.freedesktop." };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

const char *left_out_reason(const struct unit_definition *definition)
{
	const struct service_definition *service = definition->service;

	if (!is_packaged(definition->fragment_path) || definition->type == UNIT_TARGET)
		return NULL;
	if (has_systemd_name(definition->name))
		return "left out: belongs to systemd";
	if (service && service->phases[EXEC_START].count > 0 &&
	    is_systemd_program(service->phases[EXEC_START].commands[0].path))
		return "left out: runs a program of systemd's own";
	return NULL;
}
