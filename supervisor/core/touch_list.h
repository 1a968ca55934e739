/* Which units have changed since somebody asked last: each once, in no order. */
#ifndef SVINIT_CORE_TOUCH_LIST_H
#define SVINIT_CORE_TOUCH_LIST_H

#include <stdbool.h>
#include <stdint.h>

/* A zeroed one is valid and empty. */
struct touch_list {
	uint32_t *units;
	bool *marks; /* by unit */
	uint32_t count, capacity;
};

/* Makes room for the units 0 … units-1, so that adding them never fails. -ENOMEM. */
int touch_list_reserve(struct touch_list *list, uint32_t units);
void touch_list_add(struct touch_list *list, uint32_t unit);
/* Takes one out; false when there is none. */
bool touch_list_take(struct touch_list *list, uint32_t *unit);
void touch_list_finish(struct touch_list *list);

#endif
