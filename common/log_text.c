#include "common/log_text.h"

#include <stdint.h>
#include <string.h>

static const char hexadecimal[] = "0123456789abcdef";

static bool is_trailing(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Overlong forms, surrogates and what lies above U+10FFFF show in the second byte. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

size_t log_text_character(const char *text, size_t length)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t size;

	if (length == 0)
		return 0;
	if (byte[0] < 0x80)
		return 1;
	if (byte[0] < 0xc2 || byte[0] > 0xf4)
		return 0;
	size = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
	if (length < size || !second_byte_fits(byte[0], byte[1]))
		return 0;
	for (size_t i = 1; i < size; i++) {
		if (!is_trailing(byte[i]))
			return 0;
	}
	return size;
}

static bool is_control(const unsigned char *byte, size_t size)
{
	return size == 0 || (size == 1 && ((byte[0] < 0x20 && byte[0] != '\t') || byte[0] == 0x7f)) ||
	       (size == 2 && byte[0] == 0xc2 && byte[1] < 0xa0);
}

static char *put_hexadecimal(char *to, unsigned char byte)
{
	*to++ = '\\';
	*to++ = 'x';
	*to++ = hexadecimal[byte >> 4];
	*to++ = hexadecimal[byte & 15];
	return to;
}

size_t log_text_shown(char *to, const char *text, size_t length)
{
	const char *end = text + length;
	char *start = to;

	while (text < end) {
		size_t size = log_text_character(text, (size_t)(end - text));

		if (!is_control((const unsigned char *)text, size)) {
			memcpy(to, text, size);
			to += size;
			text += size;
			continue;
		}
		/* A C1 control is two bytes, both shown. */
		for (size_t i = 0; i < (size ? size : 1); i++)
			to = put_hexadecimal(to, (unsigned char)*text++);
	}
	return (size_t)(to - start);
}

static bool is_utf8(const char *text, size_t length)
{
	while (length > 0) {
		size_t size = log_text_character(text, length);

		if (size == 0)
			return false;
		text += size;
		length -= size;
	}
	return true;
}

static char *put_json_escape(char *to, unsigned char byte)
{
	static const char short_names[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	*to++ = '\\';
	for (size_t i = 0; i + 1 < sizeof short_names; i += 2) {
		if ((unsigned char)short_names[i] == byte) {
			*to++ = short_names[i + 1];
			return to;
		}
	}
	memcpy(to, "u00", 3);
	to[3] = hexadecimal[byte >> 4];
	to[4] = hexadecimal[byte & 15];
	return to + 5;
}

static size_t put_bytes(char *to, const unsigned char *bytes, size_t length)
{
	char *start = to;

	*to++ = '[';
	for (size_t i = 0; i < length; i++) {
		if (i > 0)
			*to++ = ',';
		if (bytes[i] >= 100)
			*to++ = (char)('0' + bytes[i] / 100);
		if (bytes[i] >= 10)
			*to++ = (char)('0' + bytes[i] / 10 % 10);
		*to++ = (char)('0' + bytes[i] % 10);
	}
	*to++ = ']';
	return (size_t)(to - start);
}

size_t log_text_json(char *to, const char *text, size_t length)
{
	char *start = to;

	if (!is_utf8(text, length))
		return put_bytes(to, (const unsigned char *)text, length);
	*to++ = '"';
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f)
			to = put_json_escape(to, byte);
		else
			*to++ = (char)byte;
	}
	*to++ = '"';
	return (size_t)(to - start);
}
