#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/condition.h"
#include "supervisor/load/condition_name.h"

static bool holds(enum condition_type type, const char *parameter)
{
	struct condition condition = { .type = (unsigned char)type, .parameter = (char *)parameter };

	return condition_holds(&condition);
}

Test(condition, looks_at_paths)
{
	cr_expect(holds(CONDITION_PATH_EXISTS, "/proc/self"));
	cr_expect_not(holds(CONDITION_PATH_EXISTS, "/nonexistent"));
	cr_expect(holds(CONDITION_PATH_EXISTS_GLOB, "/pro*"));
	cr_expect_not(holds(CONDITION_PATH_EXISTS_GLOB, "/nonexist*"));
	cr_expect(holds(CONDITION_PATH_IS_DIRECTORY, "/"));
	cr_expect_not(holds(CONDITION_PATH_IS_DIRECTORY, "/proc/version"));
	cr_expect(holds(CONDITION_PATH_IS_SYMBOLIC_LINK, "/proc/self"));
	cr_expect(holds(CONDITION_PATH_IS_MOUNT_POINT, "/proc"));
	cr_expect_not(holds(CONDITION_PATH_IS_MOUNT_POINT, "/proc/self/status"));
	cr_expect(holds(CONDITION_DIRECTORY_NOT_EMPTY, "/"));
	cr_expect_not(holds(CONDITION_DIRECTORY_NOT_EMPTY, "/nonexistent"));
	cr_expect(holds(CONDITION_FILE_NOT_EMPTY, "/etc/passwd"));
	cr_expect_not(holds(CONDITION_FILE_NOT_EMPTY, "/etc"));
	cr_expect(holds(CONDITION_FILE_IS_EXECUTABLE, "/bin/sh"));
	cr_expect_not(holds(CONDITION_FILE_IS_EXECUTABLE, "/etc/passwd"));
}

Test(condition, looks_at_the_host)
{
	cr_expect(holds(CONDITION_ARCHITECTURE, "native"));
	cr_expect_not(holds(CONDITION_ARCHITECTURE, "pdp11"));
	cr_expect(holds(CONDITION_KERNEL_VERSION, ">=3.0"));
	cr_expect(holds(CONDITION_KERNEL_VERSION, ">= 3.0 <100"));
	cr_expect_not(holds(CONDITION_KERNEL_VERSION, "<3.0"));
	cr_expect(holds(CONDITION_VERSION, ">=3.0"));
	cr_expect(holds(CONDITION_VERSION, "kernel >= 3.0"));
	cr_expect(holds(CONDITION_VERSION, "systemd >= 252"));
	cr_expect_not(holds(CONDITION_VERSION, "systemd<252"));
	cr_expect(holds(CONDITION_VERSION, "glibc>2.0"));
	cr_expect_not(holds(CONDITION_VERSION, "glibc < 2.1"));
	cr_expect(holds(CONDITION_KERNEL_MODULE_LOADED, "kernel"), "what /sys/module has without a state is built in");
	cr_expect_not(holds(CONDITION_KERNEL_MODULE_LOADED, "no-such-module"));
	cr_expect_not(holds(CONDITION_KERNEL_MODULE_LOADED, "../kernel"));
	cr_expect(holds(CONDITION_FIRST_BOOT, "n"));
	cr_expect_not(holds(CONDITION_FIRST_BOOT, "perhaps"));
	cr_expect(holds(CONDITION_MEMORY, "1M"));
	cr_expect_not(holds(CONDITION_MEMORY, "<1M"));
	cr_expect(holds(CONDITION_CPUS, ">=1"));
	cr_expect_not(holds(CONDITION_CPUS, "=0"));
	cr_expect_not(holds(CONDITION_PATH_IS_ENCRYPTED, "/"));
	setenv("SVINIT_TEST", "x", 1);
	cr_expect(holds(CONDITION_ENVIRONMENT, "SVINIT_TEST"));
	cr_expect(holds(CONDITION_ENVIRONMENT, "SVINIT_TEST=x"));
	cr_expect_not(holds(CONDITION_ENVIRONMENT, "SVINIT_TEST=y"));
	cr_expect_not(holds(CONDITION_CAPABILITY, "CAP_NONSENSE"));
	cr_expect_neq(holds(CONDITION_VIRTUALIZATION, "yes"), holds(CONDITION_VIRTUALIZATION, "no"));
}

Test(condition, combines_triggers_and_assertions)
{
	struct condition all[] = {
		{ .type = CONDITION_PATH_EXISTS, .parameter = "/" },
		{ .type = CONDITION_PATH_EXISTS, .trigger = true, .parameter = "/nonexistent" },
		{ .type = CONDITION_PATH_EXISTS, .trigger = true, .negate = true, .parameter = "/nonexistent" },
		{ .type = CONDITION_PATH_EXISTS, .assertion = true, .parameter = "/" },
	};
	struct unit_options options = { .conditions = all, .condition_count = 4 };
	char failed[64];

	cr_expect_eq(conditions_check(&options, failed, sizeof failed), CONDITIONS_HOLD);
	cr_expect_str_eq(failed, "");
	all[2].negate = false;
	cr_expect_eq(conditions_check(&options, failed, sizeof failed), CONDITIONS_SKIP);
	cr_expect_str_eq(failed, "ConditionPathExists=|/nonexistent");
	all[2].negate = true;
	all[3].negate = true;
	cr_expect_eq(conditions_check(&options, failed, sizeof failed), CONDITIONS_ASSERT_FAILED);
	cr_expect_str_eq(failed, "AssertPathExists=!/");
}

Test(condition, answers_for_every_type_and_any_parameter)
{
	static const char *const parameters[] = { "", "!", "=", "<", ">= ", "%", "/", "a b c", "18446744073709551616" };

	for (int type = 0; type < CONDITION_TYPE_COUNT; type++) {
		cr_expect_not_null(condition_key_name((enum condition_type)type, false));
		for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
			holds((enum condition_type)type, parameters[i]);
	}
}
