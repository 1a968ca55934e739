/* DaemonReload and Shutdown: what concerns svinit as a whole. */
#include <stdlib.h>

#include "supervisor/control.h"

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

static const char *const how_names[] = { "exit", "halt", "poweroff", "reboot", NULL };
static const enum leave_kind how_kinds[] = { LEAVE_EXIT, LEAVE_HALT, LEAVE_POWEROFF, LEAVE_REBOOT };

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

const struct control_method control_system_methods[] = {
	{ "DaemonReload", CONTROL_WRITE_ALL, handle_daemon_reload },
	{ "Shutdown", CONTROL_WRITE_ALL, handle_shutdown },
	{ 0 },
};
