#include "supervisor/unit_runtime.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "supervisor/pid_table.h"

static int make_room(struct manager *manager, unit_id unit)
{
	uint32_t count = manager->runtime_count ? manager->runtime_count : 32;

	if (unit < manager->runtime_count)
		return 0;
	while (count <= unit)
		count *= 2;
	struct unit_runtime **runtimes = reallocarray(manager->runtimes, count, sizeof *runtimes);
	if (!runtimes)
		return -ENOMEM;
	memset(runtimes + manager->runtime_count, 0, (count - manager->runtime_count) * sizeof *runtimes);
	manager->runtimes = runtimes;
	manager->runtime_count = count;
	return 0;
}

struct unit_runtime *unit_runtime_get(struct manager *manager, unit_id unit)
{
	if (make_room(manager, unit) < 0)
		return NULL;
	if (manager->runtimes[unit])
		return manager->runtimes[unit];
	struct unit_runtime *runtime = calloc(1, sizeof *runtime);
	if (!runtime)
		return NULL;
	containment_init(&runtime->containment, manager->containment_root);
	for (int role = 0; role < ROLE_COUNT; role++)
		runtime->processes[role] = PROCESS_NONE;
	runtime->log_pipes[0] = runtime->log_pipes[1] = -1;
	runtime->unit = unit;
	manager->runtimes[unit] = runtime;
	return runtime;
}

struct unit_runtime *unit_runtime_find(const struct manager *manager, unit_id unit)
{
	return unit < manager->runtime_count ? manager->runtimes[unit] : NULL;
}

struct unit_runtime *unit_runtime_of(struct containment *containment)
{
	return (struct unit_runtime *)((char *)containment - offsetof(struct unit_runtime, containment));
}

int unit_runtime_set_process(struct manager *manager, unit_id unit, enum process_role role, struct process process)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime || pid_table_insert(manager->pids, process.pid, unit, role) < 0)
		return -ENOMEM;
	if (runtime->processes[role].pid != 0 && runtime->processes[role].pid != process.pid)
		unit_runtime_clear_process(manager, unit, role);
	else
		process_close(&runtime->processes[role]);
	runtime->processes[role] = process;
	if (process_identity(&process, &runtime->identities[role]) < 0)
		runtime->identities[role] = 0;
	return 0;
}

void unit_runtime_clear_process(struct manager *manager, unit_id unit, enum process_role role)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime || runtime->processes[role].pid == 0)
		return;
	pid_table_remove(manager->pids, runtime->processes[role].pid);
	containment_reaped(&runtime->containment, (int)role);
	process_close(&runtime->processes[role]);
	runtime->processes[role] = PROCESS_NONE;
	runtime->identities[role] = 0;
}

int unit_runtime_begin_invocation(struct unit_runtime *runtime)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes)
		return -EAGAIN;
	for (size_t i = 0; i < sizeof bytes; i++) {
		runtime->invocation_id[2 * i] = digits[bytes[i] >> 4];
		runtime->invocation_id[2 * i + 1] = digits[bytes[i] & 15];
	}
	runtime->invocation_id[2 * sizeof bytes] = '\0';
	runtime->invocation_is_logged = false;
	runtime->ended_cpu = 0;
	memcpy(runtime->containment.invocation_id, runtime->invocation_id, sizeof runtime->containment.invocation_id);
	return 0;
}

void unit_runtime_destroy_all(struct manager *manager)
{
	for (uint32_t i = 0; i < manager->runtime_count; i++) {
		struct unit_runtime *runtime = manager->runtimes[i];
		if (!runtime)
			continue;
		containment_release(&runtime->containment);
		for (int role = 0; role < ROLE_COUNT; role++)
			process_close(&runtime->processes[role]);
		for (int pipe = 0; pipe < 2; pipe++)
			if (runtime->log_pipes[pipe] >= 0)
				close(runtime->log_pipes[pipe]);
		free(runtime);
	}
	free(manager->runtimes);
	manager->runtimes = NULL;
	manager->runtime_count = 0;
}
