/* The one table of keys, and the manual page that is kept in step with it. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/load/key.h"

Test(key_table, is_sorted_for_the_search)
{
	for (size_t i = 0; i < section_count; i++)
		for (size_t j = 0; j < SECTION_LISTS_MAX && sections[i].lists[j]; j++) {
			const struct key_list *list = sections[i].lists[j];
			for (size_t k = 0; k < list->count; k++) {
				cr_expect(k == 0 || strcmp(list->keys[k - 1].name, list->keys[k].name) < 0, "%s",
					  list->keys[k].name);
				cr_expect_eq(key_find(&sections[i], list->keys[k].name), &list->keys[k],
					     "[%s] %s= stands in two lists", sections[i].name, list->keys[k].name);
			}
		}
}

Test(key_table, gives_each_row_what_its_class_needs)
{
	for (size_t i = 0; i < section_count; i++)
		for (size_t j = 0; j < SECTION_LISTS_MAX && sections[i].lists[j]; j++)
			for (size_t k = 0; k < sections[i].lists[j]->count; k++) {
				const struct key *key = &sections[i].lists[j]->keys[k];
				cr_expect(key->read || key->class == KEY_IGNORED, "%s", key->name);
				cr_expect(key->class != KEY_REFUSED || key->note, "%s= is refused without a reason",
					  key->name);
				cr_expect_lt(key->class, KEY_CLASS_COUNT);
			}
}

Test(key_table, finds_and_suggests)
{
	const struct section *service = section_find("Service", UNIT_SERVICE);

	cr_assert_not_null(service);
	cr_expect_null(section_find("Service", UNIT_TARGET));
	cr_expect_null(section_find("Nonsense", UNIT_SERVICE));
	cr_expect_not_null(key_find(service, "ExecStart"));
	cr_expect_not_null(key_find(service, "MemoryMax"));
	cr_expect_null(key_find(service, "Wants"));
	cr_expect_str_eq(key_suggest(service, "ExecStrat"), "ExecStart");
	cr_expect_null(key_suggest(service, "Zzzzzzzzzzzz"));
}

/* Each key is in the page, with its class. */
Test(key_table, agrees_with_the_manual_page)
{
	FILE *page = fopen("man/svinit.unit.5", "r");
	cr_assert_not_null(page, "run from the top of the source tree");
	static char text[1 << 20];
	text[fread(text, 1, sizeof text - 1, page)] = '\0';
	fclose(page);
	for (size_t i = 0; i < section_count; i++)
		for (size_t j = 0; j < SECTION_LISTS_MAX && sections[i].lists[j]; j++)
			for (size_t k = 0; k < sections[i].lists[j]->count; k++) {
				const struct key *key = &sections[i].lists[j]->keys[k];
				char row[256];
				snprintf(row, sizeof row, "\n.It Va %s= Ta %s Ta", key->name,
					 key_class_name((enum key_class)key->class));
				cr_expect_not_null(strstr(text, row), "man/svinit.unit.5 lacks \"%s\"", row + 1);
			}
}
