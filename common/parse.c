#include "common/parse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/wide.h"

int parse_boolean(const char *text, bool *value)
{
	static const char *const words[][6] = {
		{ "0", "no", "n", "false", "f", "off" },
		{ "1", "yes", "y", "true", "t", "on" },
	};
	int first = tolower((unsigned char)*text);

	for (int truth = 0; truth < 2; truth++)
		for (size_t i = 0; i < 6; i++)
			if (first == *words[truth][i] && strcasecmp(text, words[truth][i]) == 0) {
				*value = truth == 1;
				return 0;
			}
	return -EINVAL;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Passes "0x", "0o", "0b". */
static unsigned take_base(const char **text)
{
	if ((*text)[0] != '0' || !(*text)[1])
		return 10;
	int letter = tolower((unsigned char)(*text)[1]);
	unsigned base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
	if (base != 10)
		*text += 2;
	return base;
}

static int parse_digits(const char *text, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t number = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned digit = (unsigned)digit_value(*text);
		if (digit >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(number, base, &number) || __builtin_add_overflow(number, digit, &number) ||
		    number > max)
			return -ERANGE;
	}
	*value = number;
	return 0;
}

int parse_unsigned(const char *text, uint64_t max, uint64_t *value)
{
	unsigned base = take_base(&text);

	return parse_digits(text, base, max, value);
}

int parse_signed(const char *text, int64_t min, int64_t max, int64_t *value)
{
	bool negative = *text == '-';
	uint64_t magnitude;

	if (*text == '-' || *text == '+')
		text++;
	int r = parse_unsigned(text, INT64_MAX, &magnitude);
	if (r < 0)
		return r;
	int64_t number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	if (number < min || number > max)
		return -ERANGE;
	*value = number;
	return 0;
}

static int size_shift(const char *unit)
{
	static const char letters[] = "BKMGTPE";
	const char *letter = *unit ? strchr(letters, *unit) : letters;

	if (!letter || (*unit && unit[1]))
		return -1;
	return 10 * (int)(letter - letters);
}

int parse_size(const char *text, uint64_t *value)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
	const char *c = text;

	if (strcmp(text, "infinity") == 0) {
		*value = UINT64_MAX;
		return 0;
	}
	if (!isdigit((unsigned char)*c))
		return -EINVAL;
	for (; isdigit((unsigned char)*c); c++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*c - '0'), &whole))
			return -ERANGE;
	if (*c == '.')
		for (c++; isdigit((unsigned char)*c); c++)
			if (scale < 1000000000) {
				fraction = fraction * 10 + (uint64_t)(*c - '0');
				scale *= 10;
			}
	while (*c == ' ')
		c++;
	int shift = size_shift(c);
	if (shift < 0)
		return -EINVAL;
	wide bytes = ((wide)whole << shift) + (((wide)fraction << shift) / scale);
	if (bytes >= UINT64_MAX)
		return -ERANGE;
	*value = (uint64_t)bytes;
	return 0;
}

int parse_mode(const char *text, mode_t *value)
{
	uint64_t mode;
	int r = parse_digits(text, 8, 07777, &mode);

	if (r == 0)
		*value = (mode_t)mode;
	return r;
}

int parse_name(const char *text, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (names[i] && strcmp(names[i], text) == 0)
			return (int)i;
	return -1;
}

const char *format_size(uint64_t bytes, char *to, size_t size)
{
	static const char letters[] = "BKMGTPE";
	unsigned step = 0;
	uint64_t whole = bytes, rest = 0;

	while (whole >= 1024 && step < 6) {
		rest = whole % 1024;
		whole /= 1024;
		step++;
	}
	if (step == 0)
		snprintf(to, size, "%" PRIu64 "B", whole);
	else
		snprintf(to, size, "%" PRIu64 ".%" PRIu64 "%c", whole, rest * 10 / 1024, letters[step]);
	return to;
}
