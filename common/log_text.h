/* Text of unknown origin made fit for a terminal or for JSON. */
#ifndef SVINIT_COMMON_LOG_TEXT_H
#define SVINIT_COMMON_LOG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that one byte of input becomes. */
enum { LOG_TEXT_SHOWN_FACTOR = 4, LOG_TEXT_JSON_FACTOR = 6 };

/* The length of the UTF-8 character (RFC 3629) at the front, 1 to 4; 0 when there is none. */
size_t log_text_character(const char *text, size_t length);

/* Control characters other than tab, and bytes that are no UTF-8, as \xNN. `to` holds length * LOG_TEXT_SHOWN_FACTOR.
 * Returns how many bytes were written. */
size_t log_text_shown(char *to, const char *text, size_t length);

/* A JSON value: a string, or an array of byte values (as journalctl(1) does) when the text is not UTF-8. `to` holds
 * length * LOG_TEXT_JSON_FACTOR + 2. Returns how many bytes were written. */
size_t log_text_json(char *to, const char *text, size_t length);

#endif
