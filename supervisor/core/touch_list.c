#include "supervisor/core/touch_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

int touch_list_reserve(struct touch_list *list, uint32_t units)
{
	uint32_t capacity = list->capacity ? list->capacity : FIRST_CAPACITY;

	if (units <= list->capacity)
		return 0;
	while (capacity < units)
		capacity += capacity / 2;
	uint32_t *items = realloc(list->units, capacity * sizeof *items);
	if (!items)
		return -ENOMEM;
	list->units = items;
	bool *marks = realloc(list->marks, capacity * sizeof *marks);
	if (!marks)
		return -ENOMEM;
	memset(marks + list->capacity, 0, (capacity - list->capacity) * sizeof *marks);
	list->marks = marks;
	list->capacity = capacity;
	return 0;
}

void touch_list_add(struct touch_list *list, uint32_t unit)
{
	if (unit >= list->capacity || list->marks[unit])
		return;
	list->marks[unit] = true;
	list->units[list->count++] = unit;
}

bool touch_list_take(struct touch_list *list, uint32_t *unit)
{
	if (list->count == 0)
		return false;
	*unit = list->units[--list->count];
	list->marks[*unit] = false;
	return true;
}

void touch_list_finish(struct touch_list *list)
{
	free(list->units);
	free(list->marks);
	*list = (struct touch_list){ 0 };
}
