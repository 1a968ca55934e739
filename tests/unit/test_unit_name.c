#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"

Test(unit_name, tells_valid_names_from_others)
{
	static const char *const valid[] = {
		"a.service",      "foo@.service", "foo@bar.service", "a-b_c:d.1.socket", "dev-disk-by\\x2did.device",
		"foo@a@b.service"
	};
	static const char *const invalid[] = { "",          "service",     ".service",    "a.servic",
					       "@.service", "a b.service", "a/b.service", "a.service.d",
					       "ä.service" };
	char longest[UNIT_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		cr_expect(unit_name_is_valid(valid[i]), "%s", valid[i]);
	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
		cr_expect_not(unit_name_is_valid(invalid[i]), "%s", invalid[i]);
	memset(longest, 'a', sizeof longest);
	strcpy(longest + UNIT_NAME_MAX - 8, ".service");
	cr_expect(unit_name_is_valid(longest));
	memset(longest, 'a', sizeof longest);
	strcpy(longest + UNIT_NAME_MAX - 7, ".service");
	cr_expect_not(unit_name_is_valid(longest));
}

Test(unit_name, takes_instances_apart_and_puts_them_together)
{
	char name[UNIT_NAME_MAX + 1];

	cr_expect(unit_name_is_template("foo@.service"));
	cr_expect_not(unit_name_is_instance("foo@.service"));
	cr_expect(unit_name_is_instance("foo@x.service"));
	cr_expect(unit_name_template("foo@x.service", name));
	cr_expect_str_eq(name, "foo@.service");
	cr_expect_not(unit_name_template("foo.service", name));
	cr_expect(unit_name_make_instance("foo@.service", "a@b", name));
	cr_expect_str_eq(name, "foo@a@b.service");
	cr_expect_not(unit_name_make_instance("foo@.service", "a/b", name));
	cr_expect_not(unit_name_make_instance("foo.service", "a", name));
	cr_expect(unit_name_prefix("foo@x.service", name));
	cr_expect_str_eq(name, "foo");
	cr_expect(unit_name_instance("foo@x.y.service", name));
	cr_expect_str_eq(name, "x.y");
	cr_expect(unit_name_instance("foo.service", name));
	cr_expect_str_eq(name, "");
}

Test(unit_name, completes_what_a_user_typed)
{
	static const char *const pairs[][2] = {
		{ "nginx", "nginx.service" },    { "nginx.socket", "nginx.socket" }, { "foo.bar", "foo.bar.service" },
		{ "/home/me", "home-me.mount" }, { "/dev/sda1", "dev-sda1.device" }, { "/", "-.mount" },
	};
	char name[UNIT_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		cr_expect(unit_name_complete(pairs[i][0], name), "%s", pairs[i][0]);
		cr_expect_str_eq(name, pairs[i][1]);
	}
	cr_expect_not(unit_name_complete("a*", name));
	cr_expect_not(unit_name_complete("", name));
}

Test(unit_name, escapes_as_systemd_escape_does)
{
	static const char *const pairs[][2] = {
		{ "Hallöchen, Meister", "Hall\\xc3\\xb6chen\\x2c\\x20Meister" },
		{ "a-b/c", "a\\x2db-c" },
		{ ".hidden.x", "\\x2ehidden.x" },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char *escaped = unit_name_escape(pairs[i][0]), *plain = unit_name_unescape(pairs[i][1]);
		cr_expect_str_eq(escaped, pairs[i][1]);
		cr_expect_str_eq(plain, pairs[i][0]);
		free(escaped);
		free(plain);
	}
	char *path = unit_name_escape_path("//tmp//waldi/foobar/"), *back = unit_name_unescape_path("tmp-waldi-foobar");
	cr_expect_str_eq(path, "tmp-waldi-foobar");
	cr_expect_str_eq(back, "/tmp/waldi/foobar");
	free(path);
	free(back);
}
