/*
 * Emergency mode: svinit crashed twice in a short time. It takes nothing over, leaves all services alone, reaps what
 * ends, and answers on the control socket what has happened. DaemonReexec tries to go on from the saved state again.
 */
#ifndef SVINIT_EMERGENCY_H
#define SVINIT_EMERGENCY_H

#include "supervisor/manager.h"

/* Runs until it is told to end; returns the exit status. */
int emergency_run(const struct manager_options *options);

#endif
