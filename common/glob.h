/* Shell patterns on names, in time that grows with pattern times name whatever the pattern is. */
#ifndef SVINIT_COMMON_GLOB_H
#define SVINIT_COMMON_GLOB_H

#include <stdbool.h>

/* glob(7) without paths: `*`, `?`, `[a-z]`, `[!a-z]`, `\` before a character. */
bool glob_match(const char *pattern, const char *text);
/* Whether the text holds any of the characters that make it a pattern. */
bool glob_is_pattern(const char *text);

#endif
