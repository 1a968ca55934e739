/* DevicePolicy= and DeviceAllow=: systemd.resource-control(5). */
#ifndef SVEXEC_DEVICE_FILTER_H
#define SVEXEC_DEVICE_FILTER_H

#include "exec/start.h"

void device_filter_set_up(struct start *start);

#endif
