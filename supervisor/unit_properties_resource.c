/* Limits, weights and what is used: systemd.resource-control(5). */
#include <inttypes.h>
#include <stdio.h>

#include "common/unit_name.h"
#include "supervisor/core/resource.h"
#include "supervisor/unit_property.h"
#include "supervisor/unit_resources.h"
#include "supervisor/unit_runtime.h"
#include "supervisor/unit_usage.h"

enum { SHARE_OF_A_SECOND = 100 }; /* 1/10000 of a second in µs */

static void write_number(struct property_view *view, uint64_t number)
{
	if (number > INT64_MAX)
		write_null(view->to);
	else
		write_integer(view->to, (int64_t)number);
}

static void write_resource(struct property_view *view, uint64_t key)
{
	const struct resource_options *resources = view->definition->resources;
	const struct resource_value *value = resources ? &resources->values[key] : NULL;
	char share[32];

	if (!value || !value->set) {
		write_null(view->to);
	} else if (value->text) {
		write_string(view->to, value->text);
	} else if (value->relative) {
		snprintf(share, sizeof share, "%g%%", (double)value->value / 100);
		write_string(view->to, share);
	} else {
		write_number(view, key == RESOURCE_CPU_QUOTA ? value->value * SHARE_OF_A_SECOND : value->value);
	}
}

static void write_devices(struct property_view *view, uint64_t key)
{
	const struct resource_options *resources = view->definition->resources;
	char text[4096 + 32];

	write_begin_array(view->to);
	for (size_t i = 0; resources && i < resources->device_count; i++) {
		const struct resource_device *device = &resources->devices[i];
		if (device->key != key)
			continue;
		snprintf(text, sizeof text, "%s %" PRIu64, device->path, device->value);
		write_string(view->to, text);
	}
	write_end_array(view->to);
}

static void write_usage(struct property_view *view, uint64_t kind)
{
	write_number(view, unit_usage(view->manager, view->unit, (enum usage_kind)kind));
}

static void write_slice(struct property_view *view, uint64_t argument)
{
	char name[UNIT_NAME_MAX + 1];

	(void)argument;
	if (!view->service) {
		write_null(view->to);
		return;
	}
	unit_resources_slice_name(view->manager, view->definition, name, sizeof name);
	write_string(view->to, name);
}

void unit_write_failed_limits(struct property_view *view)
{
	const struct resource_options *resources = view->definition->resources;
	char name[64];

	for (int key = 0; resources && key < RESOURCE_KEY_COUNT; key++) {
		if (!resources->values[key].set ||
		    unit_resource_holds(view->manager, view->unit, (enum resource_key)key))
			continue;
		snprintf(name, sizeof name, "%s=", resource_key_names[key]);
		write_string(view->to, name);
	}
}

static void write_not_enforced(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_begin_array(view->to);
	unit_write_failed_limits(view);
	write_end_array(view->to);
}

static void write_freezer_state(struct property_view *view, uint64_t argument)
{
	const struct unit_runtime *runtime = unit_runtime_find(view->manager, view->unit->id);

	(void)argument;
	write_string(view->to, runtime && runtime->frozen ? "frozen" : "running");
}

const struct property_row slice_property_rows[] = {
	{ "NotEnforced", write_not_enforced, 0 },
	{ 0 },
};

const struct property_row resource_property_rows[] = {
	{ "Slice", write_slice, 0 },
	{ "FreezerState", write_freezer_state, 0 },
	{ "CPUUsageNSec", write_usage, USAGE_CPU },
	{ "MemoryCurrent", write_usage, USAGE_MEMORY },
	{ "MemoryPeak", write_usage, USAGE_MEMORY_PEAK },
	{ "MemorySwapCurrent", write_usage, USAGE_SWAP },
	{ "TasksCurrent", write_usage, USAGE_TASKS },
	{ "IOReadBytes", write_usage, USAGE_READ_BYTES },
	{ "IOWriteBytes", write_usage, USAGE_WRITE_BYTES },
	{ "IOReadOperations", write_usage, USAGE_READ_OPERATIONS },
	{ "IOWriteOperations", write_usage, USAGE_WRITE_OPERATIONS },
	{ "CPUPressureUSec", write_usage, USAGE_CPU_PRESSURE },
	{ "MemoryPressureUSec", write_usage, USAGE_MEMORY_PRESSURE },
	{ "IOPressureUSec", write_usage, USAGE_IO_PRESSURE },
	{ "CPUWeight", write_resource, RESOURCE_CPU_WEIGHT },
	{ "StartupCPUWeight", write_resource, RESOURCE_STARTUP_CPU_WEIGHT },
	{ "CPUQuotaPerSecUSec", write_resource, RESOURCE_CPU_QUOTA },
	{ "CPUQuotaPeriodUSec", write_resource, RESOURCE_CPU_QUOTA_PERIOD },
	{ "IOWeight", write_resource, RESOURCE_IO_WEIGHT },
	{ "StartupIOWeight", write_resource, RESOURCE_STARTUP_IO_WEIGHT },
	{ "MemoryMin", write_resource, RESOURCE_MEMORY_MIN },
	{ "MemoryLow", write_resource, RESOURCE_MEMORY_LOW },
	{ "MemoryHigh", write_resource, RESOURCE_MEMORY_HIGH },
	{ "MemoryMax", write_resource, RESOURCE_MEMORY_MAX },
	{ "MemorySwapMax", write_resource, RESOURCE_MEMORY_SWAP_MAX },
	{ "MemoryZSwapMax", write_resource, RESOURCE_MEMORY_ZSWAP_MAX },
	{ "MemoryZSwapWriteback", write_resource, RESOURCE_MEMORY_ZSWAP_WRITEBACK },
	{ "StartupMemoryLow", write_resource, RESOURCE_STARTUP_MEMORY_LOW },
	{ "StartupMemoryHigh", write_resource, RESOURCE_STARTUP_MEMORY_HIGH },
	{ "StartupMemoryMax", write_resource, RESOURCE_STARTUP_MEMORY_MAX },
	{ "StartupMemorySwapMax", write_resource, RESOURCE_STARTUP_MEMORY_SWAP_MAX },
	{ "StartupMemoryZSwapMax", write_resource, RESOURCE_STARTUP_MEMORY_ZSWAP_MAX },
	{ "TasksMax", write_resource, RESOURCE_TASKS_MAX },
	{ "AllowedCPUs", write_resource, RESOURCE_ALLOWED_CPUS },
	{ "AllowedMemoryNodes", write_resource, RESOURCE_ALLOWED_MEMORY_NODES },
	{ "StartupAllowedCPUs", write_resource, RESOURCE_STARTUP_ALLOWED_CPUS },
	{ "StartupAllowedMemoryNodes", write_resource, RESOURCE_STARTUP_ALLOWED_MEMORY_NODES },
	{ "IODeviceWeight", write_devices, RESOURCE_IO_DEVICE_WEIGHT },
	{ "IOReadBandwidthMax", write_devices, RESOURCE_IO_READ_BANDWIDTH_MAX },
	{ "IOWriteBandwidthMax", write_devices, RESOURCE_IO_WRITE_BANDWIDTH_MAX },
	{ "IOReadIOPSMax", write_devices, RESOURCE_IO_READ_IOPS_MAX },
	{ "IOWriteIOPSMax", write_devices, RESOURCE_IO_WRITE_IOPS_MAX },
	{ 0 },
};
