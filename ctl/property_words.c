#include "ctl/property_words.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/output.h"
#include "ctl/words.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Most are told by their names; those of timers end as spans do. */
static bool is_point_in_time(const char *name)
{
	return ends_with(name, "Timestamp") || strcmp(name, "NextElapseUSecRealtime") == 0 ||
	       strcmp(name, "LastTriggerUSec") == 0;
}

static void print_number(FILE *stream, const char *name, json_int_t number)
{
	char words[WORDS_MAX];
	if (is_point_in_time(name))
		fputs(number > 0 ? words_timestamp(words, (usec)number) : "", stream);
	else if (ends_with(name, "USec"))
		fputs(number >= 0 ? words_span(words, (usec)number) : "infinity", stream);
	else
		fprintf(stream, "%" JSON_INTEGER_FORMAT, number);
}

static void print_structure(FILE *stream, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text)
		print_harmless(stream, text, strlen(text), false);
	free(text);
}

static void print_list(FILE *stream, const char *name, const json_t *list)
{
	const json_t *item;
	size_t i;
	json_array_foreach(list, i, item) {
		if (i > 0)
			putc(' ', stream);
		property_print(stream, name, item);
	}
}

void property_print(FILE *stream, const char *name, const json_t *value)
{
	if (json_is_string(value))
		print_harmless(stream, json_string_value(value), json_string_length(value), false);
	else if (json_is_integer(value))
		print_number(stream, name, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", stream);
	else if (json_is_array(value))
		print_list(stream, name, value);
	else if (value && !json_is_null(value))
		print_structure(stream, value);
}
