#include "common/glob.h"

#include <stddef.h>
#include <string.h>

/* The end of the class that starts behind '[', or NULL if it is not closed. */
static const char *class_end(const char *class)
{
	if (*class == '!' || *class == '^')
		class ++;
	if (*class == ']')
		class ++;
	return strchr(class, ']');
}

static bool class_has(const char *class, const char *end, unsigned char character)
{
	bool negated = *class == '!' || *class == '^', found = false;

	for (class += negated; class < end; class ++) {
		unsigned char low = (unsigned char)*class, high = low;

		if (class[1] == '-' && class + 2 < end) {
			high = (unsigned char)class[2];
			class += 2;
		}
		found |= low <= character && character <= high;
	}
	return found != negated;
}

/* Whether one character matches the pattern's next item; `rest` is what stands behind that item. */
static bool item_matches(const char *pattern, unsigned char character, const char **rest)
{
	const char *end;

	*rest = pattern + 1;
	switch (*pattern) {
	case '\0':
		return false;
	case '?':
		return true;
	case '[':
		end = class_end(pattern + 1);
		if (!end)
			break;
		*rest = end + 1;
		return class_has(pattern + 1, end, character);
	case '\\':
		if (pattern[1]) {
			*rest = pattern + 2;
			return (unsigned char)pattern[1] == character;
		}
		break;
	}
	return (unsigned char)*pattern == character;
}

bool glob_match(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL, *rest;

	/* On a mismatch only the last star has to take one more character: earlier ones could not do better. */
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (item_matches(pattern, (unsigned char)*text, &rest)) {
			pattern = rest;
			text++;
		} else if (star) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool glob_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}
