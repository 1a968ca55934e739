/* Time spans of systemd.time(7): "1min 30s", "5.5", "infinity". */
#ifndef SVINIT_COMMON_TIME_SPAN_H
#define SVINIT_COMMON_TIME_SPAN_H

#include <stddef.h>

#include "common/usec.h"

enum { TIME_SPAN_TEXT_MAX = 64 };

/* A number without a unit counts in `default_unit` (µs). 0; -EINVAL; -ERANGE when it does not fit. */
int time_span_parse(const char *text, usec default_unit, usec *span);
/* As time_span_parse with a default unit of 1 ns, in nanoseconds ("TimerSlackNSec="). */
int time_span_parse_nsec(const char *text, uint64_t *nsec);
/* "1min 30s"; what is below `accuracy` (µs) is left out, unless it is all there is. Returns `to`. */
const char *time_span_format(usec span, usec accuracy, char *to, size_t size);

#endif
