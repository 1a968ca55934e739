/* Search path, drop-ins, aliases, templates, masks and links, in a tree of directories made for each test. */
#include <criterion/criterion.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/load/loader.h"

static char root[64], etc[96], run[96], lib[96];
static char *directories[] = { etc, run, lib, NULL };
static struct loader *loader;

static void set_up(void)
{
	strcpy(root, "/tmp/svinit-load-XXXXXX");
	cr_assert_not_null(mkdtemp(root));
	snprintf(etc, sizeof etc, "%s/etc", root);
	snprintf(run, sizeof run, "%s/run", root);
	snprintf(lib, sizeof lib, "%s/lib", root);
	struct loader_settings settings = { .directories = directories, .runtime_directory = "/run" };
	for (char **directory = directories; *directory; directory++)
		cr_assert_eq(mkdir(*directory, 0755), 0);
	cr_assert_eq(loader_create(&settings, &loader), 0);
}

static void tear_down(void)
{
	char command[128];

	loader_destroy(loader);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	cr_expect_eq(system(command), 0);
}

TestSuite(loader, .init = set_up, .fini = tear_down);

static void put(const char *directory, const char *name, const char *text)
{
	char path[512];
	char *slash;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file, "%s", path);
	fputs(text, file);
	fclose(file);
}

static void put_link(const char *directory, const char *name, const char *target)
{
	char path[512];
	char *slash;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	cr_assert_eq(symlink(target, path), 0);
}

static struct unit_definition *load(const char *name)
{
	struct unit_definition *definition = NULL;
	struct cause cause = { 0 };

	cr_assert_eq(loader_load(loader, name, &definition, &cause), 0, "%s", cause.text);
	return definition;
}

static bool depends(const struct unit_definition *definition, enum dependency_kind kind, const char *name)
{
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (definition->dependencies[i].kind == kind && strcmp(definition->dependencies[i].name, name) == 0)
			return true;
	return false;
}

Test(loader, takes_the_directory_of_highest_precedence)
{
	put(lib, "a.service", "[Unit]\nDescription=lib\n[Service]\nExecStart=/bin/a\n");
	put(run, "a.service", "[Unit]\nDescription=run\n[Service]\nExecStart=/bin/a\n");
	struct unit_definition *definition = load("a.service");
	cr_expect_str_eq(definition->description, "run");
	unit_definition_release(definition);
	put(etc, "a.service", "[Unit]\nDescription=etc\n[Service]\nExecStart=/bin/a\n");
	definition = load("a.service");
	cr_expect_str_eq(definition->description, "etc");
	unit_definition_release(definition);
}

Test(loader, applies_drop_ins_in_the_order_of_their_names)
{
	put(lib, "a-b-c.service", "[Service]\nExecStart=/bin/a\nEnvironment=X=0\n");
	put(lib, "a-b-c.service.d/20-x.conf", "[Service]\nEnvironment=X=20\nEnvironment=ORDER=lib\n");
	put(etc, "a-.service.d/10-x.conf", "[Service]\nEnvironment=X=10\n");
	put(run, "a-b-.service.d/30-x.conf", "[Service]\nEnvironment=X=30\n");
	put(etc, "service.d/05-all.conf", "[Service]\nEnvironment=ALL=1\n");
	put(lib, "a-b-c.service.d/masked.conf", "[Service]\nEnvironment=MASKED=1\n");
	put_link(etc, "a-b-c.service.d/masked.conf", "/dev/null");
	put(etc, "a-b-c.service.d/not-a-drop-in", "[Service]\nEnvironment=NO=1\n");
	struct unit_definition *definition = load("a-b-c.service");
	char **environment = definition->service->exec->environment;
	cr_expect(string_list_contains(environment, "X=30"));
	cr_expect(string_list_contains(environment, "ORDER=lib"));
	cr_expect(string_list_contains(environment, "ALL=1"));
	cr_expect_eq(string_list_length(environment), 3);
	cr_expect_eq(string_list_length(definition->drop_in_paths), 4);
	unit_definition_release(definition);
}

Test(loader, fills_templates)
{
	put(lib, "w@.service", "[Unit]\nDescription=%i of %p\nAfter=db@.service\n[Service]\nExecStart=/bin/w %I\n");
	put(etc, "w@.service.d/a.conf", "[Service]\nEnvironment=ALL=1\n");
	put(etc, "w@one.service.d/b.conf", "[Service]\nEnvironment=ONE=1\n");
	struct unit_definition *one = load("w@one.service"), *two = load("w@two-x.service");
	cr_expect_str_eq(one->description, "one of w");
	cr_expect(depends(one, DEPENDENCY_AFTER, "db@one.service"));
	cr_expect_eq(string_list_length(one->service->exec->environment), 2);
	cr_expect_eq(string_list_length(two->service->exec->environment), 1);
	cr_expect_str_eq(two->service->phases[EXEC_START].commands[0].argv[1], "two/x");
	cr_expect_neq(one->content_hash, two->content_hash);
	unit_definition_release(one);
	unit_definition_release(two);
	struct unit_definition *definition;
	struct cause cause;
	cr_expect_eq(loader_load(loader, "w@.service", &definition, &cause), -EINVAL);
	cr_expect_eq(loader_load(loader, "nonsense", &definition, &cause), -EINVAL);
}

Test(loader, follows_aliases)
{
	put(lib, "real.service", "[Service]\nExecStart=/bin/real\n");
	put_link(etc, "alias.service", "../lib/real.service");
	put_link(etc, "second.service", "alias.service");
	put(etc, "alias.service.d/x.conf", "[Service]\nEnvironment=A=1\n");
	struct unit_definition *real = load("real.service"), *second = load("second.service");
	cr_expect_str_eq(second->name, "real.service");
	cr_expect(string_list_contains(real->aliases, "alias.service"));
	cr_expect(string_list_contains(real->aliases, "second.service"));
	cr_expect_eq(real->content_hash, second->content_hash);
	cr_expect_eq(string_list_length(real->service->exec->environment), 1, "a drop-in of an alias counts");
	unit_definition_release(real);
	unit_definition_release(second);
	put_link(etc, "loop.service", "pool.service");
	put_link(etc, "pool.service", "loop.service");
	struct unit_definition *loop = load("loop.service");
	cr_expect_eq(loop->load_state, LOAD_STATE_ERROR);
	unit_definition_release(loop);
}

Test(loader, carries_instances_through_template_aliases)
{
	put(lib, "getty@.service", "[Service]\nExecStart=/bin/getty %i\n");
	put_link(lib, "autovt@.service", "getty@.service");
	struct unit_definition *definition = load("autovt@tty2.service");
	cr_expect_str_eq(definition->name, "getty@tty2.service");
	cr_expect_str_eq(definition->service->phases[EXEC_START].commands[0].argv[1], "tty2");
	unit_definition_release(definition);
}

Test(loader, sees_masks_and_missing_files)
{
	put_link(etc, "m.service", "/dev/null");
	put(lib, "m.service", "[Service]\nExecStart=/bin/m\n");
	put(etc, "empty.service", "");
	put_link(etc, "dangling.service", "/nonexistent/dangling.service");
	static const struct {
		const char *name;
		enum load_state state;
	} cases[] = { { "m.service", LOAD_STATE_MASKED },
		      { "empty.service", LOAD_STATE_MASKED },
		      { "dangling.service", LOAD_STATE_NOT_FOUND },
		      { "missing.service", LOAD_STATE_NOT_FOUND } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct unit_definition *definition = load(cases[i].name);
		cr_expect_eq(definition->load_state, cases[i].state, "%s", cases[i].name);
		unit_definition_release(definition);
	}
}

Test(loader, says_what_is_wrong_with_a_file)
{
	char path[160];

	snprintf(path, sizeof path, "%s/d.service", etc);
	cr_assert_eq(mkdir(path, 0755), 0);
	struct unit_definition *definition = load("d.service");
	cr_expect_eq(definition->load_state, LOAD_STATE_ERROR);
	cr_expect_not_null(strstr(definition->load_error, "is a directory"));
	unit_definition_release(definition);
}

Test(loader, takes_wants_requires_and_upholds_from_links)
{
	put(lib, "t.target", "[Unit]\nDescription=t\n");
	put(lib, "a@.service", "[Service]\nExecStart=/bin/a\n");
	put_link(etc, "t.target.wants/w.service", "../w.service");
	put_link(lib, "t.target.wants/a@x.service", "../a@.service");
	put_link(etc, "t.target.requires/r.service", "../r.service");
	put_link(etc, "t.target.upholds/u.service", "../u.service");
	put_link(etc, "t.target.wants/masked.service", "/dev/null");
	struct unit_definition *definition = load("t.target");
	cr_expect(depends(definition, DEPENDENCY_WANTS, "w.service"));
	cr_expect(depends(definition, DEPENDENCY_AFTER, "w.service"), "a target comes behind what it wants");
	cr_expect(depends(definition, DEPENDENCY_WANTS, "a@x.service"));
	cr_expect(depends(definition, DEPENDENCY_REQUIRES, "r.service"));
	cr_expect(depends(definition, DEPENDENCY_UPHOLDS, "u.service"));
	cr_expect_not(depends(definition, DEPENDENCY_WANTS, "masked.service"));
	unit_definition_release(definition);
}

Test(loader, hashes_what_it_read)
{
	put(lib, "h.service", "[Service]\nExecStart=/bin/h\n");
	struct unit_definition *first = load("h.service"), *second = load("h.service");
	cr_expect_eq(first->content_hash, second->content_hash);
	put(etc, "h.service.d/x.conf", "[Service]\nNice=1\n");
	struct unit_definition *third = load("h.service");
	cr_expect_neq(first->content_hash, third->content_hash);
	put_link(etc, "h.service.wants/i.service", "../i.service");
	struct unit_definition *fourth = load("h.service");
	cr_expect_neq(third->content_hash, fourth->content_hash);
	unit_definition_release(first);
	unit_definition_release(second);
	unit_definition_release(third);
	unit_definition_release(fourth);
}

Test(loader, shares_the_defaults)
{
	put(lib, "s.service", "[Service]\nExecStart=/bin/s\n");
	struct unit_definition *definition = load("s.service");
	cr_expect_eq(definition->options, &unit_options_default);
	cr_expect_eq(definition->service->options, &service_options_default);
	cr_expect_eq(definition->service->exec, &exec_options_default);
	unit_definition_release(definition);
}

Test(loader, has_the_targets_that_everybody_counts_on)
{
	static const char *const names[] = { "default.target",       "basic.target",   "sysinit.target",
					     "multi-user.target",    "network.target", "sockets.target",
					     "shutdown.target",      "reboot.target",  "local-fs.target",
					     "network-online.target" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct unit_definition *definition = load(names[i]);
		cr_expect_eq(definition->load_state, LOAD_STATE_LOADED, "%s", names[i]);
		unit_definition_release(definition);
	}
	struct unit_definition *multi_user = load("multi-user.target");
	cr_expect(depends(multi_user, DEPENDENCY_REQUIRES, "basic.target"));
	cr_expect(depends(multi_user, DEPENDENCY_AFTER, "basic.target"));
	cr_expect(depends(multi_user, DEPENDENCY_CONFLICTS, "shutdown.target"));
	unit_definition_release(multi_user);
}

Test(loader, lists_what_a_run_directory_starts)
{
	char **names;
	struct cause cause;

	put(etc, "b.service", "[Service]\nExecStart=/bin/b\n");
	put(etc, "a.service", "[Service]\nExecStart=/bin/a\n");
	put(etc, "t@.service", "[Service]\nExecStart=/bin/t\n");
	put(etc, "empty.service", "");
	put(etc, "README", "text");
	put(etc, "a.service.d/x.conf", "");
	put_link(etc, "m.service", "/dev/null");
	put_link(etc, "i@1.service", "/nonexistent");
	cr_assert_eq(loader_list_directory(etc, &names, &cause), 0);
	cr_expect_eq(string_list_length(names), 2);
	cr_expect_str_eq(names[0], "a.service");
	cr_expect_str_eq(names[1], "b.service");
	string_list_free(names);
	cr_expect_eq(loader_list_directory("/nonexistent", &names, &cause), -ENOENT);
	cr_expect_not_null(strstr(cause.text, "/nonexistent"));
	cr_assert_eq(loader_suggest(loader, "bb.service", &names), 0);
	cr_expect(string_list_contains(names, "b.service"));
	string_list_free(names);
}

Test(loader, survives_ten_thousand_wishes)
{
	char path[512];

	snprintf(path, sizeof path, "%s/default.target.wants", etc);
	cr_assert_eq(mkdir(path, 0755), 0);
	for (int i = 0; i < 10000; i++) {
		snprintf(path, sizeof path, "%s/default.target.wants/u%d.service", etc, i);
		cr_assert_eq(symlink("/x", path), 0);
	}
	struct unit_definition *definition = load("default.target");
	cr_expect_geq(definition->dependency_count, 20000);
	unit_definition_release(definition);
}

/* A tree as packages leave it. */
static struct unit_definition *load_packaged(const char *name, const char *text)
{
	char system[512];
	char *only[] = { system, NULL };
	struct loader_settings settings = { .directories = only, .runtime_directory = "/run" };
	struct unit_definition *definition;
	struct loader *packaged;
	struct cause cause = { 0 };

	put(lib, "systemd/x", "");
	snprintf(system, sizeof system, "%s/systemd/system", lib);
	mkdir(system, 0755);
	if (text)
		put(system, name, text);
	cr_assert_eq(loader_create(&settings, &packaged), 0);
	cr_assert_eq(loader_load(packaged, name, &definition, &cause), 0, "%s", cause.text);
	loader_destroy(packaged);
	return definition;
}

static void expect_left_out(const char *name, const char *text, bool left_out)
{
	struct unit_definition *definition = load_packaged(name, text);

	cr_expect_eq(definition->left_out, left_out, "%s", name);
	cr_expect_eq(definition->load_state == LOAD_STATE_MASKED, left_out, "%s", name);
	cr_expect_eq(definition->load_error && strstr(definition->load_error, "left out"), left_out, "%s", name);
	unit_definition_release(definition);
}

Test(loader, leaves_out_what_belongs_to_systemd)
{
	expect_left_out("systemd-logind.service", "[Service]\nExecStart=/lib/systemd/systemd-logind\n", true);
	expect_left_out("syslog.socket", "[Socket]\nListenDatagram=/run/x\n", true);
	expect_left_out("dbus-org.freedesktop.login1.service", "[Service]\nExecStart=/bin/x\n", true);
	expect_left_out("rescue.service", "[Service]\nExecStart=-/lib/systemd/systemd-sulogin-shell rescue\n", true);
	expect_left_out("user@1000.service", NULL, true);
	expect_left_out("systemd-tmpfiles-setup.service", "[Service]\nType=oneshot\nExecStart=systemd-tmpfiles\n",
			false);
	expect_left_out("dbus-org.freedesktop.Avahi.service", "[Service]\nExecStart=/bin/avahi\n", false);
	expect_left_out("cron.service", "[Service]\nExecStart=/usr/sbin/cron\n", false);
	put(etc, "systemd-mine.service", "[Service]\nExecStart=/bin/x\n");
	struct unit_definition *own = load("systemd-mine.service");
	cr_expect_not(own->left_out, "what the administrator has written is his");
	unit_definition_release(own);
}

Test(loader, builds_in_what_a_package_leaves_to_systemd)
{
	static const char packaged[] = "[Unit]\nDefaultDependencies=no\nRequires=systemd-poweroff.service\n";
	struct unit_definition *target = load_packaged("poweroff.target", packaged);

	cr_expect_eq(target->options->success_action, EMERGENCY_ACTION_POWEROFF_FORCE);
	unit_definition_release(target);
	put(etc, "poweroff.target", packaged);
	target = load("poweroff.target");
	cr_expect_eq(target->options->success_action, EMERGENCY_ACTION_NONE);
	unit_definition_release(target);
}

Test(loader, a_device_is_up_when_its_file_is_there)
{
	struct unit_definition *device = load("dev-ttyS0.device");

	cr_expect_eq(device->load_state, LOAD_STATE_LOADED);
	cr_assert_eq(device->options->condition_count, 1);
	cr_expect(device->options->conditions[0].assertion);
	cr_expect_str_eq(device->options->conditions[0].parameter, "/dev/ttyS0");
	unit_definition_release(device);
}

Test(loader, paths_depend_on_the_mount_units_that_are_there)
{
	put(etc, "srv-data.mount", "[Mount]\nWhat=/dev/x\nWhere=/srv/data\n");
	put(etc, "a.service",
	    "[Unit]\nRequiresMountsFor=/srv/data/x /var\nWantsMountsFor=relative\n[Service]\nExecStart=/bin/a\n");
	struct unit_definition *service = load("a.service");
	cr_expect(depends(service, DEPENDENCY_REQUIRES, "srv-data.mount"));
	cr_expect(depends(service, DEPENDENCY_AFTER, "srv-data.mount"));
	cr_expect_not(depends(service, DEPENDENCY_REQUIRES, "srv.mount"), "there is no such unit");
	cr_expect_not(depends(service, DEPENDENCY_REQUIRES, "var.mount"));
	unit_definition_release(service);
	struct unit_definition *mount = load("srv-data.mount");
	cr_assert_eq(mount->options->condition_count, 1);
	cr_expect_eq(mount->options->conditions[0].type, CONDITION_PATH_IS_MOUNT_POINT);
	cr_expect_str_eq(mount->options->conditions[0].parameter, "/srv/data");
	unit_definition_release(mount);
}

Test(loader, units_with_the_same_settings_share_them)
{
	put(etc, "a.service", "[Service]\nExecStart=/bin/a\nRestart=always\n");
	put(etc, "b.service", "[Service]\nExecStart=/bin/b\nRestart=always\n");
	put(etc, "c.service", "[Service]\nExecStart=/bin/c\nRestart=always\nPIDFile=/run/c\n");
	put(etc, "d.service", "[Service]\nExecStart=/bin/d\nRestart=always\nRestartSec=7\n");
	struct unit_definition *a = load("a.service"), *b = load("b.service"), *c = load("c.service"),
			       *d = load("d.service");
	cr_expect_eq(a->service->options, b->service->options);
	cr_expect_neq(a->service->options, c->service->options, "it has a string of its own");
	cr_expect_neq(a->service->options, d->service->options);
	unit_definition_release(a);
	struct service_options *own = unit_definition_own_service_options(b);
	cr_expect_eq(own->restart, RESTART_ALWAYS);
	own->restart = RESTART_NO;
	struct unit_definition *again = load("a.service");
	cr_expect_eq(again->service->options->restart, RESTART_ALWAYS);
	cr_expect_eq(b->service->options->restart, RESTART_NO);
	unit_definition_release(again);
	unit_definition_release(b);
	unit_definition_release(c);
	unit_definition_release(d);
}
