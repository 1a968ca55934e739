/* Restart= against every way to end, and the growth of the delay. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>

#include "supervisor/core/restart_policy.h"

/* As in the table of systemd.service(5): no, on-success, on-failure, on-abnormal, on-watchdog, on-abort, always. */
static const struct {
	enum unit_result result;
	bool restarts[RESTART_COUNT];
} rows[] = {
	{ RESULT_SUCCESS, { [RESTART_ON_SUCCESS] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_EXIT_CODE, { [RESTART_ON_FAILURE] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_SIGNAL,
	  { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ON_ABORT] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_CORE_DUMP,
	  { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ON_ABORT] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_TIMEOUT, { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_PROTOCOL, { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_OOM_KILL, { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_RESOURCES, { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_WATCHDOG,
	  { [RESTART_ON_FAILURE] = 1, [RESTART_ON_ABNORMAL] = 1, [RESTART_ON_WATCHDOG] = 1, [RESTART_ALWAYS] = 1 } },
	{ RESULT_EXEC_CONDITION, { 0 } },
};

Test(restart_policy, follows_the_table)
{
	const struct exec_status main = { .pid = 1, .code = CLD_EXITED, .status = 7 };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int restart = 0; restart < RESTART_COUNT; restart++) {
			struct service_options options = service_options_default;

			options.restart = (enum service_restart)restart;
			cr_assert_eq(restart_wanted(&options, rows[i].result, &main), rows[i].restarts[restart],
				     "result %s, Restart= %d", unit_result_name(rows[i].result), restart);
		}
	}
}

Test(restart_policy, prevent_goes_before_force_and_both_before_restart)
{
	const struct exec_status seven = { .pid = 1, .code = CLD_EXITED, .status = 7 };
	const struct exec_status killed = { .pid = 1, .code = CLD_KILLED, .status = SIGUSR1 };
	struct service_options options = service_options_default;

	options.restart = RESTART_ALWAYS;
	options.restart_prevent_exit.statuses[0] = 1 << 7;
	cr_assert_not(restart_wanted(&options, RESULT_EXIT_CODE, &seven));
	cr_assert(restart_wanted(&options, RESULT_SIGNAL, &killed));
	options.restart_force_exit.statuses[0] = 1 << 7;
	cr_assert_not(restart_wanted(&options, RESULT_EXIT_CODE, &seven));
	options.restart = RESTART_NO;
	options.restart_force_exit.signals = UINT64_C(1) << (SIGUSR1 - 1);
	cr_assert(restart_wanted(&options, RESULT_SIGNAL, &killed));
}

Test(restart_policy, the_delay_grows_geometrically_to_its_maximum)
{
	struct service_options options = service_options_default;

	options.restart_delay = USEC_PER_SEC;
	options.restart_max_delay = 1000 * USEC_PER_SEC;
	options.restart_steps = 3;
	cr_assert_eq(restart_delay(&options, 0), USEC_PER_SEC);
	cr_assert_lt(fabs((double)restart_delay(&options, 1) - 1e7), 10);
	cr_assert_lt(fabs((double)restart_delay(&options, 2) - 1e8), 100);
	cr_assert_eq(restart_delay(&options, 3), 1000 * USEC_PER_SEC);
	cr_assert_eq(restart_delay(&options, 4000000000U), 1000 * USEC_PER_SEC);
}

Test(restart_policy, the_delay_never_shrinks_nor_exceeds_its_maximum)
{
	struct service_options options = service_options_default;
	usec before = 0;

	options.restart_delay = 0;
	options.restart_max_delay = 365 * 24 * 3600 * USEC_PER_SEC;
	options.restart_steps = 1000;
	for (unsigned restarts = 0; restarts < 1100; restarts++) {
		usec delay = restart_delay(&options, restarts);

		cr_assert_geq(delay, before);
		cr_assert_leq(delay, options.restart_max_delay);
		before = delay;
	}
	cr_assert_eq(before, options.restart_max_delay);
}

Test(restart_policy, without_steps_the_delay_stays)
{
	struct service_options options = service_options_default;

	cr_assert_eq(restart_delay(&options, 50), 100 * USEC_PER_MSEC);
	options.restart_steps = 4;
	cr_assert_eq(restart_delay(&options, 50), 100 * USEC_PER_MSEC);
	options.restart_max_delay = USEC_PER_MSEC;
	cr_assert_eq(restart_delay(&options, 50), 100 * USEC_PER_MSEC);
}
