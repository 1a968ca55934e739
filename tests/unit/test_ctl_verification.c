#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
	static const char *const names[] = { "a.service",
					     "b.service",
					     "bad.service",
					     "good.service",
					     "t@.service",
					     "good.service.d/x.conf",
					     "far.service.d/x.conf",
					     "good.service.d",
					     "far.service.d" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)remove(names[i]);
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
	cr_expect(has(findings, "warning", 2, "Requires=no-such-unit.service"));
	json_decref(findings);
}

Test(verification, accounts_and_keys_without_effect_are_told)
{
	write_file("bad.service", "[Service]\nUser=no-such-user\nRestrictFileSystems=yes\nExecStart=/bin/true\n");
	json_t *findings = verification_run((char *[]){ "bad.service" }, 1);
	cr_expect(has(findings, "warning", 2, "User=no-such-user"));
	cr_expect(has(findings, "warning", 3, "RestrictFileSystems=") ||
		  has(findings, "note", 3, "RestrictFileSystems="));
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
	cr_expect(strstr(json_string_value(json_object_get(finding, "text")), "there is no such file"));
	json_decref(findings);
}

static size_t count(char *const *arguments, size_t number, const char *severity)
{
	json_t *findings = verification_run(arguments, number), *finding;
	size_t i, counted = 0;
	json_array_foreach(findings, i, finding)
		counted += strcmp(json_string_value(json_object_get(finding, "severity")), severity) == 0;
	json_decref(findings);
	return counted;
}

Test(verification, a_directory_a_pattern_and_names_stand_for_units)
{
	write_file("good.service", "[Service]\nExecStart=/bin/true\n");
	write_file("bad.service", "[Service]\nExecStart=/no/such\n");
	write_file("t@.service", "[Service]\nExecStart=/no/such/x%i\n");
	cr_expect_eq(count((char *[]){ "." }, 1, "warning"), 2);
	cr_expect_eq(count((char *[]){ "*.service" }, 1, "warning"), 2);
	cr_expect_eq(count((char *[]){ "[ab]*.service" }, 1, "warning"), 1);
	json_t *findings = verification_run((char *[]){ "./t@one.service" }, 1);
	cr_expect(has(findings, "warning", 2, "the program /no/such/xone does not exist"));
	json_decref(findings);
	findings = verification_run((char *[]){ "./goood.service" }, 1);
	cr_expect(has(findings, "error", 0, "did you mean good.service?"));
	json_decref(findings);
}

Test(verification, a_drop_in_stands_for_its_unit)
{
	write_file("good.service", "[Service]\nExecStart=/bin/true\n");
	cr_assert_eq(mkdir("good.service.d", 0755), 0);
	write_file("good.service.d/x.conf", "[Service]\n\nUser=no-such-user\n");
	json_t *findings = verification_run((char *[]){ "good.service.d/x.conf" }, 1);
	const json_t *finding = json_array_get(findings, 0);
	cr_assert_eq(json_array_size(findings), 1);
	cr_expect(strstr(json_string_value(json_object_get(finding, "path")), "good.service.d/x.conf"));
	cr_expect_eq(json_integer_value(json_object_get(finding, "line")), 3);
	cr_expect_eq(json_integer_value(json_object_get(finding, "column")), 6);
	json_decref(findings);
	/* Read once with its unit, not once more for itself. */
	cr_expect_eq(count((char *[]){ "." }, 1, "warning"), 1);
	cr_assert_eq(mkdir("far.service.d", 0755), 0);
	write_file("far.service.d/x.conf", "[Service]\nUser=no-such-user\n");
	cr_expect_eq(count((char *[]){ "." }, 1, "error"), 1);
}
