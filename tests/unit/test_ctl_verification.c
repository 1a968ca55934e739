#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/verification.h"

static char directory[] = "/tmp/test-verification-XXXXXX";

static void enter(void)
{
	cr_assert_not_null(mkdtemp(directory));
	cr_assert_eq(chdir(directory), 0);
}

static void leave(void)
{
	static const char *const names[] = { "a.service", "b.service", "bad.service", "good.service" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)unlink(names[i]);
	(void)rmdir(directory);
}

TestSuite(verification, .init = enter, .fini = leave);

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

/* Whether there is a finding of that severity, at that line (0: none), with these words. */
static bool has(const json_t *findings, const char *severity, json_int_t line, const char *words)
{
	const json_t *finding;
	size_t i;
	json_array_foreach(findings, i, finding) {
		const char *text = json_string_value(json_object_get(finding, "text"));
		if (strcmp(json_string_value(json_object_get(finding, "severity")), severity) == 0 &&
		    json_integer_value(json_object_get(finding, "line")) == line && strstr(text, words))
			return true;
	}
	return false;
}

Test(verification, a_good_file_has_no_findings)
{
	write_file("good.service", "[Service]\nExecStart=/bin/true\n");
	json_t *findings = verification_run((char *[]){ "good.service" }, 1);
	cr_expect_eq(json_array_size(findings), 0);
	json_decref(findings);
}

Test(verification, findings_have_their_line)
{
	write_file("bad.service",
		   "[Unit]\nRequires=no-such-unit.service\n[Service]\nExec=x\nExecStart=/no/such/program\n");
	json_t *findings = verification_run((char *[]){ "bad.service" }, 1);
	cr_expect(has(findings, "warning", 4, "Exec="));
	cr_expect(has(findings, "warning", 5, "/no/such/program does not exist"));
	cr_expect(has(findings, "warning", 0, "Requires=no-such-unit.service"));
	json_decref(findings);
}

Test(verification, accounts_and_keys_without_effect_are_told)
{
	write_file("bad.service", "[Service]\nUser=no-such-user\nPrivateTmp=yes\nExecStart=/bin/true\n");
	json_t *findings = verification_run((char *[]){ "bad.service" }, 1);
	cr_expect(has(findings, "warning", 0, "User=no-such-user"));
	cr_expect(has(findings, "warning", 3, "PrivateTmp=") || has(findings, "note", 3, "PrivateTmp="));
	json_decref(findings);
}

Test(verification, a_cycle_of_other_units_is_no_finding)
{
	write_file("a.service", "[Unit]\nAfter=b.service\nRequires=b.service\n[Service]\nExecStart=/bin/true\n");
	write_file("b.service", "[Unit]\nAfter=a.service\nRequires=a.service\n[Service]\nExecStart=/bin/true\n");
	write_file("good.service", "[Unit]\nWants=a.service\n[Service]\nExecStart=/bin/true\n");
	json_t *findings = verification_run((char *[]){ "good.service" }, 1);
	cr_expect_eq(json_array_size(findings), 0);
	json_decref(findings);
}

Test(verification, a_cycle_through_another_file_is_found)
{
	write_file("a.service", "[Unit]\nAfter=b.service\nRequires=b.service\n[Service]\nExecStart=/bin/true\n");
	write_file("b.service", "[Unit]\nAfter=a.service\nRequires=a.service\n[Service]\nExecStart=/bin/true\n");
	json_t *findings = verification_run((char *[]){ "a.service" }, 1);
	cr_expect(has(findings, "error", 0, "cycle"));
	json_decref(findings);
}

Test(verification, a_missing_file_is_an_error)
{
	json_t *findings = verification_run((char *[]){ "good.service" }, 1);
	cr_expect_eq(json_array_size(findings), 1);
	const json_t *finding = json_array_get(findings, 0);
	cr_expect_str_eq(json_string_value(json_object_get(finding, "severity")), "error");
	cr_expect_str_eq(json_string_value(json_object_get(finding, "path")), "good.service");
	cr_expect_str_eq(json_string_value(json_object_get(finding, "text")), "No such file or directory");
	json_decref(findings);
}
