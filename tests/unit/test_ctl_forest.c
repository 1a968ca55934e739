#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/forest.h"
#include "ctl/property_words.h"
#include "ctl/unit_words.h"

static void expect_forest(const struct terminal *terminal, const char *processes, const char *expected)
{
	json_t *list = json_loads(processes, 0, NULL);
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	cr_assert_not_null(list);
	forest_print_processes(terminal, stream, list, "  ");
	fclose(stream);
	cr_expect_str_eq(text, expected);
	free(text);
	json_decref(list);
}

Test(forest, children_stand_below_their_parents)
{
	struct terminal terminal = { .unicode = true };
	expect_forest(
		&terminal,
		"[{\"PID\":12,\"PPID\":10,\"Command\":\"c\"},{\"PID\":10,\"PPID\":1,\"Command\":\"a\"},"
		"{\"PID\":11,\"PPID\":10,\"State\":\"Z\",\"Command\":\"b\"},{\"PID\":13,\"PPID\":11,\"Command\":\"d\"},"
		"{\"PID\":14,\"PPID\":1,\"Orphan\":true,\"Command\":\"e\\u001b[2J\"}]",
		"  ├─10 a\n"
		"  │ ├─11 b (zombie)\n"
		"  │ │ └─13 d\n"
		"  │ └─12 c\n"
		"  └─14 e\\x1b[2J (orphan)\n");
}

Test(forest, ascii_where_there_is_no_more)
{
	struct terminal terminal = { 0 };
	expect_forest(&terminal, "[{\"PID\":1,\"PPID\":0,\"Command\":\"a\"},{\"PID\":2,\"PPID\":1}]",
		      "  `-1 a\n"
		      "    `-2 -\n");
}

/* Parents that lie must neither hang nor crash: a process that is its own parent, a circle, nonsense. */
Test(forest, circles_end)
{
	struct terminal terminal = { 0 };
	expect_forest(&terminal, "[{\"PID\":5,\"PPID\":5,\"Command\":\"self\"}]", "  `-5 self\n");
	expect_forest(&terminal, "[{\"PID\":5,\"PPID\":6},{\"PID\":6,\"PPID\":5}]", "  `-5 -\n    `-6 -\n");
	expect_forest(&terminal, "[7,null,{}]", "");
	expect_forest(&terminal, "[]", "");
}

Test(forest, a_deep_line_of_descent_is_drawn_to_its_end)
{
	enum { DEPTH = 500 };
	struct terminal terminal = { 0 };
	json_t *list = json_array();
	char *text = NULL;
	size_t length, lines = 0;
	FILE *stream = open_memstream(&text, &length);
	for (int i = 1; i <= DEPTH; i++)
		json_array_append_new(list, json_pack("{s:i, s:i}", "PID", i, "PPID", i - 1));
	forest_print_processes(&terminal, stream, list, "");
	fclose(stream);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	cr_expect_eq(lines, DEPTH);
	free(text);
	json_decref(list);
}

static void expect_property(const char *name, json_t *value, const char *expected)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	property_print(stream, name, value);
	fclose(stream);
	cr_expect_str_eq(text, expected, "%s: %s", name, text);
	free(text);
	json_decref(value);
}

Test(property, is_printed_by_the_rules_of_its_name)
{
	setenv("TZ", "UTC", 1);
	expect_property("Id", json_string("a.service"), "a.service");
	expect_property("StatusText", json_string("x\n\033"), "x\\x0a\\x1b");
	expect_property("MainPID", json_integer(7), "7");
	expect_property("TimeoutStartUSec", json_integer(90000000), "1min 30s");
	expect_property("ActiveEnterTimestamp", json_integer(1795221308000000), "Sat 2026-11-21 00:35:08 UTC");
	expect_property("ActiveEnterTimestamp", json_integer(0), "");
	expect_property("ActiveEnterTimestampMonotonic", json_integer(5), "5");
	expect_property("CanStart", json_true(), "yes");
	expect_property("CanStop", json_false(), "no");
	expect_property("StatusText", json_null(), "");
	expect_property("After", json_pack("[s, s]", "a.target", "b.target"), "a.target b.target");
	expect_property("JobDetails", json_pack("{s:i}", "Id", 3), "{\"Id\":3}");
}

static const char *what(const char *unit)
{
	static char buffer[WORDS_MAX], text[256];
	json_t *object = json_loads(unit, 0, NULL);
	cr_assert_not_null(object);
	snprintf(text, sizeof(text), "%s", unit_what(object, buffer));
	json_decref(object);
	return text;
}

Test(unit_words, tell_what_matters_most)
{
	cr_expect_str_eq(what("{\"ActiveState\":\"active\",\"StatusText\":\"busy\",\"Description\":\"d\"}"), "busy");
	cr_expect_str_eq(what("{\"ActiveState\":\"active\",\"Description\":\"d\"}"), "d");
	cr_expect_str_eq(what("{\"ActiveState\":\"failed\",\"Result\":\"exit-code\",\"StatusText\":\"old\"}"),
			 "failed: exit-code");
	cr_expect_str_eq(what("{\"ActiveState\":\"failed\",\"Result\":\"timeout\",\"FailureText\":\"f\"}"), "f");
	cr_expect_str_eq(what("{\"ActiveState\":\"inactive\",\"LoadState\":\"masked\"}"), "unit file: masked");
	cr_expect_str_eq(what("{\"ActiveState\":\"inactive\",\"LoadState\":\"bad-setting\",\"LoadError\":\"a:1: b\"}"),
			 "a:1: b");
	cr_expect_str_eq(what("{\"ActiveState\":\"inactive\",\"BlockedBy\":\"a.service\"}"),
			 "not started because of a.service");
	cr_expect_str_eq(what("{\"Id\":\"a.service\",\"Description\":\"a.service\"}"), "");
	cr_expect_str_eq(what("{\"ActiveState\":7}"), "");
}
