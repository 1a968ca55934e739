/* The core's state out and in: what comes back is what went out, in any state that units can be in. */
#include <stdio.h>

#include "common/unit_name.h"
#include "supervisor/core/core_snapshot.h"
#include "tests/unit/core_world.h"

enum { UNITS = 5, STEPS = 4000, RECORD_MAX = 4096 };

struct saved {
	struct pack core, units[UNITS];
};

static void save(const struct core *core, struct saved *saved)
{
	saved->core.size = 0;
	core_pack(core, &saved->core);
	for (unit_id id = 0; id < UNITS; id++) {
		saved->units[id].size = 0;
		core_pack_unit(core, id, &saved->units[id]);
	}
}

static void saved_finish(struct saved *saved)
{
	pack_finish(&saved->core);
	for (unit_id id = 0; id < UNITS; id++)
		pack_finish(&saved->units[id]);
}

static struct core *restore(const struct core *old, const struct saved *saved, usec now)
{
	struct core *core = core_create(7);
	unit_id same;

	for (unit_id id = 0; id < UNITS; id++) {
		struct unit_definition *definition = core_unit(old, id)->definition;
		cr_assert_eq(core_restore_unit(core, id, definition->name), 0);
		cr_assert_eq(core_define(core, definition, &same), 0);
		cr_assert_eq(same, id);
	}
	cr_assert_eq(core_link(core), 0);
	cr_assert_eq(core_unpack(core, saved->core.data, saved->core.size), 0);
	for (unit_id id = 0; id < UNITS; id++)
		cr_assert_eq(core_unpack_unit(core, saved->units[id].data, saved->units[id].size), 0, "unit %u", id);
	cr_assert_eq(core_unpack_end(core, now), 0);
	return core;
}

static void assert_same(const struct core *core, const struct saved *saved)
{
	struct saved again = { 0 };

	save(core, &again);
	cr_assert(again.core.size == saved->core.size &&
		  memcmp(again.core.data, saved->core.data, saved->core.size) == 0);
	for (unit_id id = 0; id < UNITS; id++)
		cr_assert(again.units[id].size == saved->units[id].size &&
				  memcmp(again.units[id].data, saved->units[id].data, saved->units[id].size) == 0,
			  "unit %u in %s", id, sub_state_name((enum sub_state)core_unit(core, id)->sub_state));
	saved_finish(&again);
}

static uint64_t random_state = 5;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % below;
}

static void draw_units(struct world *world)
{
	static const enum service_type types[UNITS] = { SERVICE_SIMPLE, SERVICE_ONESHOT, SERVICE_NOTIFY_RELOAD,
							SERVICE_FORKING, SERVICE_IDLE };

	for (unsigned i = 0; i < UNITS; i++) {
		char name[24], other[24];
		snprintf(name, sizeof name, "u%u.service", i);
		snprintf(other, sizeof other, "u%u.service", i - 1);
		struct unit_definition *definition = define_service(name, types[i]);
		service(definition)->restart = RESTART_ALWAYS;
		service(definition)->watchdog = i == 2 ? 5 * USEC_PER_SEC : 0;
		unit_definition_own_options(definition)->start_limit_interval = 0;
		add_command(definition, EXEC_STOP, 0);
		add_command(definition, EXEC_STOP_POST, 0);
		add_command(definition, EXEC_START_PRE, 0);
		if (i > 0)
			require(definition, other);
		add(world, definition);
	}
	cr_assert_eq(core_link(world->core), 0);
}

/* Mostly what the unit waits for. */
static enum event_kind draw_kind(const struct world *world, unit_id id)
{
	bool starting = core_is_starting(world->core, id, ROLE_MAIN) || core_is_starting(world->core, id, ROLE_CONTROL);

	if (draw(3) == 0)
		return (enum event_kind)draw(EVENT_KIND_COUNT);
	if (starting)
		return draw(8) ? EVENT_SPAWNED : EVENT_SPAWN_FAILED;
	return draw(2) ? EVENT_CONDITIONS : EVENT_EXITED;
}

static struct event draw_event(const struct world *world)
{
	struct event event = { .unit = draw(UNITS) };
	const struct unit *unit = core_unit(world->core, event.unit);
	enum process_role role = core_is_starting(world->core, event.unit, ROLE_CONTROL) || unit->control_pid != 0
					 ? ROLE_CONTROL
					 : ROLE_MAIN;

	event.kind = draw_kind(world, event.unit);

	switch (event.kind) {
	case EVENT_REQUEST:
		event.request.verb = (enum request_verb)draw(REQUEST_CANCEL);
		event.request.request = draw(100000) + 1;
		break;
	case EVENT_SPAWNED:
		event.spawned.role = role;
		event.spawned.pid = (int32_t)draw(30000) + 1;
		break;
	case EVENT_SPAWN_FAILED:
		event.spawn_failed.role = role;
		event.spawn_failed.error = ENOENT;
		event.spawn_failed.exit_status = 203;
		break;
	case EVENT_EXITED:
		event.exited.role = role;
		event.exited.pid = role == ROLE_MAIN ? unit->main_pid : unit->control_pid;
		event.exited.code = CLD_EXITED;
		event.exited.status = draw(6) == 0;
		event.exited.empty = true;
		break;
	case EVENT_NOTIFY:
		event.notify.flags = draw(2) ? NOTIFY_READY : NOTIFY_RELOADING | NOTIFY_STATUS;
		event.notify.status = "half way";
		break;
	case EVENT_MAIN_PROCESS:
		event.main_process.pid = (int32_t)draw(2000);
		break;
	default:
		break;
	}
	return event;
}

/* No process is gone, nothing was under way: the new core goes on from where the old one stood. */
Test(core_snapshot, brings_back_every_state)
{
	struct world world;
	struct saved saved = { 0 };
	bool seen[SUB_STATE_COUNT] = { false };
	unsigned states = 0;

	world_init(&world);
	draw_units(&world);
	for (int i = 0; i < STEPS; i++) {
		struct event event = draw_event(&world);
		world.now += draw(20) ? draw(400 * 1000) : 100 * USEC_PER_SEC;
		world_step(&world, &event);
		save(world.core, &saved);
		struct core *core = restore(world.core, &saved, world.now);
		assert_same(core, &saved);
		core_destroy(world.core);
		world.core = core;
		for (unit_id id = 0; id < UNITS; id++)
			seen[core_unit(core, id)->sub_state] = true;
	}
	for (size_t i = 0; i < SUB_STATE_COUNT; i++)
		states += seen[i];
	cr_assert_geq(states, 12, "only %u states were met", states);
	saved_finish(&saved);
	world_finish(&world);
}

/* What comes from a file is hostile: every prefix and every changed byte is refused, or is a state that holds together.
 */
Test(core_snapshot, survives_damage)
{
	struct world world;
	struct saved saved = { 0 };
	unsigned char record[RECORD_MAX];
	unsigned refused = 0;

	world_init(&world);
	draw_units(&world);
	for (int i = 0; i < 300; i++) {
		struct event event = draw_event(&world);
		world_step(&world, &event);
	}
	save(world.core, &saved);
	for (unsigned i = 0; i < 3000; i++) {
		struct core *core = core_create(1);
		const struct pack *unit = &saved.units[draw(UNITS)];
		struct cause cause = { 0 };
		unit_id same;

		for (unit_id id = 0; id < UNITS; id++) {
			core_restore_unit(core, id, core_unit(world.core, id)->definition->name);
			core_define(core, core_unit(world.core, id)->definition, &same);
		}
		core_link(core);
		cr_assert_lt(unit->size, sizeof record);
		memcpy(record, unit->data, unit->size);
		size_t size = i % 3 ? unit->size : draw((uint32_t)unit->size);
		for (uint32_t j = i % 3; j > 0 && size > 0; j--)
			record[draw((uint32_t)size)] = (unsigned char)draw(256);
		if (core_unpack_unit(core, record, size) < 0) {
			refused++;
		} else {
			cr_assert_eq(core_unpack_end(core, world.now), 0);
			struct event event = { .kind = EVENT_DEADLINE };
			struct action_queue actions = { 0 };
			for (int j = 0; j < 20; j++)
				core_step(core, &event, world.now += USEC_PER_SEC, &actions);
			action_queue_finish(&actions);
			cr_assert(core_check(core, &cause) || strstr(cause.text, "process"), "%s", cause.text);
		}
		core_destroy(core);
	}
	cr_assert_gt(refused, 300);
	saved_finish(&saved);
	world_finish(&world);
}

Test(core_snapshot, refuses_fields_of_a_newer_version)
{
	struct core *core = core_create(1);
	struct pack pack = { 0 };
	struct unit_definition *definition = define_service("a.service", SERVICE_SIMPLE);
	unit_id id;

	cr_assert_eq(core_restore_unit(core, 0, "a.service"), 0);
	cr_assert_eq(core_define(core, definition, &id), 0);
	core_pack_unit(core, 0, &pack);
	cr_assert_eq(core_unpack_unit(core, pack.data, pack.size), 0);
	pack_integer(&pack, 4000, 1);
	cr_assert_eq(core_unpack_unit(core, pack.data, pack.size), -EINVAL);
	pack.size = 0;
	pack_integer(&pack, 4000, 1);
	cr_assert_eq(core_unpack(core, pack.data, pack.size), -EINVAL);
	pack_finish(&pack);
	unit_definition_release(definition);
	core_destroy(core);
}

Test(core_snapshot, gives_units_the_numbers_they_had)
{
	struct core *core = core_create(1);
	struct unit_definition *definition = define_service("new.service", SERVICE_SIMPLE);
	unit_id id;

	cr_assert_eq(core_restore_unit(core, 7, "a.service"), 0);
	cr_assert_eq(core_restore_unit(core, 2, "b.service"), 0);
	cr_assert_eq(core_restore_unit(core, 2, "c.service"), -EEXIST);
	cr_assert_eq(core_restore_unit(core, 3, "a.service"), -EEXIST);
	cr_assert_eq(core_find(core, "a.service"), 7);
	cr_assert_eq(core_find(core, "b.service"), 2);
	cr_assert_null(core_unit(core, 0));
	cr_assert_eq(core_define(core, definition, &id), 0);
	cr_assert_neq(id, 2);
	cr_assert_lt(id, 7, "numbers that nobody has are used again");
	unit_definition_release(definition);
	core_destroy(core);
}
