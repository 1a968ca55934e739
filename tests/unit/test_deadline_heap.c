#include <criterion/criterion.h>

#include "supervisor/core/deadline_heap.h"

enum { UNITS = 300, ROUNDS = 20000 };

static uint64_t random_number(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1;
	return *state >> 33;
}

static usec least(const usec *model)
{
	usec best = USEC_INFINITY;

	for (unsigned i = 0; i < UNITS; i++)
		if (model[i] < best)
			best = model[i];
	return best;
}

Test(deadline_heap, agrees_with_a_plain_array)
{
	struct deadline_heap heap = { 0 };
	usec model[UNITS];
	uint64_t state = 7;

	cr_assert_eq(deadline_heap_reserve(&heap, UNITS), 0);
	for (unsigned i = 0; i < UNITS; i++)
		model[i] = USEC_INFINITY;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint32_t unit = (uint32_t)(random_number(&state) % UNITS), first;
		usec when = random_number(&state) % 3 == 0 ? USEC_INFINITY : random_number(&state) % 1000, found;

		deadline_heap_set(&heap, unit, when);
		model[unit] = when;
		cr_assert_eq(deadline_heap_get(&heap, unit), when);
		if (!deadline_heap_first(&heap, &first, &found)) {
			cr_assert_eq(least(model), USEC_INFINITY);
			continue;
		}
		cr_assert_eq(found, least(model));
		cr_assert_eq(model[first], found);
	}
	deadline_heap_finish(&heap);
}

Test(deadline_heap, ignores_units_without_room)
{
	struct deadline_heap heap = { 0 };
	uint32_t unit;
	usec when;

	deadline_heap_set(&heap, 3, 5);
	cr_assert_eq(deadline_heap_get(&heap, 3), USEC_INFINITY);
	cr_assert_not(deadline_heap_first(&heap, &unit, &when));
	deadline_heap_finish(&heap);
}
