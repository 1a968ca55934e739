#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/verify.h"

static char findings[4096];

static void report(void *context, const struct diagnostic *diagnostic)
{
	size_t length = strlen(findings);

	(void)context;
	snprintf(findings + length, sizeof findings - length, "%u:%d:%s\n", diagnostic->line, diagnostic->severity,
		 diagnostic->text);
}

static int verify(const char *text)
{
	char path[] = "/tmp/svinit-verify-XXXXXX.service";
	struct loader_settings settings = { .report = report };
	struct loader *loader;
	struct cause cause = { 0 };
	int fd = mkstemps(path, 8);

	findings[0] = '\0';
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	cr_assert_eq(loader_create(&settings, &loader), 0);
	int count = verify_file(loader, path, NULL, &cause);
	loader_destroy(loader);
	unlink(path);
	return count;
}

Test(verify, finds_nothing_in_a_good_file)
{
	cr_expect_eq(verify("[Service]\nExecStart=/bin/sh -c true\nUser=root\nGroup=root\nWorkingDirectory=/\n"), 0);
	cr_expect_str_eq(findings, "");
}

Test(verify, names_what_is_missing)
{
	cr_expect_eq(verify("[Service]\nExecStartPre=no-such-program\nExecStart=/nonexistent/program\n"
			    "ExecReload=/etc/passwd\nUser=rooot\nGroup=nogroupofthisname\n"
			    "EnvironmentFile=/nonexistent/env\nWorkingDirectory=/nonexistent\n"),
		     7);
	cr_expect_not_null(strstr(findings, "2:1:no program no-such-program"));
	cr_expect_not_null(strstr(findings, "3:1:the program /nonexistent/program does not exist"));
	cr_expect_not_null(strstr(findings, "4:1:/etc/passwd is not executable"));
	cr_expect_not_null(strstr(findings, "did you mean root?"));
}

Test(verify, explains_each_key_that_does_not_simply_hold)
{
	cr_expect_eq(verify("[Service]\nExecStart=/bin/true\nRestrictFileSystems=ext4\nReadWriteDirectories=/"
			    "x\nTimeoutCleanSec=5\n"
			    "StartLimitBurst=3\nPrivateDevices=no\n"),
		     0, "notes are no faults");
	cr_expect_not_null(strstr(findings, "3:2:RestrictFileSystems= is known, but not enforced here"));
	cr_expect_not_null(strstr(findings, "ReadWritePaths= is its name now"));
	cr_expect_not_null(strstr(findings, "5:2:TimeoutCleanSec= is ignored"));
	cr_expect_not_null(strstr(findings, "6:2:StartLimitBurst= is an old name: it belongs in [Unit] now"));
	cr_expect_null(strstr(findings, "PrivateDevices"));
}

Test(verify, refuses_files_without_a_name_of_a_unit)
{
	struct loader_settings settings = { .report = report };
	struct loader *loader;
	struct cause cause = { 0 };

	cr_assert_eq(loader_create(&settings, &loader), 0);
	cr_expect_eq(verify_file(loader, "/etc/passwd", NULL, &cause), -EINVAL);
	cr_expect_not_null(strstr(cause.text, "/etc/passwd"));
	loader_destroy(loader);
}
