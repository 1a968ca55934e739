/* The limits and weights of systemd.resource-control(5), as a unit file sets them; what they mean to the kernel is
 * supervisor/unit_resources.c's. */
#ifndef SVINIT_CORE_RESOURCE_H
#define SVINIT_CORE_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum resource_key {
	RESOURCE_CPU_WEIGHT,
	RESOURCE_CPU_QUOTA,        /* in 1/10000 of one CPU's time */
	RESOURCE_CPU_QUOTA_PERIOD, /* µs */
	RESOURCE_IO_WEIGHT,
	RESOURCE_MEMORY_MIN,
	RESOURCE_MEMORY_LOW,
	RESOURCE_MEMORY_HIGH,
	RESOURCE_MEMORY_MAX,
	RESOURCE_MEMORY_SWAP_MAX,
	RESOURCE_MEMORY_ZSWAP_MAX,
	RESOURCE_MEMORY_ZSWAP_WRITEBACK,
	RESOURCE_TASKS_MAX,
	RESOURCE_ALLOWED_CPUS, /* a text, likewise the next */
	RESOURCE_ALLOWED_MEMORY_NODES,
	/* While svinit boots these stand for those above without STARTUP. */
	RESOURCE_STARTUP_CPU_WEIGHT,
	RESOURCE_STARTUP_IO_WEIGHT,
	RESOURCE_STARTUP_MEMORY_LOW,
	RESOURCE_STARTUP_MEMORY_HIGH,
	RESOURCE_STARTUP_MEMORY_MAX,
	RESOURCE_STARTUP_MEMORY_SWAP_MAX,
	RESOURCE_STARTUP_MEMORY_ZSWAP_MAX,
	RESOURCE_STARTUP_ALLOWED_CPUS,
	RESOURCE_STARTUP_ALLOWED_MEMORY_NODES,
	/* For a device each. */
	RESOURCE_IO_DEVICE_WEIGHT,
	RESOURCE_IO_READ_BANDWIDTH_MAX,
	RESOURCE_IO_WRITE_BANDWIDTH_MAX,
	RESOURCE_IO_READ_IOPS_MAX,
	RESOURCE_IO_WRITE_IOPS_MAX,
	RESOURCE_KEY_COUNT,
};

#define RESOURCE_IDLE 0 /* CPUWeight=idle */

struct resource_value {
	bool set;
	bool relative;  /* in 1/10000 of what the machine has */
	uint64_t value; /* UINT64_MAX: without limit */
	char *text;     /* of the keys that are texts */
};

struct resource_device {
	enum resource_key key;
	char *path; /* a block device, or any file on its file system */
	uint64_t value;
};

struct resource_options {
	struct resource_value values[RESOURCE_KEY_COUNT];
	struct resource_device *devices;
	size_t device_count;
	bool io_accounting;
	bool memory_pressure_watch;         /* MemoryPressureWatch=: the service is told where to look */
	uint64_t memory_pressure_threshold; /* µs in 1 s */
};

extern const char *const resource_key_names[RESOURCE_KEY_COUNT]; /* "CPUWeight", … */

void resource_options_free(struct resource_options *options);

#endif
