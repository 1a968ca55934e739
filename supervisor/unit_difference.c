#include "supervisor/unit_difference.h"

#include <string.h>

#include "supervisor/unit_property.h"

struct comparison {
	struct json_writer *to;
	struct json_writer values[2]; /* old, new; empty between two keys */
};

static void begin_values(struct comparison *comparison)
{
	for (int i = 0; i < 2; i++) {
		comparison->values[i].length = 0;
		comparison->values[i].separate = false;
	}
}

static bool is_equal(const struct json_writer *a, const struct json_writer *b)
{
	return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static void write_value(struct json_writer *to, const char *key, const struct json_writer *value)
{
	write_key(to, key);
	if (value->error || value->length == 0)
		write_null(to);
	else
		write_raw(to, value->data, value->length);
}

static void end_values(struct comparison *comparison, const char *key)
{
	if (is_equal(&comparison->values[0], &comparison->values[1]))
		return;
	write_begin_object(comparison->to);
	write_key_string(comparison->to, "key", key);
	write_value(comparison->to, "old", &comparison->values[0]);
	write_value(comparison->to, "new", &comparison->values[1]);
	write_end_object(comparison->to);
}

/* What is of the moment and not of the definition; edges are compared as the files name them. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = { "NeedDaemonReload", "NeedRestart", "UnitFileState", "LoadError" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool has_row(const struct property_row *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return true;
	return false;
}

static bool is_in(const struct property_row *const *tables, const char *name)
{
	for (; *tables; tables++)
		if (has_row(*tables, name))
			return true;
	return false;
}

/* A unit at rest has nothing to show but its definition. */
static struct unit unit_at_rest(const struct unit_definition *definition)
{
	return (struct unit){
		.id = UNIT_ID_NONE,
		.blocked_by = UNIT_ID_NONE,
		.definition = (struct unit_definition *)definition,
		.watchdog = definition->service ? definition->service->options->watchdog : 0,
	};
}

static struct property_view view_of(const struct unit *unit, struct manager *manager, struct json_writer *to)
{
	return (struct property_view){
		.to = to,
		.manager = manager,
		.unit = unit,
		.definition = unit->definition,
		.service = unit->definition->service,
	};
}

static void compare_rows(struct comparison *comparison, struct manager *manager, const struct unit_definition *old,
			 const struct unit_definition *new)
{
	const struct property_row *const *old_tables = unit_property_tables(old);
	const struct property_row *const *new_tables = unit_property_tables(new);
	const struct unit old_unit = unit_at_rest(old), new_unit = unit_at_rest(new);
	struct property_view old_view = view_of(&old_unit, manager, &comparison->values[0]);
	struct property_view new_view = view_of(&new_unit, manager, &comparison->values[1]);

	for (const struct property_row *const *table = new_tables; *table; table++)
		for (const struct property_row *row = *table; row->name; row++) {
			if (is_left_out(row->name))
				continue;
			begin_values(comparison);
			if (is_in(old_tables, row->name))
				row->write(&old_view, row->argument);
			row->write(&new_view, row->argument);
			end_values(comparison, row->name);
		}
}

static void write_names(struct json_writer *to, const struct unit_definition *definition, enum dependency_kind kind)
{
	write_begin_array(to);
	for (size_t i = 0; i < definition->dependency_count; i++) {
		const struct dependency *dependency = &definition->dependencies[i];
		if (dependency->kind == kind && !dependency->implicit)
			write_string(to, dependency->name);
	}
	write_end_array(to);
}

static void compare_dependencies(struct comparison *comparison, const struct unit_definition *old,
				 const struct unit_definition *new)
{
	for (unsigned kind = 0; kind < DEPENDENCY_KIND_COUNT; kind++) {
		begin_values(comparison);
		write_names(&comparison->values[0], old, kind);
		write_names(&comparison->values[1], new, kind);
		end_values(comparison, dependency_kind_name(kind));
	}
}

void unit_write_difference(struct json_writer *writer, struct manager *manager, const struct unit_definition *old,
			   const struct unit_definition *new)
{
	struct comparison comparison = { .to = writer };

	write_begin_array(writer);
	compare_rows(&comparison, manager, old, new);
	compare_dependencies(&comparison, old, new);
	write_end_array(writer);
	for (int i = 0; i < 2; i++)
		json_writer_finish(&comparison.values[i]);
}
