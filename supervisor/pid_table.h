/* Whose process a pid is: pid → unit and role, for what the reaper brings in. */
#ifndef SVINIT_PID_TABLE_H
#define SVINIT_PID_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/core/event.h"

struct pid_entry {
	pid_t pid; /* 0: a free place */
	unit_id unit;
	uint8_t role; /* enum process_role */
};

/* A zeroed value is an empty table. */
struct pid_table {
	struct pid_entry *entries; /* open addressing; the capacity is a power of two */
	uint32_t capacity, count;
};

/* Makes room for one more, so that the insertion that follows cannot fail. 0 or -ENOMEM. */
int pid_table_reserve(struct pid_table *table);
/* Replaces what was known of the pid. 0 or -ENOMEM. */
int pid_table_insert(struct pid_table *table, pid_t pid, unit_id unit, enum process_role role);
/* NULL when nobody's. Valid until the next insertion or removal. */
const struct pid_entry *pid_table_find(const struct pid_table *table, pid_t pid);
void pid_table_remove(struct pid_table *table, pid_t pid);
void pid_table_finish(struct pid_table *table);

#endif
