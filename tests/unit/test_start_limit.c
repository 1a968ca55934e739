#include <criterion/criterion.h>

#include "supervisor/core/start_limit.h"

enum { INTERVAL = 1000, BURST = 3 };

static bool take(struct start_limit *limit, usec now)
{
	return start_limit_take(limit, INTERVAL, BURST, now);
}

Test(start_limit, lets_a_burst_through_and_then_no_more)
{
	struct start_limit limit = { 0 };

	cr_assert(take(&limit, 5000));
	cr_assert(take(&limit, 5000));
	cr_assert(take(&limit, 5999));
	cr_assert_not(take(&limit, 6000));
	cr_assert_eq(start_limit_open_again(&limit, INTERVAL, BURST), 6001);
	cr_assert(take(&limit, 6001));
	cr_assert(take(&limit, 6002));
	cr_assert_eq(start_limit_open_again(&limit, INTERVAL, BURST), 0);
}

Test(start_limit, can_be_switched_off)
{
	struct start_limit limit = { 0 };

	for (usec now = 0; now < 100; now++) {
		cr_assert(start_limit_take(&limit, 0, BURST, now));
		cr_assert(start_limit_take(&limit, INTERVAL, 0, now));
	}
	cr_assert_eq(start_limit_open_again(&limit, 0, BURST), 0);
}

Test(start_limit, survives_an_endless_interval)
{
	struct start_limit limit = { 0 };

	for (int i = 0; i < BURST; i++)
		cr_assert(start_limit_take(&limit, USEC_INFINITY, BURST, 1));
	cr_assert_not(start_limit_take(&limit, USEC_INFINITY, BURST, UINT64_MAX - 1));
	cr_assert_eq(start_limit_open_again(&limit, USEC_INFINITY, BURST), USEC_INFINITY);
}
