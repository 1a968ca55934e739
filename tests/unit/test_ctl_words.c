#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "ctl/words.h"

#define S(n) ((usec)(n)*USEC_PER_SEC)

Test(words, spans_show_the_two_largest_units)
{
	static const struct {
		usec span;
		const char *words;
	} cases[] = {
		{ 0, "0" },
		{ 1, "1us" },
		{ 350 * USEC_PER_MSEC, "350ms" },
		{ 1500 * USEC_PER_MSEC, "1s" },
		{ S(59), "59s" },
		{ S(60), "1min" },
		{ S(123), "2min 3s" },
		{ S(3600), "1h" },
		{ S(3605), "1h" },
		{ S(3900), "1h 5min" },
		{ S(86400), "1 day" },
		{ S(3 * 86400 + 7200), "3 days 2h" },
		{ S(8 * 86400), "1 week 1 day" },
		{ USEC_INFINITY, "infinity" },
	};
	char to[WORDS_MAX];
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		cr_expect_str_eq(words_span(to, cases[i].span), cases[i].words);
}

Test(words, ago_knows_past_and_future)
{
	char to[WORDS_MAX];
	cr_expect_str_eq(words_ago(to, S(100), S(105)), "5s ago");
	cr_expect_str_eq(words_ago(to, S(105), S(100)), "in 5s");
}

Test(words, timestamps_are_local_time)
{
	char to[WORDS_MAX];
	setenv("TZ", "UTC", 1);
	tzset();
	cr_expect_str_eq(words_timestamp(to, S(1795221308)), "Sat 2026-11-21 00:35:08 UTC");
}

Test(words, bytes_step_by_1024)
{
	char to[WORDS_MAX];
	cr_expect_str_eq(words_bytes(to, 0), "0B");
	cr_expect_str_eq(words_bytes(to, 1023), "1023B");
	cr_expect_str_eq(words_bytes(to, 1536), "1.5K");
	cr_expect_str_eq(words_bytes(to, UINT64_C(5) << 30), "5.0G");
	cr_expect_str_eq(words_bytes(to, UINT64_MAX), "15.9E");
}

Test(words, exits_are_told_as_systemctl_does)
{
	char to[WORDS_MAX];
	cr_expect_str_eq(words_exit(to, CLD_EXITED, 0), "code=exited, status=0/SUCCESS");
	cr_expect_str_eq(words_exit(to, CLD_EXITED, 203), "code=exited, status=203/EXEC");
	cr_expect_str_eq(words_exit(to, CLD_EXITED, 42), "code=exited, status=42");
	cr_expect_str_eq(words_exit(to, CLD_KILLED, SIGKILL), "code=killed, signal=KILL");
	cr_expect_str_eq(words_exit(to, CLD_DUMPED, SIGSEGV), "code=dumped, signal=SEGV");
	cr_expect_str_eq(words_exit(to, CLD_KILLED, 99), "code=killed, signal=99");
	cr_expect_str_eq(words_exit(to, 0, 0), "code=unknown");
}

Test(words, ends_name_who_is_to_blame)
{
	char to[WORDS_MAX];
	cr_expect_str_eq(words_end(to, "success", CLD_EXITED, 0), "exited with status 0/SUCCESS");
	cr_expect_str_eq(words_end(to, "exit-code", CLD_EXITED, 3), "exited with status 3/NOTIMPLEMENTED");
	cr_expect_str_eq(words_end(to, "core-dump", CLD_DUMPED, SIGSEGV), "died of its own SIGSEGV (core dumped)");
	cr_expect_str_eq(words_end(to, "signal", CLD_KILLED, SIGABRT), "died of its own SIGABRT");
	cr_expect_str_eq(words_end(to, "signal", CLD_KILLED, SIGKILL), "killed by somebody else's SIGKILL");
	cr_expect_str_eq(words_end(to, "success", CLD_KILLED, SIGTERM), "ended by SIGTERM, as a stop does");
	cr_expect_str_eq(words_end(to, "timeout", CLD_KILLED, SIGKILL), "a time-out passed and svinit ended it");
	cr_expect_str_eq(words_end(to, NULL, 0, 0), "unknown");
}
