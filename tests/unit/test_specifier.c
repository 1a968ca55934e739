#include <criterion/criterion.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/specifier.h"

static void expect(const char *unit, const char *text, const char *wanted)
{
	struct host_facts facts = { .runtime_directory = strdup("/run/x") };
	struct specifiers specifiers = { .unit = unit, .fragment_path = "/etc/units/f.service", .facts = &facts };
	char *resolved = NULL;

	cr_expect_eq(specifiers_resolve(&specifiers, text, &resolved), 0);
	cr_expect_str_eq(resolved, wanted, "%s in %s is %s", text, unit, resolved);
	free(resolved);
	host_facts_finish(&facts);
}

Test(specifier, stands_for_parts_of_the_name)
{
	expect("a-b@c\\x2dd-e.service", "%n", "a-b@c\\x2dd-e.service");
	expect("a-b@c\\x2dd-e.service", "%N", "a-b@c\\x2dd-e");
	expect("a-b@c\\x2dd-e.service", "%p", "a-b");
	expect("a-b@c\\x2dd-e.service", "%P", "a/b");
	expect("a-b@c\\x2dd-e.service", "%i", "c\\x2dd-e");
	expect("a-b@c\\x2dd-e.service", "%I", "c-d/e");
	expect("a-b@c\\x2dd-e.service", "%j", "b");
	expect("a-b@c\\x2dd-e.service", "%f", "/c-d/e");
	expect("a-b.service", "%f", "/a/b");
	expect("a.service", "%i", "");
}

Test(specifier, stands_for_places_and_percent)
{
	expect("a.service", "%t/%p %%n %y %Y", "/run/x/a %n /etc/units/f.service /etc/units");
	expect("a.service", "%S %C %L %E", "/var/lib /var/cache /var/log /etc");
	expect("a.service", "%d", "/run/x/credentials/a.service");
	expect("a.service", "%z%", "%z%");
}

Test(specifier, knows_the_host)
{
	char name[256] = "", *end = NULL;
	struct host_facts facts = { 0 };

	gethostname(name, sizeof name - 1);
	expect("a.service", "%H", name);
	cr_expect_eq(strtoul(host_fact(&facts, FACT_USER_ID), &end, 10), getuid());
	for (int fact = 0; fact < FACT_COUNT; fact++)
		cr_expect_not_null(host_fact(&facts, (enum host_fact)fact));
	host_facts_finish(&facts);
}

Test(specifier, is_bounded)
{
	struct host_facts facts = { 0 };
	struct specifiers specifiers = { .unit = "a-unit-with-a-long-name-for-this-test.service", .facts = &facts };
	size_t size = 200000;
	char *text = malloc(2 * size + 1), *resolved = NULL;

	for (size_t i = 0; i < size; i++)
		memcpy(text + 2 * i, "%n", 3);
	cr_expect_eq(specifiers_resolve(&specifiers, text, &resolved), -E2BIG);
	free(text);
	host_facts_finish(&facts);
}
