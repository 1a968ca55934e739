/* IPAddressAllow= and IPAddressDeny=: systemd.resource-control(5). */
#ifndef SVEXEC_ADDRESS_FILTER_H
#define SVEXEC_ADDRESS_FILTER_H

#include "exec/start.h"

void address_filter_set_up(struct start *start);

#endif
