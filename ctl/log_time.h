/* Points in time as journalctl(1) takes them for --since and --until. */
#ifndef SVCTL_LOG_TIME_H
#define SVCTL_LOG_TIME_H

#include "common/usec.h"

/* "now", "today", "yesterday", "tomorrow", "2026-11-21 10:30:00", "2026-11-21", "10:30", "-1h", "+5min", "2h ago",
 * "@SECONDS". `now` is the present in µs since the epoch. 0 or -EINVAL. */
int log_time_parse(const char *text, usec now, usec *time);

#endif
