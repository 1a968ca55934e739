#include "supervisor/pid_table.h"

#include <errno.h>
#include <stdlib.h>

enum { INITIAL_CAPACITY = 16 };

static uint32_t home(const struct pid_table *table, pid_t pid)
{
	return ((uint32_t)pid * UINT32_C(2654435769)) & (table->capacity - 1);
}

/* The place of the pid, or the free place where it belongs. */
static uint32_t place(const struct pid_table *table, pid_t pid)
{
	uint32_t at = home(table, pid);

	while (table->entries[at].pid != 0 && table->entries[at].pid != pid)
		at = (at + 1) & (table->capacity - 1);
	return at;
}

static int grow(struct pid_table *table)
{
	struct pid_table larger = { .capacity = table->capacity ? table->capacity * 2 : INITIAL_CAPACITY };

	larger.entries = calloc(larger.capacity, sizeof *larger.entries);
	if (!larger.entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < table->capacity; i++)
		if (table->entries[i].pid != 0)
			larger.entries[place(&larger, table->entries[i].pid)] = table->entries[i];
	larger.count = table->count;
	free(table->entries);
	*table = larger;
	return 0;
}

int pid_table_reserve(struct pid_table *table)
{
	return (table->count + 1) * 4 > table->capacity * 3 ? grow(table) : 0;
}

int pid_table_insert(struct pid_table *table, pid_t pid, unit_id unit, enum process_role role)
{
	if (pid <= 0)
		return -EINVAL;
	if (pid_table_reserve(table) < 0)
		return -ENOMEM;
	uint32_t at = place(table, pid);
	if (table->entries[at].pid == 0)
		table->count++;
	table->entries[at] = (struct pid_entry){ .pid = pid, .unit = unit, .role = (uint8_t)role };
	return 0;
}

const struct pid_entry *pid_table_find(const struct pid_table *table, pid_t pid)
{
	if (table->capacity == 0 || pid <= 0)
		return NULL;
	const struct pid_entry *entry = &table->entries[place(table, pid)];
	return entry->pid ? entry : NULL;
}

void pid_table_remove(struct pid_table *table, pid_t pid)
{
	if (!pid_table_find(table, pid))
		return;
	uint32_t mask = table->capacity - 1;
	uint32_t hole = place(table, pid);
	/* What stands behind the hole moves up, unless it stands between its home and the hole already. */
	for (uint32_t at = (hole + 1) & mask; table->entries[at].pid != 0; at = (at + 1) & mask) {
		uint32_t from = home(table, table->entries[at].pid);
		if (((at - from) & mask) >= ((at - hole) & mask)) {
			table->entries[hole] = table->entries[at];
			hole = at;
		}
	}
	table->entries[hole].pid = 0;
	table->count--;
}

void pid_table_finish(struct pid_table *table)
{
	free(table->entries);
	*table = (struct pid_table){ 0 };
}
