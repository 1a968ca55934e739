/*
 * Where records come from that no unit's pipe brings: RDIR/dev/log, for services that have it as their /dev/log; on a
 * machine also /dev/log itself and the kernel's messages. svinit holds the descriptors, svlog reads from them.
 */
#ifndef SVINIT_LOG_INTAKE_H
#define SVINIT_LOG_INTAKE_H

#include "supervisor/manager.h"

/* What cannot be had is told on svinit's standard error, and done without. */
void log_intake_open(struct manager *manager);
void log_intake_close(struct manager *manager);
/* Gives them to a new svlog. */
void log_intake_announce(const struct manager *manager, int control_fd);

#endif
