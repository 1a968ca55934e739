/* Values as users write them: time spans, sizes, booleans, signals, exit statuses, near names. */
#include <criterion/criterion.h>

#include <errno.h>
#include <signal.h>

#include "common/exit_status_name.h"
#include "common/parse.h"
#include "common/signal_name.h"
#include "common/suggest.h"
#include "common/time_span.h"

Test(values, read_time_spans)
{
	static const struct {
		const char *text;
		usec span;
	} good[] = {
		{ "90", 90000000 },
		{ "1.5", 1500000 },
		{ "1min 30s", 90000000 },
		{ "2 h", 7200000000 },
		{ "5ms", 5000 },
		{ "1h30min", 5400000000 },
		{ "infinity", USEC_INFINITY },
		{ " 10us ", 10 },
		{ "0", 0 },
		{ "1month", 2629800000000 },
		{ "1y", 31557600000000 },
		{ "3µs", 3 },
		{ "55s500ms", 55500000 },
		{ "999ns", 0 },
		{ ".5", 500000 },
	};
	static const char *const bad[] = { "", " ", "abc", "-1", "1 parsec", "1..5", "5,5", "infinity2", "1s x" };
	usec span;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		cr_expect_eq(time_span_parse(good[i].text, USEC_PER_SEC, &span), 0, "%s", good[i].text);
		cr_expect_eq(span, good[i].span, "%s is %lu", good[i].text, (unsigned long)span);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_lt(time_span_parse(bad[i], USEC_PER_SEC, &span), 0, "%s", bad[i]);
	cr_expect_eq(time_span_parse("99999999999999999999", USEC_PER_SEC, &span), -ERANGE);
	cr_expect_eq(time_span_parse("600000y", USEC_PER_SEC, &span), -ERANGE);
}

Test(values, write_time_spans_that_read_back)
{
	static const usec spans[] = { 0, 1, 1500, 90000000, 7200000000, 31557600000000, 86400000001, USEC_INFINITY };
	char text[TIME_SPAN_TEXT_MAX];
	usec back;

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		time_span_format(spans[i], 1, text, sizeof text);
		cr_expect_eq(time_span_parse(text, USEC_PER_SEC, &back), 0, "%s", text);
		cr_expect_eq(back, spans[i], "%s", text);
	}
	cr_expect_str_eq(time_span_format(90000000, 1, text, sizeof text), "1min 30s");
	cr_expect_str_eq(time_span_format(61500000, USEC_PER_SEC, text, sizeof text), "1min 1s");
	cr_expect_str_eq(time_span_format(1500, USEC_PER_SEC, text, sizeof text), "1ms");
}

Test(values, read_numbers_within_their_bounds)
{
	uint64_t number;
	int64_t with_sign;
	mode_t mode;
	bool truth = false;

	cr_expect_eq(parse_unsigned("0x10", 100, &number), 0);
	cr_expect_eq(number, 16);
	cr_expect_eq(parse_unsigned("101", 100, &number), -ERANGE);
	cr_expect_eq(parse_unsigned("18446744073709551616", UINT64_MAX, &number), -ERANGE);
	cr_expect_eq(parse_unsigned("", 100, &number), -EINVAL);
	cr_expect_eq(parse_unsigned("1 ", 100, &number), -EINVAL);
	cr_expect_eq(parse_signed("-20", -20, 19, &with_sign), 0);
	cr_expect_eq(with_sign, -20);
	cr_expect_eq(parse_signed("--1", -20, 19, &with_sign), -EINVAL);
	cr_expect_eq(parse_size("1.5K", &number), 0);
	cr_expect_eq(number, 1536);
	cr_expect_eq(parse_size("infinity", &number), 0);
	cr_expect_eq(number, UINT64_MAX);
	cr_expect_eq(parse_size("16E", &number), -ERANGE);
	cr_expect_eq(parse_size("5X", &number), -EINVAL);
	cr_expect_eq(parse_mode("0755", &mode), 0);
	cr_expect_eq(mode, 0755);
	cr_expect_lt(parse_mode("10000", &mode), 0);
	cr_expect_lt(parse_mode("0888", &mode), 0);
	cr_expect_eq(parse_boolean("On", &truth), 0);
	cr_expect(truth);
	cr_expect_eq(parse_boolean("perhaps", &truth), -EINVAL);
}

Test(values, know_all_signals_both_ways)
{
	cr_expect_eq(signal_from_name("SIGTERM"), SIGTERM);
	cr_expect_eq(signal_from_name("hup"), SIGHUP);
	cr_expect_eq(signal_from_name("RTMIN+3"), 37);
	cr_expect_eq(signal_from_name("SIGRTMAX-1"), 63);
	cr_expect_eq(signal_from_name("32"), 32);
	cr_expect_eq(signal_from_name("0"), -1);
	cr_expect_eq(signal_from_name("65"), -1);
	cr_expect_eq(signal_from_name("RTMIN-1"), -1);
	cr_expect_eq(signal_from_name("RTMIN+31"), -1);
	cr_expect_eq(signal_from_name("SIG"), -1);
	cr_expect_null(signal_name(32));
	for (int signal = 1; signal <= 64; signal++)
		if (signal_name(signal))
			cr_expect_eq(signal_from_name(signal_name(signal)), signal);
}

Test(values, know_exit_statuses_both_ways)
{
	cr_expect_eq(exit_status_from_name("TEMPFAIL"), 75);
	cr_expect_eq(exit_status_from_name("EXEC"), 203);
	cr_expect_eq(exit_status_from_name("255"), 255);
	cr_expect_eq(exit_status_from_name("256"), -1);
	cr_expect_eq(exit_status_from_name("NOSUCH"), -1);
	cr_expect_null(exit_status_name(99));
	for (int status = 0; status < 256; status++)
		if (exit_status_name(status))
			cr_expect_eq(exit_status_from_name(exit_status_name(status)), status);
}

Test(values, find_the_nearest_names)
{
	struct suggestions suggestions = SUGGESTIONS_FOR("Restat");

	suggestions_offer(&suggestions, "Description");
	suggestions_offer(&suggestions, "RestartSec");
	suggestions_offer(&suggestions, "Restart");
	cr_assert_geq(suggestions.count, 1);
	cr_expect_str_eq(suggestions.nearest[0], "Restart");
	cr_expect_eq(edit_distance("kitten", "sitting", 10), 3);
	cr_expect_eq(edit_distance("ab", "ba", 5), 1);
	cr_expect_eq(edit_distance("abc", "xyz", 2), 3);
	cr_expect_eq(edit_distance("", "", 0), 0);
}
