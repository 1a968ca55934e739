/* The dependencies that a unit has without naming them: "Default Dependencies" of the manual page of each type. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/unit_name.h"
#include "supervisor/load/loader_internal.h"

static int add(struct unit_load *load, enum dependency_kind kind, const char *name)
{
	return load_add_dependency(load, kind, name, true);
}

static int add_known(struct unit_load *load, enum dependency_kind kind, const char *constant)
{
	return load_add_known_dependency(load, kind, constant);
}

int load_add_shutdown_dependencies(struct unit_load *load)
{
	int r = add_known(load, DEPENDENCY_CONFLICTS, "shutdown.target");

	return r < 0 ? r : add_known(load, DEPENDENCY_BEFORE, "shutdown.target");
}

static int add_sysinit(struct unit_load *load)
{
	int r = add_known(load, DEPENDENCY_REQUIRES, "sysinit.target");

	return r < 0 ? r : add_known(load, DEPENDENCY_AFTER, "sysinit.target");
}

static int add_for_service(struct unit_load *load)
{
	int r = load->loader->settings.user_mode ? 0 : add_sysinit(load);

	if (r == 0)
		r = add_known(load, DEPENDENCY_AFTER, "basic.target");
	return r < 0 ? r : load_add_shutdown_dependencies(load);
}

static bool pulls_in(enum dependency_kind kind)
{
	return kind == DEPENDENCY_REQUIRES || kind == DEPENDENCY_WANTS || kind == DEPENDENCY_BINDS_TO ||
	       kind == DEPENDENCY_REQUISITE || kind == DEPENDENCY_UPHOLDS || kind == DEPENDENCY_PART_OF;
}

/* A target comes behind all that it pulls in, but for what it wants to be before. */
static int complete_target(struct unit_load *load)
{
	struct unit_definition *definition = load->definition;
	char name[UNIT_NAME_MAX + 1];
	bool has_before = false;
	int r = 0;

	for (size_t i = 0; i < definition->dependency_count; i++)
		has_before = has_before || definition->dependencies[i].kind == DEPENDENCY_BEFORE;
	for (size_t i = 0, count = definition->dependency_count; r == 0 && i < count; i++) {
		if (!pulls_in(definition->dependencies[i].kind))
			continue;
		unit_name_copy(definition->dependencies[i].name, name);
		if (!has_before || !load_has_dependency(definition, DEPENDENCY_BEFORE, name))
			r = add(load, DEPENDENCY_AFTER, name);
	}
	return r;
}

static int add_for_target(struct unit_load *load)
{
	int r = complete_target(load);

	return r < 0 ? r : load_add_shutdown_dependencies(load);
}

static const char *group_target(enum unit_type type)
{
	return type == UNIT_SOCKET ? "sockets.target" : type == UNIT_TIMER ? "timers.target" : "paths.target";
}

static bool has_calendar(const struct unit_definition *definition)
{
	for (size_t i = 0; definition->timer && i < definition->timer->line_count; i++)
		if (definition->timer->lines[i].base == TIMER_ON_CALENDAR)
			return true;
	return false;
}

/* Calendar events mean something only once the clock is right. */
static int add_clock_targets(struct unit_load *load)
{
	int r = add_known(load, DEPENDENCY_AFTER, "time-set.target");

	return r == 0 ? add_known(load, DEPENDENCY_AFTER, "time-sync.target") : r;
}

static int add_for_trigger(struct unit_load *load)
{
	int r = load->loader->settings.user_mode ? 0 : add_sysinit(load);

	if (r == 0)
		r = add_known(load, DEPENDENCY_BEFORE, group_target(load->definition->type));
	if (r == 0 && has_calendar(load->definition))
		r = add_clock_targets(load);
	return r < 0 ? r : load_add_shutdown_dependencies(load);
}

static bool has_kind(const struct unit_definition *definition, enum dependency_kind kind)
{
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (definition->dependencies[i].kind == kind)
			return true;
	return false;
}

static int order_before_triggered(struct unit_load *load)
{
	size_t count = load->definition->dependency_count;

	for (size_t i = 0; i < count; i++) {
		const struct dependency *dependency = &load->definition->dependencies[i];
		int r = dependency->kind == DEPENDENCY_TRIGGERS ? add(load, DEPENDENCY_BEFORE, dependency->name) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/* Without Unit= or Service= it is the service of the same name. */
static int add_triggered(struct unit_load *load)
{
	char name[UNIT_NAME_MAX + 16];
	const struct unit_definition *definition = load->definition;
	int length = (int)(unit_name_suffix(definition->name) - definition->name);

	if (has_kind(definition, DEPENDENCY_TRIGGERS))
		return order_before_triggered(load);
	snprintf(name, sizeof name, "%.*s.service", length, definition->name);
	if (!unit_name_is_valid(name))
		return 0;
	int r = add(load, DEPENDENCY_TRIGGERS, name);
	return r == 0 ? add(load, DEPENDENCY_BEFORE, name) : r;
}

static int add_slice(struct unit_load *load, const char *slice)
{
	int r = add(load, DEPENDENCY_REQUIRES, slice);

	return r < 0 ? r : add(load, DEPENDENCY_AFTER, slice);
}

/* "a-b.slice" lies in "a.slice". */
static int add_outer_slice(struct unit_load *load)
{
	char outer[UNIT_NAME_MAX + 1];
	const char *name = load->definition->name, *dash = strrchr(name, '-');

	if (!dash || dash == name)
		return 0;
	snprintf(outer, sizeof outer, "%.*s.slice", (int)(dash - name), name);
	return unit_name_is_valid(outer) ? add_slice(load, outer) : 0;
}

static int add_implicit(struct unit_load *load)
{
	const struct unit_definition *definition = load->definition;
	int r = 0;

	if (definition->type == UNIT_SLICE)
		return add_outer_slice(load);
	if (definition->service && definition->service->exec->slice)
		r = add_slice(load, definition->service->exec->slice);
	if (r < 0)
		return r;

	if (definition->service && definition->service->type == SERVICE_DBUS) {
		r = add_known(load, DEPENDENCY_AFTER, "dbus.socket");
		if (r == 0)
			r = add_known(load, DEPENDENCY_AFTER, "dbus.service");
	}
	if (definition->type == UNIT_SOCKET || definition->type == UNIT_TIMER || definition->type == UNIT_PATH)
		r = add_triggered(load);
	return r;
}

int load_add_default_dependencies(struct unit_load *load)
{
	int r = add_implicit(load);

	if (r < 0 || !load->definition->default_dependencies)
		return r;
	switch (load->definition->type) {
	case UNIT_SERVICE:
		return add_for_service(load);
	case UNIT_TARGET:
		return add_for_target(load);
	case UNIT_SOCKET:
	case UNIT_TIMER:
	case UNIT_PATH:
		return add_for_trigger(load);
	default:
		return load_add_shutdown_dependencies(load);
	}
}
