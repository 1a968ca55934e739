/* When each unit must be looked at next: a 4-ary heap that knows where each unit stands in it. */
#ifndef SVINIT_CORE_DEADLINE_HEAP_H
#define SVINIT_CORE_DEADLINE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/usec.h"

struct deadline_entry {
	usec when;
	uint32_t unit;
};

/* A zeroed one is valid and empty. */
struct deadline_heap {
	struct deadline_entry *entries;
	uint32_t *positions; /* by unit: index + 1, 0: has no deadline */
	uint32_t count, capacity;
};

/* Makes room for the units 0 … units-1, so that setting their deadlines never fails. -ENOMEM. */
int deadline_heap_reserve(struct deadline_heap *heap, uint32_t units);
void deadline_heap_finish(struct deadline_heap *heap);

/* USEC_INFINITY takes the unit out. O(log n). */
void deadline_heap_set(struct deadline_heap *heap, uint32_t unit, usec when);
usec deadline_heap_get(const struct deadline_heap *heap, uint32_t unit);
/* The earliest; false when there is none. */
bool deadline_heap_first(const struct deadline_heap *heap, uint32_t *unit, usec *when);

#endif
