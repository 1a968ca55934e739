#include "supervisor/core/edge_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, FEW = 32 };

int edge_list_add(struct edge_list *list, unit_id unit, edge e)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : FIRST_CAPACITY;
		uint64_t *items = realloc(list->items, capacity * sizeof *items);

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = edge_list_item(unit, e);
	return 0;
}

static void sort_few(uint64_t *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t item = items[i];
		size_t at = i;

		for (; at > 0 && items[at - 1] > item; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* One pass of a radix sort; false when all items have the same digit, and so nothing was to do. */
static bool sort_by_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
	size_t starts[DIGITS] = { 0 };
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i] >> shift & (DIGITS - 1)]++;
	if (starts[from[0] >> shift & (DIGITS - 1)] == count)
		return false;
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		size_t here = starts[digit];

		starts[digit] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
	return true;
}

int edge_list_sort(struct edge_list *list)
{
	uint64_t *other;

	if (list->count <= FEW) {
		sort_few(list->items, list->count);
		return 0;
	}
	other = malloc(list->capacity * sizeof *other);
	if (!other)
		return -ENOMEM;
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		uint64_t *swap = list->items;

		if (!sort_by_digit(list->items, other, list->count, shift))
			continue;
		list->items = other;
		other = swap;
	}
	free(other);
	return 0;
}

void edge_list_finish(struct edge_list *list)
{
	free(list->items);
	*list = (struct edge_list){ 0 };
}
