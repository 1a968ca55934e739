/* The targets that systemd.special(7) counts on, where no file defines them. */
#include <errno.h>
#include <string.h>

#include "supervisor/load/loader_internal.h"

enum target_flags {
	TARGET_SYSTEM = 1 << 0, /* exists for the system */
	TARGET_USER = 1 << 1,   /* exists for users */
	TARGET_PLAIN = 1 << 2,  /* no default dependencies */
	TARGET_ISOLATE = 1 << 3,
	TARGET_NO_START = 1 << 4,
	TARGET_EARLY = 1 << 5, /* before basic.target, so no default dependencies but those on shutdown */
	TARGET_OWN = 1 << 6,   /* also where a package has a file: it would run a program of systemd's own */
};

enum { BOTH = TARGET_SYSTEM | TARGET_USER };

/* Names in a list are parted by spaces. */
struct builtin_target {
	const char *name, *description;
	const char *requires, *wants, *after, *before, *conflicts;
	unsigned flags;
	enum emergency_action on_success;
};

static const struct builtin_target targets[] = {
	{ "basic.target", "Everything services count on", .requires = "sysinit.target",
	  .wants = "sockets.target timers.target paths.target slices.target",
	  .after = "sysinit.target sockets.target paths.target slices.target", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "basic.target", "Everything services count on", .wants = "sockets.target timers.target paths.target",
	  .after = "sockets.target timers.target paths.target", .flags = TARGET_USER | TARGET_EARLY },
	{ "sysinit.target", "Early start-up", .wants = "local-fs.target swap.target",
	  .after = "local-fs.target swap.target", .conflicts = "emergency.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "multi-user.target", "All services", .requires = "basic.target", .after = "basic.target",
	  .conflicts = "rescue.target", .flags = TARGET_SYSTEM | TARGET_ISOLATE },
	{ "graphical.target", "All services and the graphical screen", .requires = "multi-user.target",
	  .after = "multi-user.target", .conflicts = "rescue.target", .flags = TARGET_SYSTEM | TARGET_ISOLATE },
	{ "default.target", "What is started by default", .requires = "multi-user.target", .after = "multi-user.target",
	  .flags = TARGET_SYSTEM | TARGET_ISOLATE },
	{ "default.target", "What is started by default for a user", .requires = "basic.target",
	  .after = "basic.target", .flags = TARGET_USER | TARGET_ISOLATE },
	{ "network-pre.target", "Before the network", .before = "network.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY | TARGET_NO_START },
	{ "network.target", "Network", .after = "network-pre.target", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "network-online.target", "Network is reachable", .after = "network.target", .flags = TARGET_SYSTEM },
	{ "nss-lookup.target", "Host names can be looked up", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "nss-user-lookup.target", "Users can be looked up", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "remote-fs-pre.target", "Before remote file systems", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "remote-fs.target", "Remote file systems", .after = "remote-fs-pre.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "local-fs-pre.target", "Before local file systems", .flags = TARGET_SYSTEM | TARGET_EARLY | TARGET_NO_START },
	{ "local-fs.target", "Local file systems", .after = "local-fs-pre.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "time-set.target", "Clock is set", .flags = TARGET_SYSTEM | TARGET_EARLY | TARGET_NO_START },
	{ "time-sync.target", "Clock is synchronized", .after = "time-set.target",
	  .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "sockets.target", "Sockets", .flags = BOTH | TARGET_EARLY },
	{ "timers.target", "Timers", .flags = BOTH | TARGET_EARLY },
	{ "paths.target", "Watched paths", .flags = BOTH | TARGET_EARLY },
	{ "slices.target", "Slices", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "swap.target", "Swap space", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "cryptsetup-pre.target", "Before encrypted volumes", .before = "cryptsetup.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY | TARGET_NO_START },
	{ "cryptsetup.target", "Encrypted volumes", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "integritysetup.target", "Volumes with integrity", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "veritysetup.target", "Verified volumes", .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "remote-cryptsetup.target", "Encrypted volumes on the network", .after = "remote-fs-pre.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "remote-veritysetup.target", "Verified volumes on the network", .after = "remote-fs-pre.target",
	  .flags = TARGET_SYSTEM | TARGET_EARLY },
	{ "boot-complete.target", "Start-up is complete", .flags = TARGET_SYSTEM },
	{ "first-boot-complete.target", "First start-up is complete",
	  .flags = TARGET_SYSTEM | TARGET_EARLY | TARGET_NO_START },
	{ "machines.target", "Containers", .flags = TARGET_SYSTEM },
	{ "ssh-access.target", "Access by SSH", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "sleep.target", "Sleep", .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_NO_START },
	{ "getty.target", "Terminals to log in at", .flags = TARGET_SYSTEM },
	{ "getty-pre.target", "Before terminals to log in at", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "rpcbind.target", "RPC port mapper", .flags = TARGET_SYSTEM | TARGET_NO_START },
	{ "printer.target", "Printers", .flags = BOTH },
	{ "sound.target", "Sound", .flags = BOTH },
	{ "smartcard.target", "Smart cards", .flags = BOTH },
	{ "bluetooth.target", "Bluetooth", .flags = BOTH },
	{ "graphical-session-pre.target", "Before the graphical session", .flags = TARGET_USER | TARGET_NO_START },
	{ "graphical-session.target", "Graphical session", .requires = "basic.target",
	  .flags = TARGET_USER | TARGET_NO_START },
	{ "rescue.target", "Rescue shell", .requires = "sysinit.target", .wants = "rescue.service",
	  .after = "sysinit.target rescue.service", .flags = TARGET_SYSTEM | TARGET_ISOLATE },
	{ "emergency.target", "Emergency shell", .wants = "emergency.service", .after = "emergency.service",
	  .flags = TARGET_SYSTEM | TARGET_ISOLATE | TARGET_PLAIN },
	{ "shutdown.target", "Shutdown", .flags = BOTH | TARGET_PLAIN | TARGET_NO_START },
	{ "umount.target", "File systems unmounted", .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_NO_START },
	{ "final.target", "End of the shutdown", .after = "shutdown.target umount.target",
	  .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_NO_START },
	{ "exit.target", "Exit", .requires = "shutdown.target", .after = "shutdown.target",
	  .flags = BOTH | TARGET_PLAIN | TARGET_ISOLATE | TARGET_OWN, .on_success = EMERGENCY_ACTION_EXIT_FORCE },
	{ "reboot.target", "Reboot", .requires = "shutdown.target", .wants = "umount.target final.target",
	  .after = "shutdown.target umount.target final.target",
	  .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_ISOLATE | TARGET_OWN,
	  .on_success = EMERGENCY_ACTION_REBOOT_FORCE },
	{ "poweroff.target", "Power off", .requires = "shutdown.target", .wants = "umount.target final.target",
	  .after = "shutdown.target umount.target final.target",
	  .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_ISOLATE | TARGET_OWN,
	  .on_success = EMERGENCY_ACTION_POWEROFF_FORCE },
	{ "halt.target", "Halt", .requires = "shutdown.target", .wants = "umount.target final.target",
	  .after = "shutdown.target umount.target final.target",
	  .flags = TARGET_SYSTEM | TARGET_PLAIN | TARGET_ISOLATE | TARGET_OWN,
	  .on_success = EMERGENCY_ACTION_HALT_FORCE },
};

static const struct builtin_target *find(const char *name, bool user_mode)
{
	unsigned mode = user_mode ? TARGET_USER : TARGET_SYSTEM;

	if (unit_type_from_name(name) != UNIT_TARGET)
		return NULL;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if ((targets[i].flags & mode) && strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

bool builtin_unit_exists(const char *name, bool user_mode)
{
	return find(name, user_mode);
}

bool builtin_unit_replaces(const char *name, const char *path)
{
	const struct builtin_target *target = find(name, false);

	return target && (target->flags & TARGET_OWN) && load_is_packaged(path);
}

static int add_list(struct unit_load *load, enum dependency_kind kind, const char *names)
{
	char name[UNIT_NAME_MAX + 1];
	int r = 0;

	while (names && *names && r == 0) {
		size_t length = strcspn(names, " ");
		memcpy(name, names, length);
		name[length] = '\0';
		r = load_add_dependency(load, kind, name, true);
		names += length + (names[length] == ' ');
	}
	return r;
}

static int add_relations(struct unit_load *load, const struct builtin_target *target)
{
	const struct {
		enum dependency_kind kind;
		const char *names;
	} lists[] = {
		{ DEPENDENCY_REQUIRES, target->requires },   { DEPENDENCY_WANTS, target->wants },
		{ DEPENDENCY_AFTER, target->after },         { DEPENDENCY_BEFORE, target->before },
		{ DEPENDENCY_CONFLICTS, target->conflicts },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof lists / sizeof *lists; i++)
		r = add_list(load, lists[i].kind, lists[i].names);
	return r;
}

int load_builtin(struct unit_load *load)
{
	struct unit_definition *definition = load->definition;
	const struct builtin_target *target = find(definition->name, load->loader->settings.user_mode);

	definition->load_state = LOAD_STATE_LOADED;
	definition->description = strdup(target->description);
	struct unit_options *options = unit_definition_own_options(definition);
	if (!options || !definition->description)
		return -ENOMEM;
	options->allow_isolate = target->flags & TARGET_ISOLATE;
	options->refuse_manual_start = target->flags & TARGET_NO_START;
	options->success_action = target->on_success;
	definition->default_dependencies = !(target->flags & (TARGET_PLAIN | TARGET_EARLY));
	int r = add_relations(load, target);
	if (r == 0 && target->flags & TARGET_EARLY)
		r = load_add_shutdown_dependencies(load);
	return r;
}
