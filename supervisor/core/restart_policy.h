/* Whether and when a service is started again by itself: Restart= and its sisters in systemd.service(5). */
#ifndef SVINIT_CORE_RESTART_POLICY_H
#define SVINIT_CORE_RESTART_POLICY_H

#include "supervisor/core/core.h"

bool restart_wanted(const struct service_options *options, enum unit_result result, const struct exec_status *main);

/*
 * The delay before the next restart, `restarts` of which have already been made in a row. With RestartSteps= it grows
 * geometrically from RestartSec= to RestartMaxDelaySec= over that many restarts.
 */
usec restart_delay(const struct service_options *options, unsigned restarts);

#endif
