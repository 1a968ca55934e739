#include "supervisor/unit_usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/proc_usage.h"
#include "supervisor/os/read_file.h"
#include "supervisor/unit_runtime.h"

enum { TEXT_MAX = 4096, PROCESSES_MAX = 1024 };

/* Where a cgroup counts it: the number behind `key`, all of them added up; NULL: the first of the file. */
static const struct {
	const char *file, *key;
	uint64_t factor;
} places[USAGE_KIND_COUNT] = {
	[USAGE_CPU] = { "cpu.stat", "usage_usec ", 1000 },
	[USAGE_MEMORY] = { "memory.current", NULL, 1 },
	[USAGE_MEMORY_PEAK] = { "memory.peak", NULL, 1 },
	[USAGE_SWAP] = { "memory.swap.current", NULL, 1 },
	[USAGE_TASKS] = { "pids.current", NULL, 1 },
	[USAGE_READ_BYTES] = { "io.stat", "rbytes=", 1 },
	[USAGE_WRITE_BYTES] = { "io.stat", "wbytes=", 1 },
	[USAGE_READ_OPERATIONS] = { "io.stat", "rios=", 1 },
	[USAGE_WRITE_OPERATIONS] = { "io.stat", "wios=", 1 },
	[USAGE_CPU_PRESSURE] = { "cpu.pressure", "total=", 1 },
	[USAGE_MEMORY_PRESSURE] = { "memory.pressure", "total=", 1 },
	[USAGE_IO_PRESSURE] = { "io.pressure", "total=", 1 },
};

/* "some … total=N" comes first, "full" is part of it. */
static bool is_pressure(enum usage_kind kind)
{
	return kind >= USAGE_CPU_PRESSURE;
}

static uint64_t read_cgroup(int fd, enum usage_kind kind)
{
	const char *key = places[kind].key;
	char text[TEXT_MAX];
	uint64_t sum = 0;

	if (read_file_at(fd, places[kind].file, text, sizeof text) < 0)
		return USAGE_UNKNOWN;
	if (!key)
		return strtoull(text, NULL, 10);
	for (const char *at = strstr(text, key); at; at = is_pressure(kind) ? NULL : strstr(at, key)) {
		at += strlen(key);
		sum += strtoull(at, NULL, 10);
	}
	return sum * places[kind].factor;
}

static void add_keepers(const struct containment *containment, struct proc_usage *sum)
{
	struct proc_usage own = { 0 };

	for (unsigned i = 0; i < containment->keeper_count; i++)
		(void)proc_add_usage(containment->keepers[i].pid, &own);
	sum->cpu += own.cpu;
}

static uint64_t read_processes(struct manager *manager, const struct unit *unit, enum usage_kind kind)
{
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	struct proc_usage sum = { .cpu = runtime->ended_cpu };
	pid_t pids[PROCESSES_MAX];
	int count = manager_processes(manager, unit->id, pids, PROCESSES_MAX);

	if (kind == USAGE_TASKS)
		return count < 0 ? USAGE_UNKNOWN : (uint64_t)count;
	if (kind != USAGE_CPU && kind != USAGE_MEMORY && kind != USAGE_READ_BYTES && kind != USAGE_WRITE_BYTES)
		return USAGE_UNKNOWN;
	for (int i = 0; i < count && i < PROCESSES_MAX; i++)
		(void)proc_add_usage(pids[i], &sum);
	add_keepers(&runtime->containment, &sum);
	return kind == USAGE_CPU          ? sum.cpu
	       : kind == USAGE_MEMORY     ? sum.memory
	       : kind == USAGE_READ_BYTES ? sum.read_bytes
					  : sum.write_bytes;
}

uint64_t unit_usage(struct manager *manager, const struct unit *unit, enum usage_kind kind)
{
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	int fd = runtime ? runtime->containment.cgroup_fd : -1;

	if (unit->definition->type == UNIT_SLICE)
		fd = containment_slice_fd(manager->containment_root, unit->definition->name);
	uint64_t counted = fd >= 0 ? read_cgroup(fd, kind) : USAGE_UNKNOWN;
	if (counted != USAGE_UNKNOWN || !runtime || !unit->populated)
		return counted;
	return read_processes(manager, unit, kind);
}
