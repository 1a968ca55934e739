/* What signals to svinit as a supervisor mean: systemd(1), "SIGNALS". */
#ifndef SVINIT_HOST_SIGNALS_H
#define SVINIT_HOST_SIGNALS_H

#include "supervisor/manager.h"

/* Blocks the signals, opens the signalfd and watches it. */
int host_signals_open(struct manager *manager, struct cause *cause);
void host_signals_close(struct manager *manager);

#endif
