#include "supervisor/core/core_snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"
#include "supervisor/core/dependency_graph.h"
#include "supervisor/core/idle_wait.h"
#include "supervisor/core/job.h"
#include "supervisor/core/unit_fields.h"
#include "supervisor/core/unit_state.h"
#include "supervisor/core/unit_table.h"

enum core_field {
	CORE_FIELD_LAST_JOB = 1,
	CORE_FIELD_RANDOM,
	CORE_FIELD_SHUTDOWN, /* leave + 1 */
	CORE_FIELD_FORCE,
	CORE_FIELD_EXIT_STATUS,
};

void core_pack(const struct core *core, struct pack *pack)
{
	pack_integer(pack, CORE_FIELD_LAST_JOB, core->last_job);
	pack_integer(pack, CORE_FIELD_RANDOM, core->random);
	if (!core->shutdown.active)
		return;
	pack_integer(pack, CORE_FIELD_SHUTDOWN, core->shutdown.leave + 1);
	pack_integer(pack, CORE_FIELD_FORCE, core->shutdown.force);
	pack_signed(pack, CORE_FIELD_EXIT_STATUS, core->shutdown.exit_status);
}

static void pack_waiters(const struct core *core, const struct unit *unit, struct pack *pack)
{
	for (uint32_t index = unit->private->waiters; index;) {
		const struct waiter *waiter = &core->waiters.items[index - 1];

		pack_integer(pack, UNIT_FIELD_WAITER, waiter->request);
		pack_integer(pack, UNIT_FIELD_WAITER_TYPE, waiter->type);
		index = waiter->next;
	}
}

void core_pack_unit(const struct core *core, unit_id id, struct pack *pack)
{
	const struct unit *unit = core_at(core, id);

	if (!unit)
		return;
	pack_text(pack, UNIT_FIELD_NAME, unit->definition->name);
	pack_integer(pack, UNIT_FIELD_ID, (uint64_t)id + 1);
	pack_text(pack, UNIT_FIELD_STATUS_TEXT, unit->status_text);
	pack_text(pack, UNIT_FIELD_FAILURE, unit->failure);
	unit_fields_pack(unit, pack);
	pack_waiters(core, unit, pack);
}

bool core_take_touched(struct core *core, unit_id *id)
{
	return touch_list_take(&core->touched, id);
}

void core_touch(struct core *core, unit_id id)
{
	touch_list_add(&core->touched, id);
}

bool core_is_settled(const struct core *core)
{
	return !core->unsettled && core->lost_count == 0 && core->retry == 0;
}

bool core_is_starting(const struct core *core, unit_id id, enum process_role role)
{
	const struct unit *unit = core_at(core, id);

	return unit && unit->private->spawning == role + 1;
}

static struct packed packed_from(const void *record, size_t size)
{
	static const unsigned char nothing[1];
	const unsigned char *at = record ? record : nothing;

	return (struct packed){ .at = at, .end = at + (record ? size : 0) };
}

int core_packed_unit(const void *record, size_t size, unit_id *id, char *name)
{
	struct packed packed = packed_from(record, size);
	struct packed_field field;

	*id = UNIT_ID_NONE;
	if (!packed_next(&packed, &field) || field.number != UNIT_FIELD_NAME || !field.is_bytes ||
	    field.size > UNIT_NAME_MAX || memchr(field.bytes, '\0', field.size))
		return -EINVAL;
	memcpy(name, field.bytes, field.size);
	name[field.size] = '\0';
	if (!unit_name_is_valid(name) || !packed_next(&packed, &field) || field.number != UNIT_FIELD_ID ||
	    field.is_bytes || field.integer == 0 || field.integer > EDGE_UNIT_MAX)
		return -EINVAL;
	*id = (unit_id)(field.integer - 1);
	return 0;
}

int core_restore_unit(struct core *core, unit_id id, const char *name)
{
	enum unit_type type = unit_type_from_name(name);
	struct unit_definition *definition;
	int result;

	if (type == UNIT_TYPE_INVALID)
		return -EINVAL;
	result = deadline_heap_reserve(&core->heap, id + 1);
	if (result == 0)
		result = touch_list_reserve(&core->touched, id + 1);
	if (result < 0)
		return result;
	definition = unit_definition_create(name, type);
	if (!definition)
		return -ENOMEM;
	result = unit_table_add_at(&core->table, definition, id);
	if (result == 0)
		result = dependency_graph_mark(core, core_at(core, id));
	unit_definition_release(definition);
	return result;
}

static int take_core_field(struct core *core, const struct packed_field *field)
{
	switch (field->number) {
	case CORE_FIELD_LAST_JOB:
		core->last_job = (job_id)field->integer;
		return 0;
	case CORE_FIELD_RANDOM:
		core->random = field->integer;
		return 0;
	case CORE_FIELD_SHUTDOWN:
		if (field->integer == 0 || field->integer > LEAVE_KIND_COUNT)
			return -EINVAL;
		core->shutdown.active = true;
		core->shutdown.leave = (enum leave_kind)(field->integer - 1);
		return 0;
	case CORE_FIELD_FORCE:
		core->shutdown.force = field->integer;
		return 0;
	case CORE_FIELD_EXIT_STATUS:
		core->shutdown.exit_status = (int)packed_signed(field);
		return 0;
	default:
		return -EINVAL;
	}
}

int core_unpack(struct core *core, const void *record, size_t size)
{
	struct packed packed = packed_from(record, size);
	struct packed_field field;

	while (packed_next(&packed, &field))
		if (field.is_bytes || take_core_field(core, &field) < 0)
			return -EINVAL;
	return packed.bad ? -EINVAL : 0;
}

static int take_text(char **text, const struct packed_field *field)
{
	if (!field->is_bytes || field->size >= ACTION_TEXT_MAX || memchr(field->bytes, '\0', field->size))
		return -EINVAL;
	free(*text);
	*text = packed_text(field);
	return *text ? 0 : -ENOMEM;
}

/* Request and type come in pairs. */
static int take_waiter(struct core *core, struct unit *unit, const struct packed_field *field, uint64_t *request)
{
	if (field->is_bytes)
		return -EINVAL;
	if (field->number == UNIT_FIELD_WAITER) {
		*request = field->integer;
		return 0;
	}
	if (field->integer >= JOB_TYPE_COUNT || *request == 0)
		return -EINVAL;
	if (job_reserve_waiter(core) < 0)
		return -ENOMEM;
	job_add_waiter(core, unit, *request, (enum job_type)field->integer);
	*request = 0;
	return 0;
}

static int take_unit_field(struct core *core, struct unit *unit, const struct packed_field *field, uint64_t *request)
{
	int result;

	switch (field->number) {
	case UNIT_FIELD_NAME:
	case UNIT_FIELD_ID:
		return 0;
	case UNIT_FIELD_STATUS_TEXT:
		return take_text(&unit->status_text, field);
	case UNIT_FIELD_FAILURE:
		return take_text(&unit->failure, field);
	case UNIT_FIELD_WAITER:
	case UNIT_FIELD_WAITER_TYPE:
		return take_waiter(core, unit, field, request);
	default:
		result = unit_field_take(unit, field);
		return result == 0 ? -EINVAL : result < 0 ? result : 0;
	}
}

/* The states of the units that have no processes; whoever gives them others adds them here. */
static bool is_simple_state(unsigned state)
{
	switch (state) {
	case SUB_DEAD:
	case SUB_ACTIVE:
	case SUB_FAILED:
	case SUB_WAITING:
	case SUB_RUNNING:
	case SUB_ELAPSED:
	case SUB_START_CHOWN:
	case SUB_LISTENING:
		return true;
	default:
		return false;
	}
}

/* What no step can have led to. */
static bool makes_sense(const struct unit *unit)
{
	const struct unit_private *private = unit->private;
	bool has_job = unit->job_type != JOB_NONE;

	if (has_job != (unit->job != 0) || (!has_job && private->waiters))
		return false;
	if (unit->active_state != unit_active_state_of((enum sub_state)unit->sub_state))
		return false;
	if (private->idle_waiting && (unit->sub_state != SUB_START || private->spawning || unit->main_pid != 0))
		return false;
	if (unit->definition->type == UNIT_SERVICE)
		return true;
	return is_simple_state(unit->sub_state) && !private->spawning && !private->idle_waiting &&
	       unit->main_pid == 0 && unit->control_pid == 0;
}

int core_unpack_unit(struct core *core, const void *record, size_t size)
{
	struct packed packed = packed_from(record, size);
	char name[UNIT_NAME_MAX + 1];
	struct packed_field field;
	uint64_t request = 0;
	unit_id id;
	int result = core_packed_unit(record, size, &id, name);
	struct unit *unit = result < 0 ? NULL : core_at(core, id);

	if (!unit)
		return -EINVAL;
	while (packed_next(&packed, &field)) {
		result = take_unit_field(core, unit, &field, &request);
		if (result < 0)
			return result;
	}
	return packed.bad || request != 0 || !makes_sense(unit) ? -EINVAL : 0;
}

/* They were taken in the order in which they are listed, each put before the last. */
static void reverse_waiters(struct core *core, struct unit *unit)
{
	uint32_t index = unit->private->waiters, reversed = 0;

	while (index) {
		struct waiter *waiter = &core->waiters.items[index - 1];
		uint32_t next = waiter->next;

		waiter->next = reversed;
		reversed = index;
		index = next;
	}
	unit->private->waiters = reversed;
}

/* Does anything still come that ends the job? */
static bool is_under_way(const struct unit *unit)
{
	return unit->active_state == ACTIVE_STATE_ACTIVATING || unit->active_state == ACTIVE_STATE_DEACTIVATING ||
	       unit->active_state == ACTIVE_STATE_RELOADING || unit->private->checking || unit->private->spawning;
}

static int set_going(struct core *core, struct unit *unit)
{
	struct unit_private *private = unit->private;
	unit_id blocked_by = unit->blocked_by;
	unsigned effects = private->effects;
	bool idle = private->idle_waiting;

	private->idle_waiting = false;
	if (idle && !idle_wait_enter(core, unit))
		return -ENOMEM;
	unit->blocked_by = UNIT_ID_NONE;
	unit_set_blocked(core, unit, blocked_by);
	dependency_graph_forget_blocker(core, unit);
	private->effects = 0;
	unit_queue_effect(core, unit, effects);
	core->job_count += unit->job_type != JOB_NONE;
	unit_count_up(core, unit);
	reverse_waiters(core, unit);
	if (!is_under_way(unit))
		unit->job_state = JOB_WAITING;
	job_order_attach(core, unit);
	idle_wait_recount(core, unit);
	job_queue_run(core, unit);
	unit_rearm(core, unit);
	return 0;
}

int core_unpack_end(struct core *core, usec now)
{
	core->now = now;
	for (unit_id id = 0; id < core->table.count; id++) {
		struct unit *unit = core_at(core, id);

		if (unit && set_going(core, unit) < 0)
			return -ENOMEM;
	}
	core->unsettled = true;
	return 0;
}
