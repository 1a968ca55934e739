#include "supervisor/unit_resources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>

#include "common/unit_name.h"
#include "supervisor/child_events.h"
#include "supervisor/os/cgroup.h"
#include "supervisor/os/read_file.h"
#include "supervisor/unit_loading.h"
#include "supervisor/unit_runtime.h"

enum { TEXT_MAX = 128, QUOTA_PERIOD = 100 * 1000, QUOTA_LEAST = 1000, PERMYRIAD = 10000 };

/* Where a key goes. What `write` makes is its text; those without a file are part of another's. */
struct attribute {
	enum resource_key key, startup; /* RESOURCE_KEY_COUNT: has none */
	enum cgroup_controller controller;
	const char *file;
	uint64_t (*whole)(void); /* what a percentage is of */
	const char *unset;       /* what the file holds when nothing is set */
};

static uint64_t memory_total(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 0;
}

static uint64_t tasks_total(void)
{
	char text[32];

	return read_file_at(-1, "/proc/sys/kernel/pid_max", text, sizeof text) > 0 ? strtoull(text, NULL, 10) : 0;
}

#define NO_KEY RESOURCE_KEY_COUNT

static const struct attribute attributes[] = {
	{ RESOURCE_MEMORY_MIN, NO_KEY, CGROUP_MEMORY, "memory.min", memory_total, "0" },
	{ RESOURCE_MEMORY_LOW, RESOURCE_STARTUP_MEMORY_LOW, CGROUP_MEMORY, "memory.low", memory_total, "0" },
	{ RESOURCE_MEMORY_HIGH, RESOURCE_STARTUP_MEMORY_HIGH, CGROUP_MEMORY, "memory.high", memory_total, "max" },
	{ RESOURCE_MEMORY_MAX, RESOURCE_STARTUP_MEMORY_MAX, CGROUP_MEMORY, "memory.max", memory_total, "max" },
	{ RESOURCE_MEMORY_SWAP_MAX, RESOURCE_STARTUP_MEMORY_SWAP_MAX, CGROUP_MEMORY, "memory.swap.max", memory_total,
	  "max" },
	{ RESOURCE_MEMORY_ZSWAP_MAX, RESOURCE_STARTUP_MEMORY_ZSWAP_MAX, CGROUP_MEMORY, "memory.zswap.max", memory_total,
	  "max" },
	{ RESOURCE_MEMORY_ZSWAP_WRITEBACK, NO_KEY, CGROUP_MEMORY, "memory.zswap.writeback", NULL, "1" },
	{ RESOURCE_TASKS_MAX, NO_KEY, CGROUP_PIDS, "pids.max", tasks_total, "max" },
	{ RESOURCE_CPU_WEIGHT, RESOURCE_STARTUP_CPU_WEIGHT, CGROUP_CPU, "cpu.weight", NULL, "100" },
	{ RESOURCE_CPU_QUOTA, NO_KEY, CGROUP_CPU, "cpu.max", NULL, "max" },
	{ RESOURCE_CPU_QUOTA_PERIOD, NO_KEY, CGROUP_CPU, "cpu.max", NULL, "max" },
	{ RESOURCE_IO_WEIGHT, RESOURCE_STARTUP_IO_WEIGHT, CGROUP_IO, "io.weight", NULL, "default 100" },
	{ RESOURCE_ALLOWED_CPUS, RESOURCE_STARTUP_ALLOWED_CPUS, CGROUP_CPUSET, "cpuset.cpus", NULL, "\n" },
	{ RESOURCE_ALLOWED_MEMORY_NODES, RESOURCE_STARTUP_ALLOWED_MEMORY_NODES, CGROUP_CPUSET, "cpuset.mems", NULL,
	  "\n" },
	{ RESOURCE_IO_DEVICE_WEIGHT, NO_KEY, CGROUP_IO, NULL, NULL, NULL },
	{ RESOURCE_IO_READ_BANDWIDTH_MAX, NO_KEY, CGROUP_IO, NULL, NULL, NULL },
	{ RESOURCE_IO_WRITE_BANDWIDTH_MAX, NO_KEY, CGROUP_IO, NULL, NULL, NULL },
	{ RESOURCE_IO_READ_IOPS_MAX, NO_KEY, CGROUP_IO, NULL, NULL, NULL },
	{ RESOURCE_IO_WRITE_IOPS_MAX, NO_KEY, CGROUP_IO, NULL, NULL, NULL },
};

static const struct attribute *attribute_of(enum resource_key key)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attributes[i].key == key || attributes[i].startup == key)
			return &attributes[i];
	return NULL;
}

static unsigned controllers_of(const struct resource_options *resources)
{
	unsigned controllers = resources->io_accounting ? CGROUP_IO : 0;

	for (int key = 0; key < RESOURCE_KEY_COUNT; key++)
		if (resources->values[key].set)
			controllers |= attribute_of((enum resource_key)key)->controller;
	return controllers;
}

/* ---- Into the files ---- */

/* One cgroup while its files are written. */
struct target {
	const struct manager *manager;
	const struct resource_options *resources;
	int fd;
	uint64_t written; /* bit n: key n was written there before */
	uint64_t failed;  /* bit n: key n was refused by the kernel */
};

static void put(struct target *target, enum resource_key key, const char *file, const char *text)
{
	if (write_file_at(target->fd, file, text) < 0)
		target->failed |= UINT64_C(1) << key;
}

static const char *number_text(const struct attribute *attribute, const struct resource_value *value, char *text)
{
	if (value->text)
		return value->text;
	if (value->value == UINT64_MAX)
		return "max";
	uint64_t number = value->relative && attribute->whole
				  ? (uint64_t)((double)attribute->whole() * (double)value->value / PERMYRIAD)
				  : value->value;
	snprintf(text, TEXT_MAX, "%" PRIu64, number);
	return text;
}

static void put_cpu_quota(struct target *target)
{
	const struct resource_value *quota = &target->resources->values[RESOURCE_CPU_QUOTA];
	const struct resource_value *given = &target->resources->values[RESOURCE_CPU_QUOTA_PERIOD];
	uint64_t period = given->set ? given->value : QUOTA_PERIOD;
	char text[TEXT_MAX];

	/* The kernel wants at least a millisecond of both, and no period above a second. */
	period = period < QUOTA_LEAST ? QUOTA_LEAST : period > USEC_PER_SEC ? USEC_PER_SEC : period;
	uint64_t most = quota->value * period / PERMYRIAD;
	snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, most < QUOTA_LEAST ? QUOTA_LEAST : most, period);
	put(target, RESOURCE_CPU_QUOTA, "cpu.max", quota->set ? text : "max");
}

static void put_weight(struct target *target, const struct attribute *attribute, const struct resource_value *value)
{
	char text[TEXT_MAX];

	if (attribute->key == RESOURCE_CPU_WEIGHT) {
		put(target, attribute->key, "cpu.idle", value->value == RESOURCE_IDLE ? "1" : "0");
		if (value->value == RESOURCE_IDLE)
			return;
	}
	snprintf(text, sizeof text, "%s%" PRIu64, attribute->key == RESOURCE_IO_WEIGHT ? "default " : "", value->value);
	put(target, attribute->key, attribute->file, text);
}

static bool is_set(const struct resource_options *resources, const struct attribute *attribute)
{
	return resources->values[attribute->key].set ||
	       (attribute->startup != NO_KEY && resources->values[attribute->startup].set);
}

static void put_attribute(struct target *target, const struct attribute *attribute)
{
	const struct resource_value *values = target->resources->values, *value = &values[attribute->key];
	char text[TEXT_MAX];

	if (!target->manager->booted && attribute->startup != NO_KEY && values[attribute->startup].set)
		value = &values[attribute->startup];
	if (!attribute->file || attribute->key == RESOURCE_CPU_QUOTA_PERIOD)
		return;
	if (!value->set) {
		if (target->written >> attribute->key & 1)
			(void)write_file_at(target->fd, attribute->file, attribute->unset);
		return;
	}
	if (attribute->key == RESOURCE_CPU_QUOTA)
		put_cpu_quota(target);
	else if (attribute->key == RESOURCE_CPU_WEIGHT || attribute->key == RESOURCE_IO_WEIGHT)
		put_weight(target, attribute, value);
	else
		put(target, attribute->key, attribute->file, number_text(attribute, value, text));
}

/* Block input and output are limited by the disk, and not by its partitions. */
static dev_t disk_of(dev_t device)
{
	char path[96], text[32];
	unsigned part_major, part_minor;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/partition", major(device), minor(device));
	if (read_file_at(-1, path, text, sizeof text) <= 0)
		return device;
	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/../dev", major(device), minor(device));
	if (read_file_at(-1, path, text, sizeof text) <= 0 || sscanf(text, "%u:%u", &part_major, &part_minor) != 2)
		return device;
	return makedev(part_major, part_minor);
}

static void put_device(struct target *target, const struct resource_device *device)
{
	static const char *const names[RESOURCE_KEY_COUNT] = {
		[RESOURCE_IO_READ_BANDWIDTH_MAX] = "rbps",
		[RESOURCE_IO_WRITE_BANDWIDTH_MAX] = "wbps",
		[RESOURCE_IO_READ_IOPS_MAX] = "riops",
		[RESOURCE_IO_WRITE_IOPS_MAX] = "wiops",
	};
	char text[TEXT_MAX], number[24] = "max";
	struct stat status;

	if (stat(device->path, &status) < 0) {
		target->failed |= UINT64_C(1) << device->key;
		return;
	}
	dev_t disk = disk_of(S_ISBLK(status.st_mode) ? status.st_rdev : status.st_dev);
	if (device->value != UINT64_MAX)
		snprintf(number, sizeof number, "%" PRIu64, device->value);
	if (device->key == RESOURCE_IO_DEVICE_WEIGHT)
		snprintf(text, sizeof text, "%u:%u %s", major(disk), minor(disk), number);
	else
		snprintf(text, sizeof text, "%u:%u %s=%s", major(disk), minor(disk), names[device->key], number);
	put(target, device->key, device->key == RESOURCE_IO_DEVICE_WEIGHT ? "io.weight" : "io.max", text);
}

/* `resources` is NULL when nothing is set any more. */
static void apply(struct manager *manager, struct unit_runtime *runtime, const struct resource_options *resources,
		  int fd)
{
	static const struct resource_options none;
	struct target target = {
		.manager = manager,
		.resources = resources ? resources : &none,
		.fd = fd,
		.written = runtime->resources_written,
	};

	containment_root_enable(manager->containment_root, controllers_of(target.resources));
	runtime->resources_written = 0;
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		put_attribute(&target, &attributes[i]);
		if (is_set(target.resources, &attributes[i]))
			runtime->resources_written |= UINT64_C(1) << attributes[i].key;
	}
	for (size_t i = 0; i < target.resources->device_count; i++)
		put_device(&target, &target.resources->devices[i]);
	runtime->resources_failed = target.failed;
}

/* ---- Slices ---- */

void unit_resources_slice_name(const struct manager *manager, const struct unit_definition *definition, char *name,
			       size_t size)
{
	const char *given = definition->service ? definition->service->exec->slice : NULL;
	const char *outer = manager->options.user_mode ? "app" : "system", *at = strchr(definition->name, '@');

	if (given) {
		snprintf(name, size, "%s", given);
		return;
	}
	if (!at) {
		snprintf(name, size, "%s.slice", outer);
		return;
	}
	/* Instances of one template share a slice; '-' in a name would mean another one. */
	size_t used = (size_t)snprintf(name, size, "%s-", outer);
	for (const char *c = definition->name; c < at && used + 12 < size; c++) {
		if (*c == '-') {
			memcpy(name + used, "\\x2d", 4);
			used += 4;
		} else {
			name[used++] = *c;
		}
	}
	snprintf(name + used, size - used, ".slice");
}

/* Of what the next start would take, limits hold at once. */
static const struct resource_options *wanted(const struct unit *unit)
{
	return unit->next_definition ? unit->next_definition->resources : unit->definition->resources;
}

/* A slice that no file describes has no limits; one that has a file is read when it first has a unit. */
static void apply_slice(struct manager *manager, const char *name)
{
	unit_id id = UNIT_ID_NONE;
	int fd = containment_slice_fd(manager->containment_root, name);

	if (fd < 0 || unit_loading_add(manager, name, &id, NULL) < 0 || id == UNIT_ID_NONE)
		return;
	const struct unit *unit = core_unit(manager->core, id);
	struct unit_runtime *runtime = unit_runtime_get(manager, id);
	if (runtime && (wanted(unit) || runtime->resources_written))
		apply(manager, runtime, wanted(unit), fd);
}

int unit_resources_place(struct manager *manager, unit_id id)
{
	const struct unit_definition *definition = core_unit(manager->core, id)->definition;
	struct unit_runtime *runtime = unit_runtime_find(manager, id);
	char name[UNIT_NAME_MAX + 1], part[UNIT_NAME_MAX + 1];

	if (!containment_root_has_cgroups(manager->containment_root) ||
	    (runtime->containment.cgroup_fd >= 0 && !runtime->containment.killed))
		return 0;
	unit_resources_slice_name(manager, definition, name, sizeof name);
	bool known = containment_slice_fd(manager->containment_root, name) >= 0;
	int result = containment_set_slice(&runtime->containment, name);
	if (result < 0 || known)
		return result;
	for (const char *dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
		snprintf(part, sizeof part, "%.*s.slice", (int)(dash - name), name);
		apply_slice(manager, dash == name ? "-.slice" : part);
	}
	apply_slice(manager, name);
	return 0;
}

/* ---- Units ---- */

void unit_resources_apply(struct manager *manager, unit_id id)
{
	const struct unit *unit = core_unit(manager->core, id);
	struct unit_runtime *runtime = unit_runtime_find(manager, id);

	if (unit->definition->type == UNIT_SLICE) {
		apply_slice(manager, unit->definition->name);
		return;
	}
	if (!runtime || runtime->containment.cgroup_fd < 0)
		return;
	if (wanted(unit) || runtime->resources_written)
		apply(manager, runtime, wanted(unit), runtime->containment.cgroup_fd);
	if (unit->definition->service && unit->definition->service->options->oom_policy == OOM_POLICY_KILL)
		(void)write_file_at(runtime->containment.cgroup_fd, "memory.oom.group", "1");
}

void unit_resources_apply_all(struct manager *manager)
{
	uint32_t count = core_unit_count(manager->core);

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(manager->core, id);
		const struct unit_runtime *runtime = unit_runtime_find(manager, id);
		if (unit && (wanted(unit) || (runtime && runtime->resources_written)))
			unit_resources_apply(manager, id);
	}
}

bool unit_resource_holds(const struct manager *manager, const struct unit *unit, enum resource_key key)
{
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	struct containment_root *root = manager->containment_root;

	if (!containment_root_has_cgroups(root) ||
	    !(containment_root_enable(root, attribute_of(key)->controller) & attribute_of(key)->controller))
		return false;
	return !runtime || !(runtime->resources_failed >> key & 1);
}

static void oom_killed(struct containment *containment, void *context)
{
	child_events_look_for_oom(context, unit_runtime_of(containment)->unit);
}

void unit_resources_open(struct manager *manager)
{
	containment_root_enable(manager->containment_root, CGROUP_MEMORY | CGROUP_PIDS);
	containment_root_on_oom(manager->containment_root, oom_killed);
}
