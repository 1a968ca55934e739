/* Who the service is and what it may: limits, groups, capabilities, user, directory; in systemd's order. */
#ifndef SVEXEC_PRIVILEGES_H
#define SVEXEC_PRIVILEGES_H

#include "exec/start.h"

void privileges_set_limits(struct start *start);
void privileges_set_groups(struct start *start);
/* The bounding set (with what ProtectClock= and its like take from it), the secure bits, the user, the ambient set. */
void privileges_set_user(struct start *start);
void privileges_enter_directory(struct start *start);

#endif
