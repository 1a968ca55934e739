#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/permission.h"

static char path[64];

static void write_grants(const char *text)
{
	int fd;

	strcpy(path, "/tmp/test-permission-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fchmod(fd, 0644), 0);
	close(fd);
}

static int read_grants(const char *text, struct permission_list *list, struct cause *cause)
{
	int error;

	write_grants(text);
	error = permission_list_read(list, path, cause);
	unlink(path);
	return error;
}

static const gid_t groups[] = { 5001, 5002 };
static const struct permission_peer stranger = { .uid = 4001, .gid = 4001 };
static const struct permission_peer member = { .uid = 4002, .gid = 4002, .groups = groups, .group_count = 2 };

Test(permission, root_and_we_ourselves_may_do_everything)
{
	struct permission_list none = { 0 };
	struct permission_peer root = { .uid = 0 }, self = { .uid = geteuid() };

	cr_assert(permission_allows(&none, &root, "Shutdown", false, NULL));
	cr_assert(permission_allows(&none, &self, "Start", false, "a.service"));
	cr_assert_not(permission_allows(&none, &stranger, "List", true, "a.service"));
	cr_assert_not(permission_knows(&none, &stranger));
	cr_assert_not(permission_allows_somewhere(&none, &stranger, "List", true));
}

Test(permission, a_grant_holds_for_its_methods_units_and_people_alone)
{
	struct permission_list list = { 0 };
	struct cause cause = { 0 };

	cr_assert_eq(read_grants("# who may do what\n[Other]\nAllow=nonsense\n\n[Control]\n"
				 "Allow=Start,Stop web*.service user:4001\n  Allow = read * group:5002\n",
				 &list, &cause),
		     0, "%s", cause.text);
	cr_assert_eq(list.count, 2);
	cr_assert(permission_allows(&list, &stranger, "Start", false, "web1.service"));
	cr_assert(permission_allows(&list, &stranger, "Stop", false, "web.service"));
	cr_assert_not(permission_allows(&list, &stranger, "Restart", false, "web.service"));
	cr_assert_not(permission_allows(&list, &stranger, "Start", false, "db.service"));
	cr_assert_not(permission_allows(&list, &stranger, "Start", false, NULL));
	cr_assert(permission_allows_somewhere(&list, &stranger, "Start", false));
	cr_assert_not(permission_allows(&list, &stranger, "List", true, "web.service"));
	cr_assert(permission_allows(&list, &member, "List", true, "db.service"));
	cr_assert(permission_allows(&list, &member, "SystemState", true, NULL));
	cr_assert_not(permission_allows(&list, &member, "Start", false, "web.service"));
	cr_assert_not(permission_allows(&list, &member, "Sta", false, "web.service"));
	permission_list_finish(&list);
}

Test(permission, a_bad_line_is_named)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "[Control]\n\nAllow=Start\n", ":3:" },
		{ "[Control]\nAllow=Start * root\n", "neither user:NAME nor group:NAME" },
		{ "[Control]\nAllow=Start * user:nobody-of-this-name\n", ":2:" },
		{ "[Control]\nDeny=Start * user:0\n", "unknown key" },
		{ "[Control]\nAllow=Start * user:0 group:0\n", ":2:" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct permission_list list = { 0 };
		struct cause cause = { 0 };

		cr_expect_lt(read_grants(cases[i].text, &list, &cause), 0, "%s", cases[i].text);
		cr_expect_not_null(strstr(cause.text, cases[i].words), "%s", cause.text);
		cr_expect_eq(list.count, 0);
		permission_list_finish(&list);
	}
}

Test(permission, hostile_files_are_refused)
{
	struct permission_list list = { 0 };
	char *text = malloc(70000);
	struct cause cause = { 0 };

	memset(text, 'x', 69999);
	text[69999] = '\0';
	cr_assert_lt(read_grants(text, &list, &cause), 0);
	text[5000] = '\0';
	cr_assert_lt(read_grants(text, &list, &cause), 0);
	cr_assert_not_null(strstr(cause.text, ":1:"));
	free(text);
	cr_assert_eq(permission_list_read(&list, "/nonexistent/svinit.conf", &cause), 0);
	cr_assert_lt(permission_list_read(&list, "/tmp", &cause), 0);
	write_grants("[Control]\nAllow=* * user:4001\n");
	cr_assert_eq(chmod(path, 0666), 0);
	cr_assert_eq(permission_list_read(&list, path, &cause), -EPERM);
	unlink(path);
	cr_assert_eq(list.count, 0);
}

Test(permission, grants_are_bounded)
{
	struct permission_list list = { 0 };
	struct cause cause = { 0 };

	for (int i = 0; i < PERMISSION_GRANTS_MAX; i++)
		cr_assert_eq(permission_list_add(&list, "Start a.service user:4001", &cause), 0);
	cr_assert_eq(permission_list_add(&list, "Start a.service user:4001", &cause), -E2BIG);
	permission_list_finish(&list);
}
