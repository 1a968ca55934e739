/* Points in time as journalctl(1) takes them for --since and --until. */
#ifndef SVCTL_LOG_TIME_H
#define SVCTL_LOG_TIME_H

#include "common/usec.h"

/*
 * systemd.time(7), "parsing timestamps": "now", "today", "yesterday", "tomorrow", "2026-11-21 10:30:00.5",
 * "2026-11-21", "10:30", "Sat 2026-11-21 10:30 UTC", "2026-11-21T10:30:00+01:00", "-1h", "+5min", "2h ago", "@SECONDS".
 * `now` is the present in µs since the epoch. 0 or -EINVAL.
 */
int log_time_parse(const char *text, usec now, usec *time);

#endif
