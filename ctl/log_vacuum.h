/* Rotated log files removed by hand, and how much there is. */
#ifndef SVCTL_LOG_VACUUM_H
#define SVCTL_LOG_VACUUM_H

#include "ctl/verb.h"

/* Whether one of the --vacuum- options is given. */
bool log_vacuum_is_asked(const struct context *context);
/* Does what they say and prints how much that made free. Returns the exit status. */
int log_vacuum_run(const struct context *context, const char *directory);
/* Prints how much all files take. Returns the exit status. */
int log_vacuum_tell_usage(const char *directory);

#endif
