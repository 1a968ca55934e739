#include "supervisor/os/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static unsigned sequence_length(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

static bool is_printable_codepoint(uint32_t code, unsigned length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[length] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code >= 0x20 &&
	       !(code >= 0x7f && code <= 0x9f) && code != 0x2028 && code != 0x2029 &&
	       !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069);
}

/* The length of the printable character at `text`, or 0. */
static unsigned printable_length(const unsigned char *text, size_t available)
{
	unsigned length = sequence_length(text[0]);

	if (length == 0 || length > available)
		return 0;
	uint32_t code = length == 1 ? text[0] : text[0] & (0x7fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	return is_printable_codepoint(code, length) ? length : 0;
}

void printable_copy(const char *text, size_t length, char *to, size_t size)
{
	size_t used = 0;

	while (length > 0) {
		unsigned step = printable_length((const unsigned char *)text, length);
		unsigned put = step ? step : 1;

		if (used + put >= size)
			break;
		if (step)
			memcpy(to + used, text, step);
		else
			to[used] = '?';
		used += put;
		text += put;
		length -= put;
	}
	to[used] = '\0';
}
