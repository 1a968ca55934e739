/* Values of unit files and command lines: booleans, numbers, sizes, modes. */
#ifndef SVINIT_COMMON_PARSE_H
#define SVINIT_COMMON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All of these: 0, -EINVAL, or -ERANGE when the number does not fit; *value is untouched on failure. */

/* 1 yes y true t on, 0 no n false f off; any case. */
int parse_boolean(const char *text, bool *value);
/* Decimal, or with 0x, 0o or 0b in front. */
int parse_unsigned(const char *text, uint64_t max, uint64_t *value);
int parse_signed(const char *text, int64_t min, int64_t max, int64_t *value);
/* Bytes: K, M, G, T, P, E are powers of 1024; "1.5G"; "infinity" is UINT64_MAX. */
int parse_size(const char *text, uint64_t *value);
/* Octal, at most 07777. */
int parse_mode(const char *text, mode_t *value);
/* The index of `text` in a table of names (NULL entries are skipped); -1: none. */
int parse_name(const char *text, const char *const *names, size_t count);

/* "1.5M" and the like, in powers of 1024. Returns `to`. */
const char *format_size(uint64_t bytes, char *to, size_t size);

#endif
