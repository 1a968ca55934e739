/* The one place where the core's actions become system calls. */
#ifndef SVINIT_PERFORM_H
#define SVINIT_PERFORM_H

#include "supervisor/manager.h"

/* Carries one action out. What comes of it is fed to the core at once or, where it takes time, later. */
void perform(struct manager *manager, struct action *action);

/* Signals the processes of a unit; as ACTION_SIGNAL. Returns how many got it, or -errno. */
int perform_signal(struct manager *manager, unit_id unit, enum signal_scope scope, int signal, bool and_continue);

/* The process of that role was executed: the core is told. */
void perform_tell_spawned(struct manager *manager, unit_id unit, enum process_role role);

#endif
