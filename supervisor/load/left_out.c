/* Units of systemd's own: they run its daemons, which have no place under another supervisor. */
#include <string.h>

#include "supervisor/load/loader_internal.h"

/* In the packages' directory, below whatever root; what the administrator has written himself is his. */
bool load_is_packaged(const char *path)
{
	const char *directory = path ? strstr(path, "/lib/systemd/") : NULL;

	return directory && !strstr(path, "/local/") && !strstr(directory + 1, "/lib/systemd/");
}

static bool is_systemd_program(const char *path)
{
	if (strncmp(path, "/usr", 4) == 0)
		path += 4;
	return strncmp(path, "/lib/systemd/systemd", 20) == 0;
}

/* Tools that do one thing and end, whoever started them. */
static bool is_plain_tool(const char *name)
{
	static const char *const tools[] = {
		"systemd-modules-load.service",       "systemd-sysctl.service",       "systemd-sysusers.service",
		"systemd-tmpfiles-clean.service",     "systemd-tmpfiles-clean.timer", "systemd-tmpfiles-setup.service",
		"systemd-tmpfiles-setup-dev.service",
	};

	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (strcmp(name, tools[i]) == 0)
			return true;
	return false;
}

static bool has_systemd_name(const char *name)
{
	static const char *const prefixes[] = { "systemd-", "initrd-", "user@", "user-runtime-dir@", "syslog.socket" };
	static const char bus[] = "dbus-org.freedesktop.";
	static const char *const bus_names[] = {
		"home1", "hostname1", "import1",  "locale1",    "login1",    "machine1",  "network1",
		"oom1",  "portable1", "resolve1", "sysupdate1", "timedate1", "timesync1",
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	if (strncmp(name, bus, sizeof bus - 1) != 0)
		return false;
	name += sizeof bus - 1;
	for (size_t i = 0; i < sizeof bus_names / sizeof *bus_names; i++)
		if (strncmp(name, bus_names[i], strlen(bus_names[i])) == 0 && name[strlen(bus_names[i])] == '.')
			return true;
	return false;
}

/* A package of systemd that is not installed is not missed either. */
static bool may_be_left_out(const struct unit_definition *definition)
{
	if (definition->type == UNIT_TARGET || definition->type == UNIT_SLICE || definition->type == UNIT_DEVICE)
		return false;
	return definition->load_state == LOAD_STATE_NOT_FOUND || load_is_packaged(definition->fragment_path);
}

const char *left_out_reason(const struct unit_definition *definition)
{
	const struct service_definition *service = definition->service;
	bool found = definition->load_state != LOAD_STATE_NOT_FOUND;

	if (!may_be_left_out(definition))
		return NULL;
	if (has_systemd_name(definition->name))
		return found && is_plain_tool(definition->name) ? NULL : "left out: it belongs to systemd";
	if (found && service && service->phases[EXEC_START].count > 0 &&
	    is_systemd_program(service->phases[EXEC_START].commands[0].path))
		return "left out: it runs a program of systemd's own";
	return NULL;
}
