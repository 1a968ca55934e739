/* Foreign text made fit to be shown: valid UTF-8 without control characters. */
#ifndef SVINIT_OS_PRINTABLE_H
#define SVINIT_OS_PRINTABLE_H

#include <stddef.h>

/* Copies, with '?' for every byte that is no part of a printable character; cut at a whole character, NUL-terminated.
 */
void printable_copy(const char *text, size_t length, char *to, size_t size);

#endif
