#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/load/preset.h"
#include "supervisor/load/unit_file_state.h"

static char root[64];
static struct unit_directories directories;

static void write_file(const char *path, const char *text)
{
	char whole[PATH_MAX];
	snprintf(whole, sizeof whole, "%s%s", root, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	cr_assert_not_null(file, "%s", whole);
	fputs(text, file);
	fclose(file);
}

static void link_file(const char *target, const char *path)
{
	char whole[PATH_MAX];
	write_file(path, "");
	snprintf(whole, sizeof whole, "%s%s", root, path);
	unlink(whole);
	cr_assert_eq(symlink(target, whole), 0);
}

static void set_up(void)
{
	strcpy(root, "/tmp/test-states-XXXXXX");
	cr_assert_not_null(mkdtemp(root));
	cr_assert_eq(unit_directories_init(&directories, UNIT_SCOPE_SYSTEM, root), 0);
	write_file("/usr/lib/systemd/system/web.service", "[Service]\n");
	write_file("/usr/lib/systemd/system/work@.service", "[Service]\n");
}

static void tear_down(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	cr_expect_eq(system(command), 0);
	unit_directories_finish(&directories);
}

TestSuite(unit_file, .init = set_up, .fini = tear_down);

static const char *state_of(const char *name, const struct install_options *install)
{
	struct install_links links;
	struct unit_file file;
	cr_assert_eq(unit_file_find(&directories, name, &file), 0, "%s", name);
	cr_assert_eq(install_links_read(&links, &directories), 0);
	enum unit_file_state state = unit_file_state(&directories, &links, name, &file, install);
	install_links_finish(&links);
	return unit_file_state_name(state);
}

Test(unit_file, is_found_in_order_of_precedence)
{
	struct unit_file file;
	cr_assert_eq(unit_file_find(&directories, "web.service", &file), 0);
	cr_expect_str_eq(file.path, "/usr/lib/systemd/system/web.service");
	write_file("/etc/systemd/system/web.service", "[Service]\n");
	cr_assert_eq(unit_file_find(&directories, "web.service", &file), 0);
	cr_expect_str_eq(file.path, "/etc/systemd/system/web.service");
	cr_expect_eq(unit_file_find(&directories, "none.service", &file), -ENOENT);
	cr_expect_eq(unit_file_find(&directories, "none", &file), -EINVAL);
}

Test(unit_file, of_an_instance_is_its_templates)
{
	struct unit_file file;
	cr_assert_eq(unit_file_find(&directories, "work@1.service", &file), 0);
	cr_expect_str_eq(file.name, "work@1.service");
	cr_expect_str_eq(file.path, "/usr/lib/systemd/system/work@.service");
	link_file("work@.service", "/etc/systemd/system/job@.service");
	cr_assert_eq(unit_file_find(&directories, "job@2.service", &file), 0);
	cr_expect_str_eq(file.name, "work@2.service");
}

Test(unit_file, links_lead_to_files_and_to_other_names)
{
	struct unit_file file;
	write_file("/opt/far.service", "[Service]\n");
	link_file("/opt/far.service", "/etc/systemd/system/far.service");
	cr_assert_eq(unit_file_find(&directories, "far.service", &file), 0);
	cr_expect_str_eq(file.path, "/opt/far.service");
	link_file("/usr/lib/systemd/system/web.service", "/etc/systemd/system/www.service");
	cr_assert_eq(unit_file_find(&directories, "www.service", &file), 0);
	cr_expect_str_eq(file.name, "web.service");
	cr_expect_str_eq(state_of("www.service", NULL), "alias");
	link_file("a.service", "/etc/systemd/system/b.service");
	link_file("b.service", "/etc/systemd/system/a.service");
	cr_expect_eq(unit_file_find(&directories, "a.service", &file), -ELOOP);
}

Test(unit_file, states_follow_the_links)
{
	char *wanted_by[] = { (char *)"multi-user.target", NULL }, *also[] = { (char *)"web.service", NULL };
	struct install_options install = { .wanted_by = wanted_by }, indirect = { .also = also };
	cr_expect_str_eq(state_of("web.service", NULL), "static");
	cr_expect_str_eq(state_of("web.service", &install), "disabled");
	cr_expect_str_eq(state_of("web.service", &indirect), "indirect");
	link_file("/usr/lib/systemd/system/web.service", "/run/systemd/system/multi-user.target.wants/web.service");
	cr_expect_str_eq(state_of("web.service", &install), "enabled-runtime");
	link_file("/usr/lib/systemd/system/web.service", "/etc/systemd/system/multi-user.target.wants/web.service");
	cr_expect_str_eq(state_of("web.service", &install), "enabled");
	link_file("/dev/null", "/run/systemd/system/work@.service");
	cr_expect_str_eq(state_of("work@1.service", &install), "masked-runtime");
	write_file("/etc/systemd/system/work@.service", "");
	cr_expect_str_eq(state_of("work@1.service", &install), "masked");
}

Test(unit_file, an_instance_makes_its_template_indirect)
{
	struct install_options install = { .default_instance = (char *)"one" };
	link_file("/usr/lib/systemd/system/work@.service", "/etc/systemd/system/x.target.wants/work@2.service");
	cr_expect_str_eq(state_of("work@.service", &install), "indirect");
	cr_expect_str_eq(state_of("work@2.service", &install), "enabled");
	link_file("/usr/lib/systemd/system/work@.service", "/etc/systemd/system/x.target.wants/work@one.service");
	cr_expect_str_eq(state_of("work@.service", &install), "enabled");
}

Test(unit_file, link_texts_are_taken_apart)
{
	char to[PATH_MAX], longest[2 * PATH_MAX];
	cr_assert(link_destination("/etc/systemd/system", "../../../usr//lib/./x.service", to));
	cr_expect_str_eq(to, "/usr/lib/x.service");
	cr_assert(link_destination("/a", "../../../../b", to));
	cr_expect_str_eq(to, "/b");
	cr_assert(link_destination("/a", "/b/", to));
	cr_expect_str_eq(to, "/b");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	cr_expect_not(link_destination("/a", longest, to));
}

Test(unit_file, the_first_rule_of_the_presets_decides)
{
	struct preset_rules rules;
	char *const *instances;
	write_file("/usr/lib/systemd/system-preset/90-all.preset", "disable *\n");
	write_file("/usr/lib/systemd/system-preset/50-x.preset",
		   "# no\n; no\nenable web*\nenable work@.service a b\n\nodd\n");
	write_file("/usr/lib/systemd/system-preset/ignored", "enable *\n");
	cr_assert_eq(preset_rules_read(&rules, &directories), 0);
	cr_expect(preset_enables(&rules, "web.service", NULL));
	cr_expect_not(preset_enables(&rules, "other.service", NULL));
	cr_expect(preset_enables(&rules, "work@.service", &instances));
	cr_assert_not_null(instances);
	cr_expect_str_eq(instances[1], "b");
	cr_expect(preset_enables(&rules, "work@b.service", NULL));
	cr_expect_not(preset_enables(&rules, "work@c.service", NULL));
	preset_rules_finish(&rules);
	write_file("/etc/systemd/system-preset/50-x.preset", "");
	cr_assert_eq(preset_rules_read(&rules, &directories), 0);
	cr_expect_not(preset_enables(&rules, "web.service", NULL), "a file of the same name hides it");
	preset_rules_finish(&rules);
}
