/* The one table of keys, and the manual page that is kept in step with it. */
#include <criterion/criterion.h>

#include <ctype.h>
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
				cr_assert_lt(list->count, 256, "key_table.c counts on that");
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

/* The tables of the page, from its top to its end. */
static const struct key_list *const page_tables[] = {
	&svinit_keys, &unit_keys,      &condition_keys, &install_keys, &service_keys, &kill_keys,
	&exec_keys,   &sandbox_keys,   &resource_keys,  &socket_keys,  &timer_keys,   &path_keys,
	&mount_keys,  &automount_keys, &swap_keys,      &scope_keys,   &slice_keys,
};

static void write_row(FILE *to, const struct key *key)
{
	fprintf(to, ".It Va %s= Ta %s Ta ", key->name, key_class_name((enum key_class)key->class));
	if (key->since == SINCE_OWN)
		fputs("svinit\n", to);
	else if (key->since == 0)
		fputs("\\(en\n", to);
	else
		fprintf(to, "%u\n", (unsigned)key->since);
}

static bool has_note(const struct key *key, const char *note)
{
	return key->note && strcmp(key->note, note) == 0;
}

/* Each note once, behind all keys that have it. */
static void write_notes(FILE *to, const struct key_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *note = list->keys[i].note;
		bool told = !note;

		for (size_t j = 0; j < i && !told; j++)
			told = has_note(&list->keys[j], note);
		if (told)
			continue;
		fprintf(to, ".It Va %s=", list->keys[i].name);
		for (size_t j = i + 1; j < list->count; j++)
			if (has_note(&list->keys[j], note))
				fprintf(to, " , %s=", list->keys[j].name);
		fprintf(to, "\n%c%s.\n", toupper((unsigned char)*note), note + 1);
	}
}

/* The page with its tables, and the notes behind them, made anew. */
static void write_page(FILE *to, FILE *page)
{
	enum { TEXT, TABLE, NOTES_BEGIN, NOTES } state = TEXT;
	size_t table = 0;
	char line[2048];

	while (fgets(line, sizeof line, page)) {
		if (state == TABLE && strncmp(line, ".It Va ", 7) == 0)
			continue;
		if (state == NOTES && strcmp(line, ".El\n") != 0)
			continue;
		fputs(line, to);
		if (strcmp(line, ".It Sy Key Ta Sy Class Ta Sy Since\n") == 0) {
			cr_assert_lt(table, sizeof page_tables / sizeof *page_tables, "more tables than lists of keys");
			for (size_t i = 0; i < page_tables[table]->count; i++)
				write_row(to, &page_tables[table]->keys[i]);
			table++;
			state = TABLE;
		} else if (state == NOTES_BEGIN) {
			write_notes(to, page_tables[table - 1]);
			state = NOTES;
		} else {
			state = strcmp(line, "Notes:\n") == 0 ? NOTES_BEGIN : TEXT;
		}
	}
	cr_expect_eq(table, sizeof page_tables / sizeof *page_tables, "fewer tables than lists of keys");
}

/* Key by key: class, version, note. UPDATE_EXPECTED=1 puts the table's rows and notes into the page. */
Test(key_table, agrees_with_the_manual_page)
{
	static const char path[] = "man/svinit.unit.5";
	static char found[1 << 20];
	char *expected = NULL;
	size_t size;
	FILE *page = fopen(path, "r"), *made = open_memstream(&expected, &size);

	cr_assert_not_null(page, "run from the top of the source tree");
	write_page(made, page);
	fclose(made);
	rewind(page);
	found[fread(found, 1, sizeof found - 1, page)] = '\0';
	fclose(page);
	bool same = strcmp(found, expected) == 0;
	if (!same && getenv("UPDATE_EXPECTED")) {
		page = fopen(path, "w");
		cr_assert_not_null(page);
		fputs(expected, page);
		fclose(page);
	}
	size_t at = 0, line = 1;
	for (; found[at] && found[at] == expected[at]; at++)
		line += found[at] == '\n';
	cr_expect(same,
		  "%s:%zu is not what the table says; UPDATE_EXPECTED=1 build/tests/unit/test_key_table makes it so",
		  path, line);
	free(expected);
}
