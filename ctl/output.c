#include "ctl/output.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { HARMLESS_MAX = 16, WIDTH_MIN = 40, WIDTH_MAX = 10000 };

static const char *environment_text(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* Read from the environment instead of nl_langinfo(3): loading a locale costs more than a whole request. */
static bool locale_is_utf8(void)
{
	const char *value = environment_text("LC_ALL");
	if (!value)
		value = environment_text("LC_CTYPE");
	if (!value)
		value = environment_text("LANG");
	return value && (strcasestr(value, "UTF-8") || strcasestr(value, "utf8"));
}

static int terminal_width(int fd)
{
	const char *columns = environment_text("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;
	if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		width = 80;
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (int)width;
}

struct terminal terminal_of(FILE *stream)
{
	const char *kind = environment_text("TERM");
	struct terminal terminal = { .unicode = locale_is_utf8() };
	if (!isatty(fileno(stream)))
		return terminal;
	terminal.width = terminal_width(fileno(stream));
	terminal.color = !environment_text("NO_COLOR") && !(kind && strcmp(kind, "dumb") == 0);
	return terminal;
}

const char *style_begin(const struct terminal *terminal, enum style style)
{
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "",          [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[1;32m", [STYLE_BAD] = "\033[1;31m", [STYLE_WARNING] = "\033[1;33m",
	};
	return terminal->color ? sequences[style] : "";
}

const char *style_end(const struct terminal *terminal, enum style style)
{
	return terminal->color && style != STYLE_PLAIN ? "\033[0m" : "";
}

/* Decodes one character of at most `length` bytes. Returns its size, 0 if the bytes are no UTF-8 (RFC 3629). */
static size_t decode_utf8(const unsigned char *text, size_t length, uint32_t *character)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : text[0] >= 0xc2 ? 2 : 0;
	if (!size || size > length || text[0] > 0xf4)
		return 0;
	uint32_t value = size == 1 ? text[0] : text[0] & (0x7fU >> size);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3fU);
	}
	if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return size;
}

/* What could move the cursor, change colours or turn the direction of writing around. */
static bool steers_terminal(uint32_t character)
{
	return (character < 0x20 && character != '\t') || (character >= 0x7f && character < 0xa0) ||
	       (character >= 0x2028 && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

/* Takes one character from the text and writes its harmless form. Returns how many bytes of the text it stood for. */
static size_t take_harmless(const char *text, size_t length, char to[HARMLESS_MAX], size_t *written)
{
	uint32_t character = 0;
	size_t size = decode_utf8((const unsigned char *)text, length, &character);
	if (!size || (size == 1 && steers_terminal(character)))
		*written = (size_t)snprintf(to, HARMLESS_MAX, "\\x%02x", (unsigned char)text[0]);
	else if (steers_terminal(character))
		*written = (size_t)snprintf(to, HARMLESS_MAX, "\\u%04x", (unsigned)character);
	else
		memcpy(to, text, *written = size);
	return size ? size : 1;
}

char *text_harmless(const char *text, size_t length)
{
	char *result = malloc(length * 6 + 1);
	size_t used = 0;
	if (!result)
		return NULL;
	while (length > 0) {
		char piece[HARMLESS_MAX];
		size_t written = 0;
		size_t taken = take_harmless(text, length, piece, &written);
		memcpy(result + used, piece, written);
		used += written;
		text += taken;
		length -= taken;
	}
	result[used] = '\0';
	return result;
}

void print_harmless(FILE *stream, const char *text, size_t length, bool keep_newlines)
{
	while (length > 0) {
		char piece[HARMLESS_MAX];
		size_t written = 0;
		size_t taken = 1;
		if (*text == '\n' && keep_newlines)
			putc_unlocked('\n', stream);
		else
			taken = take_harmless(text, length, piece, &written);
		fwrite_unlocked(piece, 1, written, stream);
		text += taken;
		length -= taken;
	}
}

/* wcwidth(3) knows more than ASCII only with a locale, and one is loaded only when such text turns up. */
static size_t character_width(uint32_t character)
{
	static bool prepared;
	if (character < 0x80)
		return 1;
	if (!prepared && !setlocale(LC_CTYPE, "C.UTF-8"))
		(void)setlocale(LC_CTYPE, "");
	prepared = true;
	int width = wcwidth((wchar_t)character);
	return width < 0 ? 1 : (size_t)width;
}

size_t text_fit(const char *text, size_t columns, size_t *used)
{
	size_t length = strlen(text), taken = 0;
	*used = 0;
	while (taken < length) {
		uint32_t character = 0;
		size_t size = decode_utf8((const unsigned char *)text + taken, length - taken, &character);
		size_t width = character_width(size ? character : ' ');
		if (*used + width > columns)
			break;
		*used += width;
		taken += size ? size : 1;
	}
	return taken;
}

size_t text_width(const char *text)
{
	size_t used;
	text_fit(text, SIZE_MAX, &used);
	return used;
}
