/* DaemonReload, DaemonReexec, Shutdown and SwitchRoot: what concerns svinit as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/control.h"
#include "supervisor/os/machine.h"
#include "supervisor/reexec.h"

/* What reload is measured against: each unit's definition as it was. */
struct reload_record {
	uint64_t *hashes;
	uint32_t count;
};

static uint64_t unit_hash(const struct core *core, unit_id id)
{
	const struct unit *unit = core_unit(core, id);
	const struct unit_definition *definition;

	if (!unit)
		return 0;
	definition = unit->next_definition ? unit->next_definition : unit->definition;
	return definition->content_hash ^ (uint64_t)definition->load_state << 56;
}

static bool record_units(const struct core *core, struct reload_record *record)
{
	record->count = core_unit_count(core);
	record->hashes = calloc((size_t)record->count + 1, sizeof *record->hashes);
	for (unit_id id = 0; record->hashes && id < record->count; id++)
		record->hashes[id] = unit_hash(core, id);
	return record->hashes;
}

static void write_changed(struct json_writer *reply, const struct core *core, const struct reload_record *record)
{
	uint32_t count = core_unit_count(core);

	write_begin_array(reply);
	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (unit && (id >= record->count || unit_hash(core, id) != record->hashes[id]))
			write_string(reply, unit->definition->name);
	}
	write_end_array(reply);
}

static void handle_daemon_reload(struct control_call *call)
{
	const struct core *core = call->manager->core;
	struct reload_record record;
	struct cause cause = { 0 }, permissions = { 0 };
	struct json_writer reply;

	if (!control_parameters(call, NULL, 0))
		return;
	if (!record_units(core, &record)) {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	if (manager_reload(call->manager, &cause) < 0) {
		control_answer_error(call, "Failed", "text", cause.text);
	} else {
		int error = control_permissions_load(call->verbs, &permissions);

		control_reply_begin(&reply, false);
		write_key(&reply, "changed");
		write_changed(&reply, core, &record);
		write_key_string(&reply, "text", error ? permissions.text : cause.error ? cause.text : NULL);
		control_answer(call, &reply);
	}
	free(record.hashes);
}

/* The answer comes when it is through: from the next svinit. */
static void handle_daemon_reexec(struct control_call *call)
{
	struct cause cause = { 0 };

	if (!control_parameters(call, NULL, 0))
		return;
	if (reexec_begin(call->manager, call->oneway ? NULL : call->session->client, &cause) < 0)
		control_answer_error(call, "Failed", "text", cause.text);
}

static const char *const how_names[] = { "exit", "halt", "poweroff", "reboot", "kexec", NULL };
static const enum leave_kind how_kinds[] = { LEAVE_EXIT, LEAVE_HALT, LEAVE_POWEROFF, LEAVE_REBOOT, LEAVE_KEXEC };

/* The answer goes out before anything stops: the client may be a unit itself. */
static void handle_shutdown(struct control_call *call)
{
	json_int_t exit_status = 0;
	const char *how = NULL;
	int kind;

	if (!CONTROL_PARAMETERS(call, { "how", PARAMETER_STRING, true, &how },
				{ "exitStatus", PARAMETER_INTEGER, false, &exit_status }))
		return;
	kind = control_word(how, how_names);
	if (kind < 0 || exit_status < 0 || exit_status > 255) {
		control_answer_invalid(call, kind < 0 ? "how" : "exitStatus");
		return;
	}
	control_answer_empty(call);
	manager_shut_down(call->manager, how_kinds[kind], (int)exit_status);
}

/* Only the way out of an initramfs: elsewhere what runs would lose its files. */
static const char *switch_refused(const struct manager *manager, const char *root, const char *init)
{
	static char text[CAUSE_TEXT_MAX];
	char path[PATH_MAX];
	struct stat own, above;

	if (!manager->options.machine_init || !machine_is_in_initramfs())
		return "svinit is not the init of an initramfs (there is no /etc/initrd-release)";
	snprintf(path, sizeof path, "%s/..", root);
	if (root[0] != '/' || stat(root, &own) < 0 || stat(path, &above) < 0 || own.st_dev == above.st_dev) {
		snprintf(text, sizeof text, "%.200s: nothing is mounted there", root);
		return text;
	}
	snprintf(path, sizeof path, "%s%s", root, init);
	if (init[0] == '/' && faccessat(AT_FDCWD, path, X_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return NULL;
	snprintf(text, sizeof text, "%.400s cannot be executed: %s", path, strerror(errno));
	return text;
}

static void handle_switch_root(struct control_call *call)
{
	struct manager *manager = call->manager;
	const char *root = NULL, *init = "/sbin/init";

	if (!CONTROL_PARAMETERS(call, { "root", PARAMETER_STRING, true, &root },
				{ "init", PARAMETER_STRING, false, &init }))
		return;
	const char *refused = switch_refused(manager, root, init);
	if (refused) {
		control_answer_error(call, "Failed", "text", refused);
		return;
	}
	char *new_root = strdup(root), *new_init = strdup(init);
	if (!new_root || !new_init) {
		free(new_root);
		free(new_init);
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	free(manager->new_root);
	free(manager->new_init);
	manager->new_root = new_root;
	manager->new_init = new_init;
	control_answer_empty(call);
	manager_shut_down(manager, LEAVE_SWITCH_ROOT, 0);
}

const struct control_method control_system_methods[] = {
	{ "DaemonReload", CONTROL_WRITE_ALL, handle_daemon_reload },
	{ "DaemonReexec", CONTROL_WRITE_ALL, handle_daemon_reexec },
	{ "Shutdown", CONTROL_WRITE_ALL, handle_shutdown },
	{ "SwitchRoot", CONTROL_WRITE_ALL, handle_switch_root },
	{ 0 },
};
