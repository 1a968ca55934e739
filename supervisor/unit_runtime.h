/* What the kernel has of each unit, kept beside the core's table of units. */
#ifndef SVINIT_UNIT_RUNTIME_H
#define SVINIT_UNIT_RUNTIME_H

#include "supervisor/manager.h"

/* The unit's own, made at first use; NULL when out of memory. */
struct unit_runtime *unit_runtime_get(struct manager *manager, unit_id unit);
/* NULL when the unit never had one. */
struct unit_runtime *unit_runtime_find(const struct manager *manager, unit_id unit);
/* The runtime that a containment is part of. */
struct unit_runtime *unit_runtime_of(struct containment *containment);
/* Registers a process of the unit. -ENOMEM; the process stays the caller's then. */
int unit_runtime_set_process(struct manager *manager, unit_id unit, enum process_role role, struct process process);
/* Forgets it and closes its pidfd. */
void unit_runtime_clear_process(struct manager *manager, unit_id unit, enum process_role role);
/* A new invocation id: 32 hex digits. */
int unit_runtime_begin_invocation(struct unit_runtime *runtime);
void unit_runtime_destroy_all(struct manager *manager);

#endif
