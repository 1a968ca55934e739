#include "supervisor/core/resource.h"

#include <stdlib.h>

const char *const resource_key_names[RESOURCE_KEY_COUNT] = {
	[RESOURCE_CPU_WEIGHT] = "CPUWeight",
	[RESOURCE_CPU_QUOTA] = "CPUQuota",
	[RESOURCE_CPU_QUOTA_PERIOD] = "CPUQuotaPeriodSec",
	[RESOURCE_IO_WEIGHT] = "IOWeight",
	[RESOURCE_MEMORY_MIN] = "MemoryMin",
	[RESOURCE_MEMORY_LOW] = "MemoryLow",
	[RESOURCE_MEMORY_HIGH] = "MemoryHigh",
	[RESOURCE_MEMORY_MAX] = "MemoryMax",
	[RESOURCE_MEMORY_SWAP_MAX] = "MemorySwapMax",
	[RESOURCE_MEMORY_ZSWAP_MAX] = "MemoryZSwapMax",
	[RESOURCE_MEMORY_ZSWAP_WRITEBACK] = "MemoryZSwapWriteback",
	[RESOURCE_TASKS_MAX] = "TasksMax",
	[RESOURCE_ALLOWED_CPUS] = "AllowedCPUs",
	[RESOURCE_ALLOWED_MEMORY_NODES] = "AllowedMemoryNodes",
	[RESOURCE_STARTUP_CPU_WEIGHT] = "StartupCPUWeight",
	[RESOURCE_STARTUP_IO_WEIGHT] = "StartupIOWeight",
	[RESOURCE_STARTUP_MEMORY_LOW] = "StartupMemoryLow",
	[RESOURCE_STARTUP_MEMORY_HIGH] = "StartupMemoryHigh",
	[RESOURCE_STARTUP_MEMORY_MAX] = "StartupMemoryMax",
	[RESOURCE_STARTUP_MEMORY_SWAP_MAX] = "StartupMemorySwapMax",
	[RESOURCE_STARTUP_MEMORY_ZSWAP_MAX] = "StartupMemoryZSwapMax",
	[RESOURCE_STARTUP_ALLOWED_CPUS] = "StartupAllowedCPUs",
	[RESOURCE_STARTUP_ALLOWED_MEMORY_NODES] = "StartupAllowedMemoryNodes",
	[RESOURCE_IO_DEVICE_WEIGHT] = "IODeviceWeight",
	[RESOURCE_IO_READ_BANDWIDTH_MAX] = "IOReadBandwidthMax",
	[RESOURCE_IO_WRITE_BANDWIDTH_MAX] = "IOWriteBandwidthMax",
	[RESOURCE_IO_READ_IOPS_MAX] = "IOReadIOPSMax",
	[RESOURCE_IO_WRITE_IOPS_MAX] = "IOWriteIOPSMax",
};

void resource_options_free(struct resource_options *options)
{
	if (!options)
		return;
	for (int key = 0; key < RESOURCE_KEY_COUNT; key++)
		free(options->values[key].text);
	for (size_t i = 0; i < options->device_count; i++)
		free(options->devices[i].path);
	free(options->devices);
	free(options);
}
