/* Init scripts of System V where there is no unit: enable and disable hand them on to Debian's update-rc.d(8). */
#ifndef SVCTL_SYSV_SCRIPT_H
#define SVCTL_SYSV_SCRIPT_H

#include <stdbool.h>

/* Of a service unit's name. `root`: what /etc is below; "". */
bool sysv_script_exists(const char *root, const char *unit);
/* Whether a start link of run levels 2 to 5 or S leads to it. */
bool sysv_script_is_enabled(const char *root, const char *unit);
/* Complains and returns false when update-rc.d(8) cannot be run, or does not agree. */
bool sysv_script_switch(const char *root, const char *unit, bool enable);

#endif
