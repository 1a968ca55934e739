/* Limits and weights of units and slices, from their definitions into the files of their cgroups. */
#ifndef SVINIT_UNIT_RESOURCES_H
#define SVINIT_UNIT_RESOURCES_H

#include "supervisor/manager.h"

/* What is counted of every unit, where the kernel can: memory and tasks. And who tells when memory ran out. */
void unit_resources_open(struct manager *manager);

/*
 * Chooses the slice that the unit's cgroup is to be made in, with its limits and those of the slices around it. To be
 * called before containment_prepare(). 0 or -errno.
 */
int unit_resources_place(struct manager *manager, unit_id unit);
/* Writes the unit's limits, if it has a cgroup and any are set; also after a change of them. Slices too. */
void unit_resources_apply(struct manager *manager, unit_id unit);
/* Those of all units: they were read afresh, or the boot is over and Startup…= no longer hold. */
void unit_resources_apply_all(struct manager *manager);

/* Whether a key that the unit sets holds: what it needs is there and took the value. */
bool unit_resource_holds(const struct manager *manager, const struct unit *unit, enum resource_key key);
/* The slice of a unit by its definition: Slice=, or the default ("system.slice", "system-worker.slice"). */
void unit_resources_slice_name(const struct manager *manager, const struct unit_definition *definition, char *name,
			       size_t size);

#endif
