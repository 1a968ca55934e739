#include "supervisor/core/deadline_heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ARITY = 4, FIRST_CAPACITY = 16 };

int deadline_heap_reserve(struct deadline_heap *heap, uint32_t units)
{
	uint32_t capacity = heap->capacity ? heap->capacity : FIRST_CAPACITY;
	struct deadline_entry *entries;
	uint32_t *positions;

	if (units <= heap->capacity)
		return 0;
	while (capacity < units)
		capacity += capacity / 2;
	entries = realloc(heap->entries, capacity * sizeof *entries);
	if (!entries)
		return -ENOMEM;
	heap->entries = entries;
	positions = realloc(heap->positions, capacity * sizeof *positions);
	if (!positions)
		return -ENOMEM;
	memset(positions + heap->capacity, 0, (capacity - heap->capacity) * sizeof *positions);
	heap->positions = positions;
	heap->capacity = capacity;
	return 0;
}

void deadline_heap_finish(struct deadline_heap *heap)
{
	free(heap->entries);
	free(heap->positions);
	*heap = (struct deadline_heap){ 0 };
}

static void place(struct deadline_heap *heap, uint32_t index, struct deadline_entry entry)
{
	heap->entries[index] = entry;
	heap->positions[entry.unit] = index + 1;
}

static void sift_up(struct deadline_heap *heap, uint32_t index, struct deadline_entry entry)
{
	while (index > 0) {
		uint32_t parent = (index - 1) / ARITY;

		if (heap->entries[parent].when <= entry.when)
			break;
		place(heap, index, heap->entries[parent]);
		index = parent;
	}
	place(heap, index, entry);
}

static uint32_t earliest_child(const struct deadline_heap *heap, uint32_t first)
{
	uint32_t best = first;

	for (uint32_t child = first + 1; child < first + ARITY && child < heap->count; child++)
		if (heap->entries[child].when < heap->entries[best].when)
			best = child;
	return best;
}

static void sift_down(struct deadline_heap *heap, uint32_t index, struct deadline_entry entry)
{
	for (;;) {
		uint32_t child = index * ARITY + 1;

		if (child >= heap->count)
			break;
		child = earliest_child(heap, child);
		if (heap->entries[child].when >= entry.when)
			break;
		place(heap, index, heap->entries[child]);
		index = child;
	}
	place(heap, index, entry);
}

static void settle(struct deadline_heap *heap, uint32_t index, struct deadline_entry entry)
{
	if (index > 0 && heap->entries[(index - 1) / ARITY].when > entry.when)
		sift_up(heap, index, entry);
	else
		sift_down(heap, index, entry);
}

static void remove_at(struct deadline_heap *heap, uint32_t index)
{
	struct deadline_entry last = heap->entries[--heap->count];

	if (index < heap->count)
		settle(heap, index, last);
}

void deadline_heap_set(struct deadline_heap *heap, uint32_t unit, usec when)
{
	uint32_t position;

	if (unit >= heap->capacity)
		return;
	position = heap->positions[unit];
	if (when == USEC_INFINITY) {
		heap->positions[unit] = 0;
		if (position)
			remove_at(heap, position - 1);
		return;
	}
	if (!position) {
		sift_up(heap, heap->count++, (struct deadline_entry){ when, unit });
		return;
	}
	if (heap->entries[position - 1].when != when)
		settle(heap, position - 1, (struct deadline_entry){ when, unit });
}

usec deadline_heap_get(const struct deadline_heap *heap, uint32_t unit)
{
	if (unit >= heap->capacity || !heap->positions[unit])
		return USEC_INFINITY;
	return heap->entries[heap->positions[unit] - 1].when;
}

bool deadline_heap_first(const struct deadline_heap *heap, uint32_t *unit, usec *when)
{
	if (heap->count == 0)
		return false;
	*unit = heap->entries[0].unit;
	*when = heap->entries[0].when;
	return true;
}
