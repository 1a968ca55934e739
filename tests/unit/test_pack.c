#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/pack.h"

Test(pack, brings_back_what_was_put_in)
{
	static const int64_t values[] = { 1, -1, 127, 128, -64, INT64_MAX, INT64_MIN };
	struct pack pack = { 0 };
	struct packed_field field;

	pack_integer(&pack, 1, UINT64_MAX);
	pack_integer(&pack, 2, 0);
	pack_text(&pack, 3, "words");
	pack_text(&pack, 4, NULL);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		pack_signed(&pack, 100, values[i]);
	struct packed packed = { pack.data, pack.data + pack.size, false };
	cr_assert(packed_next(&packed, &field) && field.number == 1 && field.integer == UINT64_MAX);
	cr_assert(packed_next(&packed, &field) && field.number == 3 && field.is_bytes);
	char *text = packed_text(&field);
	cr_assert_str_eq(text, "words");
	free(text);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		cr_assert(packed_next(&packed, &field));
		cr_assert_eq(packed_signed(&field), values[i]);
	}
	cr_assert_not(packed_next(&packed, &field));
	cr_assert_not(packed.bad);
	pack_finish(&pack);
}

Test(pack, a_record_that_was_cut_off_is_bad_or_shorter)
{
	struct pack pack = { 0 };
	struct packed_field field;

	pack_integer(&pack, 5, 1000000);
	pack_text(&pack, 6, "a text");
	for (size_t size = 1; size < pack.size; size++) {
		unsigned char *copy = malloc(size);
		memcpy(copy, pack.data, size);
		struct packed packed = { copy, copy + size, false };
		unsigned fields = 0;
		while (packed_next(&packed, &field))
			fields++;
		cr_assert(packed.bad || fields == 1, "%zu bytes", size);
		free(copy);
	}
	pack_finish(&pack);
}

Test(pack, refuses_numbers_that_no_one_writes)
{
	static const unsigned char endless[] = { 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 };
	static const unsigned char too_long[] = { 3, 200, 1, 'x' };
	struct packed_field field;
	struct packed packed = { endless, endless + sizeof endless, false };

	cr_assert_not(packed_next(&packed, &field));
	cr_assert(packed.bad);
	packed = (struct packed){ too_long, too_long + sizeof too_long, false };
	cr_assert_not(packed_next(&packed, &field));
	cr_assert(packed.bad);
}
