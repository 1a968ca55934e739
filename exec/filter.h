/*
 * System call filters by libseccomp: seccomp(2). A filter is made for this machine's architecture and for those whose
 * programs it runs besides, each by itself: a rule that one of them cannot have must not keep it from the others.
 */
#ifndef SVEXEC_FILTER_H
#define SVEXEC_FILTER_H

#include <seccomp.h>

#include "exec/start.h"

/* Adds rules for the one architecture that `filter` is for. 0 or -errno. */
typedef int filter_rules(scmp_filter_ctx filter, struct start *start);

/* Sets up all that is asked for, the strictest last. From here on nothing but execve(2) is sure to be allowed. */
void filter_set_up(struct start *start);

/* Makes a filter in which what no rule names does `otherwise`, and gives it to the kernel. 0 or -errno. */
int filter_apply(struct start *start, uint32_t otherwise, filter_rules *rules);

/* SystemCallFilter=, SystemCallErrorNumber=, SystemCallLog=. */
void filter_system_calls(struct start *start);

/* The Restrict…= keys and their like: what they forbid, in one filter. */
bool filter_restricts(const struct sandbox *sandbox);
filter_rules filter_restrictions;

#endif
