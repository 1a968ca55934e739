/* Times, amounts and ends of processes in the words that people read. All take a buffer and return it. */
#ifndef SVCTL_WORDS_H
#define SVCTL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/usec.h"

enum { WORDS_MAX = 128 };

/* "350ms", "2min 3s", "1h 5min", "3 days": the two largest units. */
char *words_span(char to[WORDS_MAX], usec span);
/* Both times realtime: "2min 3s ago"; "in 5s" where `when` lies ahead. */
char *words_ago(char to[WORDS_MAX], usec when, usec now);
/* "Sat 2026-11-21 00:35:08 UTC", in local time. */
char *words_timestamp(char to[WORDS_MAX], usec realtime);
/* "12.3M" with 1024 as the step. */
char *words_bytes(char to[WORDS_MAX], uint64_t bytes);

/* As systemctl(1): "code=exited, status=203/EXEC", "code=killed, signal=KILL". `code` is a CLD_* of waitid(2). */
char *words_exit(char to[WORDS_MAX], int code, int status);

/*
 * How a main process ended, told apart by who is to blame: itself (status, fatal signal), somebody who killed it, or
 * svinit (time-outs). `result` is the unit's Result property.
 */
char *words_end(char to[WORDS_MAX], const char *result, int code, int status);

#endif
