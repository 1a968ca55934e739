#include "supervisor/json_writer.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT = 16 << 20, FIRST_CAPACITY = 4096 };

static bool writer_grow(struct json_writer *writer, size_t length)
{
	size_t limit = writer->limit ? writer->limit : DEFAULT_LIMIT;
	size_t capacity = writer->capacity ? writer->capacity : FIRST_CAPACITY;
	char *data;

	if (length > limit || writer->length > limit - length) {
		writer->error = -EMSGSIZE;
		return false;
	}
	while (capacity < writer->length + length)
		capacity *= 4;
	if (capacity > limit)
		capacity = limit;
	data = realloc(writer->data, capacity);
	if (!data) {
		writer->error = -ENOMEM;
		return false;
	}
	writer->data = data;
	writer->capacity = capacity;
	return true;
}

/* Where `length` bytes can be written, which then count as written; NULL after a failure. */
static inline char *writer_take(struct json_writer *writer, size_t length)
{
	char *at;

	if (writer->error)
		return NULL;
	if (length > writer->capacity - writer->length && !writer_grow(writer, length))
		return NULL;
	at = writer->data + writer->length;
	writer->length += length;
	return at;
}

static void writer_put(struct json_writer *writer, const char *text, size_t length)
{
	char *at = writer_take(writer, length);

	if (at)
		memcpy(at, text, length);
}

static void writer_value(struct json_writer *writer)
{
	if (writer->separate)
		writer_put(writer, ",", 1);
	writer->separate = true;
}

void json_writer_finish(struct json_writer *writer)
{
	free(writer->data);
	*writer = (struct json_writer){ 0 };
}

void write_raw(struct json_writer *writer, const char *text, size_t length)
{
	writer_value(writer);
	writer_put(writer, text, length);
}

void write_begin_object(struct json_writer *writer)
{
	writer_value(writer);
	writer_put(writer, "{", 1);
	writer->separate = false;
}

void write_end_object(struct json_writer *writer)
{
	writer_put(writer, "}", 1);
	writer->separate = true;
}

void write_begin_array(struct json_writer *writer)
{
	writer_value(writer);
	writer_put(writer, "[", 1);
	writer->separate = false;
}

void write_end_array(struct json_writer *writer)
{
	writer_put(writer, "]", 1);
	writer->separate = true;
}

void write_key(struct json_writer *writer, const char *key)
{
	size_t length = strlen(key), comma = writer->separate;
	char *at = writer_take(writer, comma + length + 3);

	writer->separate = false;
	if (!at)
		return;
	*at = ',';
	at += comma;
	*at++ = '"';
	memcpy(at, key, length);
	memcpy(at + length, "\":", 2);
}

/* The length up to the first byte that JSON or UTF-8 has rules for. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	for (; text[length]; length++) {
		unsigned char byte = (unsigned char)text[length];

		if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\')
			break;
	}
	return length;
}

/* The length of the valid UTF-8 character at `text`, 0 if it is none. */
static size_t character_length(const unsigned char *text)
{
	uint32_t code, minimum;
	size_t length;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	code = text[0] & (0x7fu >> length);
	minimum = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	return code < minimum || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : length;
}

/* A copy in which U+FFFD stands for each byte that is not UTF-8. The caller frees; NULL when out of memory. */
static char *repaired_copy(const char *text)
{
	char *copy = malloc(3 * strlen(text) + 1), *to = copy;

	if (!copy)
		return NULL;
	while (*text) {
		size_t length = character_length((const unsigned char *)text);

		memcpy(to, length ? text : "\xef\xbf\xbd", length ? length : 3);
		to += length ? length : 3;
		text += length ? length : 1;
	}
	*to = '\0';
	return copy;
}

static int put_dumped(const char *text, size_t length, void *writer)
{
	writer_put(writer, text, length);
	return 0;
}

/* The rare text with quotes, control characters or beyond ASCII: jansson knows how to write it. */
static void put_escaped(struct json_writer *writer, const char *text)
{
	char *copy = repaired_copy(text);
	json_t *value = copy ? json_string_nocheck(copy) : NULL;

	if (!value || json_dump_callback(value, put_dumped, writer, JSON_ENCODE_ANY) < 0)
		writer->error = writer->error ? writer->error : -ENOMEM;
	json_decref(value);
	free(copy);
}

void write_string(struct json_writer *writer, const char *text)
{
	size_t length;
	char *at;

	if (!text) {
		write_null(writer);
		return;
	}
	writer_value(writer);
	length = plain_length(text);
	if (text[length]) {
		put_escaped(writer, text);
		return;
	}
	at = writer_take(writer, length + 2);
	if (!at)
		return;
	*at = '"';
	memcpy(at + 1, text, length);
	at[length + 1] = '"';
}

void write_strings(struct json_writer *writer, char *const *list)
{
	write_begin_array(writer);
	for (; list && *list; list++)
		write_string(writer, *list);
	write_end_array(writer);
}

void write_integer(struct json_writer *writer, int64_t number)
{
	char digits[24], *first = digits + sizeof digits;
	uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do
		*--first = (char)('0' + left % 10);
	while (left /= 10);
	if (number < 0)
		*--first = '-';
	writer_value(writer);
	writer_put(writer, first, (size_t)(digits + sizeof digits - first));
}

void write_boolean(struct json_writer *writer, bool value)
{
	writer_value(writer);
	writer_put(writer, value ? "true" : "false", value ? 4 : 5);
}

void write_null(struct json_writer *writer)
{
	writer_value(writer);
	writer_put(writer, "null", 4);
}

void write_usec(struct json_writer *writer, usec time)
{
	if (time > INT64_MAX)
		write_null(writer);
	else
		write_integer(writer, (int64_t)time);
}

void write_terminator(struct json_writer *writer)
{
	writer_put(writer, "", 1);
	if (!writer->error)
		writer->length--;
}

void write_key_string(struct json_writer *writer, const char *key, const char *text)
{
	write_key(writer, key);
	write_string(writer, text);
}

void write_key_integer(struct json_writer *writer, const char *key, int64_t number)
{
	write_key(writer, key);
	write_integer(writer, number);
}

void write_key_boolean(struct json_writer *writer, const char *key, bool value)
{
	write_key(writer, key);
	write_boolean(writer, value);
}
