#include <criterion/criterion.h>
#include <signal.h>

#include "supervisor/core/exit_reason.h"

static const struct exit_status_set none;

Test(exit_reason, zero_is_success_and_all_else_is_not)
{
	cr_assert_eq(exit_result(CLD_EXITED, 0, true, &none), RESULT_SUCCESS);
	for (int status = 1; status < 256; status++)
		cr_assert_eq(exit_result(CLD_EXITED, status, true, &none), RESULT_EXIT_CODE);
}

Test(exit_reason, daemons_may_end_by_four_signals)
{
	static const int clean[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };

	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(exit_result(CLD_KILLED, clean[i], true, &none), RESULT_SUCCESS);
		cr_assert_eq(exit_result(CLD_KILLED, clean[i], false, &none), RESULT_SIGNAL);
	}
	cr_assert_eq(exit_result(CLD_KILLED, SIGKILL, true, &none), RESULT_SIGNAL);
	cr_assert_eq(exit_result(CLD_DUMPED, SIGSEGV, true, &none), RESULT_CORE_DUMP);
	cr_assert_eq(exit_result(0, 0, true, &none), RESULT_EXIT_CODE);
}

Test(exit_reason, success_exit_status_is_obeyed)
{
	struct exit_status_set set = { .statuses = { 0, 0, 0, UINT64_C(1) << 63 }, .signals = UINT64_C(1) << 63 };

	cr_assert_eq(exit_result(CLD_EXITED, 255, false, &set), RESULT_SUCCESS);
	cr_assert_eq(exit_result(CLD_KILLED, 64, false, &set), RESULT_SUCCESS);
	cr_assert_eq(exit_result(CLD_KILLED, 63, false, &set), RESULT_SIGNAL);
	cr_assert_not(exit_status_set_has_status(&set, 256));
	cr_assert_not(exit_status_set_has_status(&set, -1));
	cr_assert_not(exit_status_set_has_signal(&set, 0));
	cr_assert_not(exit_status_set_has_signal(&set, 65));
}

Test(exit_reason, speaks_in_words)
{
	char text[80];

	exit_describe(CLD_EXITED, 3, text, sizeof text);
	cr_assert_str_eq(text, "exited with status 3");
	exit_describe(CLD_DUMPED, SIGSEGV, text, sizeof text);
	cr_assert_str_eq(text, "was killed by signal 11 (SEGV), core dumped");
	exit_describe(CLD_KILLED, 40, text, sizeof text);
	cr_assert_str_eq(text, "was killed by signal 40");
	exit_describe(0, 0, text, sizeof text);
	cr_assert_str_eq(text, "is gone, its exit status unknown");
}
