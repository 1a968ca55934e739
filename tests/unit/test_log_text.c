#include <criterion/criterion.h>
#include <string.h>

#include "common/log_text.h"

static void expect_shown(const char *text, size_t length, const char *expected)
{
	char shown[256];
	size_t size = log_text_shown(shown, text, length);

	cr_assert_leq(size, length * LOG_TEXT_SHOWN_FACTOR);
	cr_expect_eq(size, strlen(expected));
	cr_expect_arr_eq(shown, expected, size);
}

static void expect_json(const char *text, size_t length, const char *expected)
{
	char json[256];
	size_t size = log_text_json(json, text, length);

	cr_assert_leq(size, length * LOG_TEXT_JSON_FACTOR + 2);
	cr_expect_eq(size, strlen(expected));
	cr_expect_arr_eq(json, expected, size, "%.*s", (int)size, json);
}

Test(log_text, shown)
{
	expect_shown("plain\ttext", 10, "plain\ttext");
	expect_shown("\x1b]0;title\x07", 10, "\\x1b]0;title\\x07");
	expect_shown("a\0\x7f", 3, "a\\x00\\x7f");
	expect_shown("gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80", 14, "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80");
	expect_shown("\xc2\x9b", 2, "\\xc2\\x9b");
	expect_shown("\xe2\x82", 2, "\\xe2\\x82");
	expect_shown("\xc0\x80", 2, "\\xc0\\x80");
}

Test(log_text, characters)
{
	cr_expect_eq(log_text_character("", 0), 0);
	cr_expect_eq(log_text_character("\xed\xa0\x80", 3), 0, "a surrogate");
	cr_expect_eq(log_text_character("\xe0\x9f\xbf", 3), 0, "overlong");
	cr_expect_eq(log_text_character("\xf4\x90\x80\x80", 4), 0, "above U+10FFFF");
	cr_expect_eq(log_text_character("\xf4\x8f\xbf\xbf", 4), 4);
	cr_expect_eq(log_text_character("\xff", 1), 0);
}

Test(log_text, json)
{
	expect_json("", 0, "\"\"");
	expect_json("say \"hi\"\\\n\x1b\0", 12, "\"say \\\"hi\\\"\\\\\\n\\u001b\\u0000\"");
	expect_json("gr\xc3\xbcn", 5, "\"gr\xc3\xbcn\"");
	expect_json("\xff\0\x0c\x7b", 4, "[255,0,12,123]");
}
