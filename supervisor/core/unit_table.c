#include "supervisor/core/unit_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_FREE = 0, ENTRY_GONE = 1, ENTRY_FIRST = 2, FIRST_CAPACITY = 16 };
static const uint32_t alias_bit = UINT32_C(1) << 31;

static uint32_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (uint32_t)(hash ^ hash >> 32);
}

static const char *entry_name(const struct unit_table *table, const struct name_entry *entry)
{
	if (entry->value & alias_bit)
		return table->aliases[(entry->value & ~alias_bit) - ENTRY_FIRST].name;
	return table->units[entry->value - ENTRY_FIRST]->definition->name;
}

static unit_id entry_unit(const struct unit_table *table, const struct name_entry *entry)
{
	if (entry->value & alias_bit)
		return table->aliases[(entry->value & ~alias_bit) - ENTRY_FIRST].unit;
	return entry->value - ENTRY_FIRST;
}

static struct name_entry *find_entry(const struct unit_table *table, const char *name, uint32_t hash)
{
	uint32_t mask = table->entry_capacity - 1;

	if (!table->entry_capacity)
		return NULL;
	for (uint32_t i = hash & mask; table->entries[i].value != ENTRY_FREE; i = (i + 1) & mask) {
		struct name_entry *entry = &table->entries[i];

		if (entry->value != ENTRY_GONE && entry->hash == hash && strcmp(entry_name(table, entry), name) == 0)
			return entry;
	}
	return NULL;
}

static void insert_entry(struct name_entry *entries, uint32_t capacity, struct name_entry entry)
{
	uint32_t i = entry.hash & (capacity - 1);

	while (entries[i].value >= ENTRY_FIRST)
		i = (i + 1) & (capacity - 1);
	entries[i] = entry;
}

/* At most three quarters are in use, so that a search always meets a free entry. */
static int reserve_entry(struct unit_table *table)
{
	uint32_t capacity = table->entry_capacity ? table->entry_capacity : FIRST_CAPACITY;
	struct name_entry *entries;

	if (table->entry_capacity && (table->entry_used + 1) * UINT64_C(4) <= capacity * UINT64_C(3))
		return 0;
	while ((table->count + table->alias_count + 1) * UINT64_C(2) > capacity)
		capacity *= 2;
	entries = calloc(capacity, sizeof *entries);
	if (!entries)
		return -ENOMEM;
	table->entry_used = 0;
	for (uint32_t i = 0; i < table->entry_capacity; i++) {
		if (table->entries[i].value < ENTRY_FIRST)
			continue;
		insert_entry(entries, capacity, table->entries[i]);
		table->entry_used++;
	}
	free(table->entries);
	table->entries = entries;
	table->entry_capacity = capacity;
	return 0;
}

static void add_entry(struct unit_table *table, const char *name, uint32_t value)
{
	insert_entry(table->entries, table->entry_capacity, (struct name_entry){ hash_name(name), value });
	table->entry_used++;
}

unit_id unit_table_find(const struct unit_table *table, const char *name)
{
	const struct name_entry *entry = find_entry(table, name, hash_name(name));

	return entry ? entry_unit(table, entry) : UNIT_ID_NONE;
}

/* Room for the numbers 0 … count-1. */
static int reserve_ids(struct unit_table *table, uint32_t count)
{
	uint32_t capacity = table->capacity ? table->capacity : FIRST_CAPACITY;
	struct unit **units;
	uint32_t *free_ids;

	if (count <= table->capacity)
		return 0;
	if (count > EDGE_UNIT_MAX)
		return -E2BIG;
	while (capacity < count)
		capacity += capacity / 2;
	units = realloc(table->units, capacity * sizeof(struct unit *));
	if (!units)
		return -ENOMEM;
	table->units = units;
	free_ids = realloc(table->free_ids, capacity * sizeof *free_ids);
	if (!free_ids)
		return -ENOMEM;
	table->free_ids = free_ids;
	table->capacity = capacity;
	return 0;
}

static struct unit *make_unit(struct unit_definition *definition)
{
	struct unit_slot *slot = calloc(1, sizeof *slot);

	if (!slot)
		return NULL;
	slot->unit.private = &slot->private;
	slot->unit.definition = unit_definition_reference(definition);
	slot->unit.blocked_by = UNIT_ID_NONE;
	slot->unit.trigger = UNIT_ID_NONE;
	slot->private.state_deadline = USEC_INFINITY;
	return &slot->unit;
}

static void free_unit(struct unit *unit)
{
	unit_definition_release(unit->definition);
	unit_definition_release(unit->next_definition);
	free(unit->status_text);
	free(unit->failure);
	free(unit->private->edges);
	if (unit->private->rare)
		free(unit->private->rare->timer);
	free(unit->private->rare);
	free(unit); /* the first member of its slot */
}

/* A unit that has no number yet; room for its name and for `count` numbers. */
static int prepare_unit(struct unit_table *table, struct unit_definition *definition, uint32_t count,
			struct unit **unit)
{
	int result;

	if (unit_table_find(table, definition->name) != UNIT_ID_NONE)
		return -EEXIST;
	result = reserve_entry(table);
	if (result == 0)
		result = reserve_ids(table, count);
	if (result < 0)
		return result;
	*unit = make_unit(definition);
	return *unit ? 0 : -ENOMEM;
}

static void place_unit(struct unit_table *table, struct unit *unit, unit_id id)
{
	unit->id = id;
	table->units[id] = unit;
	add_entry(table, unit->definition->name, id + ENTRY_FIRST);
	if (unit->definition->load_state == LOAD_STATE_STUB)
		table->stub_count++;
}

int unit_table_add(struct unit_table *table, struct unit_definition *definition, unit_id *id)
{
	struct unit *unit;
	int result = prepare_unit(table, definition, table->free_count > 0 ? 0 : table->count + 1, &unit);

	if (result < 0)
		return result;
	*id = table->free_count > 0 ? table->free_ids[--table->free_count] : table->count++;
	place_unit(table, unit, *id);
	return 0;
}

static void take_free_id(struct unit_table *table, unit_id id)
{
	for (uint32_t i = 0; i < table->free_count; i++) {
		if (table->free_ids[i] != id)
			continue;
		table->free_ids[i] = table->free_ids[--table->free_count];
		return;
	}
}

int unit_table_add_at(struct unit_table *table, struct unit_definition *definition, unit_id id)
{
	struct unit *unit;
	int result = id < table->count && table->units[id] ? -EEXIST : prepare_unit(table, definition, id + 1, &unit);

	if (result < 0)
		return result;
	if (id < table->count)
		take_free_id(table, id);
	for (; table->count <= id; table->count++) {
		table->units[table->count] = NULL;
		if (table->count < id)
			table->free_ids[table->free_count++] = table->count;
	}
	place_unit(table, unit, id);
	return 0;
}

static int keep_alias(struct unit_table *table, const char *name, unit_id id)
{
	if (table->alias_count == table->alias_capacity) {
		uint32_t capacity = table->alias_capacity ? table->alias_capacity * 2 : FIRST_CAPACITY;
		struct unit_alias *aliases = realloc(table->aliases, capacity * sizeof *aliases);

		if (!aliases)
			return -ENOMEM;
		table->aliases = aliases;
		table->alias_capacity = capacity;
	}
	table->aliases[table->alias_count] = (struct unit_alias){ strdup(name), id };
	if (!table->aliases[table->alias_count].name)
		return -ENOMEM;
	table->alias_count++;
	return 0;
}

static uint32_t last_alias(const struct unit_table *table)
{
	return (table->alias_count - 1 + ENTRY_FIRST) | alias_bit;
}

static int add_alias(struct unit_table *table, const char *name, unit_id id)
{
	if (keep_alias(table, name, id) < 0)
		return -ENOMEM;
	add_entry(table, name, last_alias(table));
	return 0;
}

int unit_table_take_over(struct unit_table *table, const char *name, unit_id to)
{
	struct name_entry *entry = find_entry(table, name, hash_name(name));

	if (!entry)
		return unit_table_alias(table, name, to);
	if (keep_alias(table, name, to) < 0)
		return -ENOMEM;
	entry->value = last_alias(table);
	return 0;
}

int unit_table_alias(struct unit_table *table, const char *name, unit_id id)
{
	unit_id found = unit_table_find(table, name);
	int result;

	if (found != UNIT_ID_NONE)
		return found == id ? 0 : -EEXIST;
	result = reserve_entry(table);
	return result < 0 ? result : add_alias(table, name, id);
}

static void drop_aliases(struct unit_table *table, unit_id id)
{
	for (uint32_t i = 0; i < table->alias_count; i++) {
		struct unit_alias *alias = &table->aliases[i];

		if (!alias->name || alias->unit != id)
			continue;
		find_entry(table, alias->name, hash_name(alias->name))->value = ENTRY_GONE;
		free(alias->name);
		*alias = (struct unit_alias){ NULL, UNIT_ID_NONE };
	}
}

void unit_table_remove(struct unit_table *table, unit_id id)
{
	struct unit *unit = table->units[id];
	const char *name = unit->definition->name;

	struct name_entry *entry;

	drop_aliases(table, id);
	entry = find_entry(table, name, hash_name(name));
	if (entry && entry_unit(table, entry) == id)
		entry->value = ENTRY_GONE;
	if (unit->definition->load_state == LOAD_STATE_STUB)
		table->stub_count--;
	free_unit(unit);
	table->units[id] = NULL;
	table->free_ids[table->free_count++] = id;
}

void unit_table_finish(struct unit_table *table)
{
	for (uint32_t id = 0; id < table->count; id++)
		if (table->units[id])
			free_unit(table->units[id]);
	for (uint32_t i = 0; i < table->alias_count; i++)
		free(table->aliases[i].name);
	free(table->aliases);
	free(table->entries);
	free(table->free_ids);
	free(table->units);
	*table = (struct unit_table){ 0 };
}
