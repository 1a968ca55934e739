#include "logger/syslog_parse.h"

#include <errno.h>
#include <string.h>

enum { FACILITY_USER = 1, LEVEL_NOTICE = 5, PRIORITY_MAX = 191, STAMP_LENGTH = 16 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at the front, which ends with `end`; how many bytes that takes, or 0. */
static size_t take_number(const char *text, size_t length, char end, uint64_t *number)
{
	size_t i = 0;

	*number = 0;
	for (; i < length && i < 19 && is_digit(text[i]); i++)
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	return i > 0 && i < length && text[i] == end ? i + 1 : 0;
}

static void skip(struct syslog_message *parsed, size_t count)
{
	parsed->text += count;
	parsed->length -= count;
}

static void take_priority(struct syslog_message *parsed)
{
	uint64_t priority;
	size_t size;

	if (parsed->length < 3 || parsed->text[0] != '<')
		return;
	size = take_number(parsed->text + 1, parsed->length - 1, '>', &priority);
	if (size == 0 || priority > PRIORITY_MAX)
		return;
	parsed->facility = (uint8_t)(priority >> 3);
	parsed->level = priority & 7;
	skip(parsed, size + 1);
}

/* "Nov 21 00:35:10 ", which tells no year and no zone: when it came is known better. */
static void skip_stamp(struct syslog_message *parsed)
{
	static const char pattern[] = "Aaa 00 00:00:00 ";

	if (parsed->length < STAMP_LENGTH)
		return;
	for (size_t i = 0; i < STAMP_LENGTH; i++) {
		char c = parsed->text[i];
		bool fits = pattern[i] == '0' ? is_digit(c) || c == ' ' : pattern[i] == c;

		if (pattern[i] == 'A' || pattern[i] == 'a')
			fits = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		if (!fits)
			return;
	}
	skip(parsed, STAMP_LENGTH);
}

static size_t token_length(const struct syslog_message *parsed)
{
	const char *space = memchr(parsed->text, ' ', parsed->length);

	return space ? (size_t)(space - parsed->text) : parsed->length;
}

static bool skip_token(struct syslog_message *parsed)
{
	size_t length = token_length(parsed);

	if (length == parsed->length)
		return false;
	skip(parsed, length + 1);
	return true;
}

/* "-" or "[id name="value"]...": quotes may hide a bracket, backslashes a quote. */
static void skip_structured_data(struct syslog_message *parsed)
{
	size_t i = 0;
	bool quoted = false;

	if (parsed->length > 0 && parsed->text[0] == '-')
		i = 1;
	while (i < parsed->length && parsed->text[i] == '[') {
		for (i++; i < parsed->length && (quoted || parsed->text[i] != ']'); i++) {
			if (parsed->text[i] == '\\' && quoted)
				i++;
			else if (parsed->text[i] == '"')
				quoted = !quoted;
		}
		i += i < parsed->length;
	}
	i = i < parsed->length ? i : parsed->length;
	skip(parsed, i + (i < parsed->length && parsed->text[i] == ' '));
}

static bool skip_tokens(struct syslog_message *parsed, int count)
{
	while (count > 0 && skip_token(parsed))
		count--;
	return count == 0;
}

/* RFC 5424: "1 TIME HOST APP PROCID MSGID DATA MESSAGE". */
static bool take_modern(struct syslog_message *parsed)
{
	struct syslog_message rest = *parsed;

	if (rest.length < 2 || rest.text[0] != '1' || rest.text[1] != ' ')
		return false;
	skip(&rest, 2);
	if (!skip_tokens(&rest, 2))
		return false;
	rest.tag = rest.text;
	rest.tag_length = token_length(&rest);
	if (!skip_tokens(&rest, 3))
		return false;
	skip_structured_data(&rest);
	*parsed = rest;
	return true;
}

static void find_tag(struct syslog_message *parsed)
{
	size_t i = 0;

	while (i < parsed->length && parsed->text[i] > ' ' && parsed->text[i] != ':' && parsed->text[i] != '[')
		i++;
	if (i < parsed->length && (parsed->text[i] == ':' || parsed->text[i] == '[')) {
		parsed->tag = parsed->text;
		parsed->tag_length = i;
	}
}

void syslog_parse(const char *message, size_t length, struct syslog_message *parsed)
{
	*parsed = (struct syslog_message){
		.facility = FACILITY_USER, .level = LEVEL_NOTICE, .text = message, .length = length, .tag = message
	};
	while (parsed->length > 0 && (parsed->text[parsed->length - 1] == '\n' || !parsed->text[parsed->length - 1]))
		parsed->length--;
	take_priority(parsed);
	if (take_modern(parsed))
		return;
	skip_stamp(parsed);
	find_tag(parsed);
}

int syslog_parse_kmsg(const char *record, size_t length, struct syslog_message *parsed)
{
	uint64_t priority, sequence;
	size_t first = take_number(record, length, ',', &priority);
	size_t second = first ? take_number(record + first, length - first, ',', &sequence) : 0;
	const char *text = second ? memchr(record, ';', length) : NULL;

	if (!text)
		return -EINVAL;
	text++;
	const char *end = memchr(text, '\n', (size_t)(record + length - text));
	*parsed = (struct syslog_message){ .facility = (uint8_t)(priority >> 3 & 0x1f),
					   .level = priority & 7,
					   .text = text,
					   .length = (size_t)((end ? end : record + length) - text),
					   .tag = text,
					   .sequence = sequence };
	return 0;
}
