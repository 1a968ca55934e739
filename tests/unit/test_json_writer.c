#include <criterion/criterion.h>

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "supervisor/json_writer.h"

static json_t *parse(struct json_writer *writer)
{
	json_error_t error;
	json_t *value = json_loadb(writer->data, writer->length, 0, &error);

	cr_assert_not_null(value, "%s", error.text);
	json_writer_finish(writer);
	return value;
}

Test(json_writer, writes_what_jansson_reads)
{
	static char first[] = "a", second[] = "b";
	char *list[] = { first, second, NULL };
	struct json_writer writer = { 0 };
	json_t *value;

	write_begin_object(&writer);
	write_key_string(&writer, "text", "plain");
	write_key_string(&writer, "none", NULL);
	write_key_integer(&writer, "small", INT64_MIN);
	write_key_integer(&writer, "zero", 0);
	write_key_boolean(&writer, "yes", true);
	write_key(&writer, "list");
	write_strings(&writer, list);
	write_key(&writer, "empty");
	write_strings(&writer, NULL);
	write_key(&writer, "forever");
	write_usec(&writer, USEC_INFINITY);
	write_end_object(&writer);
	value = parse(&writer);
	cr_assert_str_eq(json_string_value(json_object_get(value, "text")), "plain");
	cr_assert(json_is_null(json_object_get(value, "none")));
	cr_assert_eq(json_integer_value(json_object_get(value, "small")), INT64_MIN);
	cr_assert_eq(json_integer_value(json_object_get(value, "zero")), 0);
	cr_assert(json_is_true(json_object_get(value, "yes")));
	cr_assert_eq(json_array_size(json_object_get(value, "list")), 2);
	cr_assert_eq(json_array_size(json_object_get(value, "empty")), 0);
	cr_assert(json_is_null(json_object_get(value, "forever")));
	json_decref(value);
}

static void expect_string(const char *text, const char *expected)
{
	struct json_writer writer = { 0 };
	json_t *value;

	write_begin_array(&writer);
	write_string(&writer, text);
	write_string(&writer, text);
	write_end_array(&writer);
	value = parse(&writer);
	cr_expect_str_eq(json_string_value(json_array_get(value, 0)), expected);
	cr_expect_str_eq(json_string_value(json_array_get(value, 1)), expected);
	json_decref(value);
}

Test(json_writer, escapes_and_repairs)
{
	expect_string("", "");
	expect_string("say \"no\" \\ \n\t\001", "say \"no\" \\ \n\t\001");
	expect_string("grün → 𝄞", "grün → 𝄞");
	expect_string("\xff", "\xef\xbf\xbd");
	expect_string("a\xc3", "a\xef\xbf\xbd");
	expect_string("\xe2\x82z", "\xef\xbf\xbd\xef\xbf\xbdz");
	expect_string("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
	expect_string("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	expect_string("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

Test(json_writer, stops_at_its_limit)
{
	struct json_writer writer = { .limit = 100 };

	write_begin_array(&writer);
	for (int i = 0; i < 1000; i++)
		write_string(&writer, "0123456789");
	cr_assert_eq(writer.error, -EMSGSIZE);
	cr_assert_leq(writer.length, 100);
	json_writer_finish(&writer);
}
