#include "supervisor/load/words.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int digit(char c, int base)
{
	int value = c >= '0' && c <= '9'   ? c - '0'
		    : c >= 'a' && c <= 'f' ? c - 'a' + 10
		    : c >= 'A' && c <= 'F' ? c - 'A' + 10
					   : base;

	return value < base ? value : -1;
}

static int take_number(const char *text, int digits, int base, uint32_t *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++) {
		int value = digit(text[i], base);
		if (value < 0)
			return -EINVAL;
		*number = *number * (uint32_t)base + (uint32_t)value;
	}
	return 0;
}

static size_t encode_utf8(uint32_t code, char *to)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static size_t take_coded(const char *text, int digits, int base, bool as_byte, char **to)
{
	uint32_t code;
	size_t skipped = base == 16 ? 1 : 0; /* the letter */

	if (take_number(text + skipped, digits, base, &code) < 0 || code == 0 || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000) || (as_byte && code > 0xff))
		return 0;
	if (as_byte)
		*(*to)++ = (char)code;
	else
		*to += encode_utf8(code, *to);
	return skipped + (size_t)digits;
}

/* What stands behind a backslash at `text`: writes its meaning, returns the length of what was read; 0: unknown. */
static size_t take_escape(const char *text, char **to)
{
	static const char letters[] = "abfnrtv\\\"'s", meanings[] = "\a\b\f\n\r\t\v\\\"' ";
	const char *letter = *text ? strchr(letters, *text) : NULL;

	if (letter) {
		*(*to)++ = meanings[letter - letters];
		return 1;
	}
	switch (*text) {
	case 'x':
		return take_coded(text, 2, 16, true, to);
	case 'u':
		return take_coded(text, 4, 16, false, to);
	case 'U':
		return take_coded(text, 8, 16, false, to);
	default:
		return *text >= '0' && *text <= '7' ? take_coded(text, 3, 8, true, to) : 0;
	}
}

static int take(char **text, char **word, bool escapes, bool *unknown_escape)
{
	char *from = *text, *to, quote = '\0';

	while (is_space(*from))
		from++;
	if (!*from) {
		*text = from;
		return 0;
	}
	*word = to = from;
	while (*from && (quote || !is_space(*from))) {
		if (*from == quote || (!quote && (*from == '"' || *from == '\''))) {
			quote = quote ? '\0' : *from;
			from++;
			continue;
		}
		if (*from != '\\') {
			size_t length = 1 + strcspn(from + 1, quote ? "\\\"'" : " \t\n\r\\\"'");
			memmove(to, from, length);
			to += length;
			from += length;
			continue;
		}
		size_t taken = escapes ? take_escape(from + 1, &to) : 0;
		if (taken == 0) {
			if (unknown_escape)
				*unknown_escape = true;
			*to++ = *from++;
			if (*from)
				*to++ = *from++;
			continue;
		}
		from += 1 + taken;
	}
	if (quote)
		return -EINVAL;
	*text = *from ? from + 1 : from;
	*to = '\0';
	return 1;
}

int word_take(char **text, char **word, bool *unknown_escape)
{
	return take(text, word, true, unknown_escape);
}

int name_take(char **text, char **word)
{
	return take(text, word, false, NULL);
}

int unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (*text != '\\') {
			*to++ = *text++;
			continue;
		}
		size_t taken = take_escape(text + 1, &to);
		if (taken == 0)
			return -EINVAL;
		text += 1 + taken;
	}
	*to = '\0';
	return 0;
}
