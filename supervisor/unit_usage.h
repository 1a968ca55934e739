/* What units use: from the files of their cgroups where these count, otherwise from proc(5). */
#ifndef SVINIT_UNIT_USAGE_H
#define SVINIT_UNIT_USAGE_H

#include "supervisor/manager.h"

enum usage_kind {
	USAGE_CPU, /* ns */
	USAGE_MEMORY,
	USAGE_MEMORY_PEAK,
	USAGE_SWAP,
	USAGE_TASKS, /* threads; without the controller processes */
	USAGE_READ_BYTES,
	USAGE_WRITE_BYTES,
	USAGE_READ_OPERATIONS,
	USAGE_WRITE_OPERATIONS,
	USAGE_CPU_PRESSURE, /* µs that some of its processes had to wait */
	USAGE_MEMORY_PRESSURE,
	USAGE_IO_PRESSURE,
	USAGE_KIND_COUNT,
};

#define USAGE_UNKNOWN UINT64_MAX

/* Of a service or a slice, now. USAGE_UNKNOWN where nobody counts, and for a unit that is down and empty. */
uint64_t unit_usage(struct manager *manager, const struct unit *unit, enum usage_kind kind);

#endif
