#include "supervisor/child_events.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "supervisor/keeper_events.h"
#include "supervisor/log_line.h"
#include "supervisor/main_process_finder.h"
#include "supervisor/notify_events.h"
#include "supervisor/pid_table.h"
#include "supervisor/reexec.h"
#include "supervisor/sandbox_start.h"
#include "supervisor/sidecar_command.h"
#include "supervisor/unit_runtime.h"

/* One turn of the loop reaps this many, so that a flood of orphans does not hold up everything else. */
enum { REAP_BATCH = 512 };

/* ms that the parent of a process that is no child of ours has to reap it. */
enum { PARENT_PATIENCE = 20 };

static void feed_empty(struct manager *manager, unit_id unit)
{
	struct event event = { .kind = EVENT_EMPTY, .unit = unit };

	manager_feed(manager, &event);
}

static void remember(struct manager *manager, unit_id unit)
{
	for (size_t i = 0; i < manager->expected_empty_count; i++)
		if (manager->expected_empty[i] == unit)
			return;
	if (manager->expected_empty_count == manager->expected_empty_capacity) {
		size_t capacity = manager->expected_empty_capacity ? manager->expected_empty_capacity * 2 : 16;
		unit_id *units = reallocarray(manager->expected_empty, capacity, sizeof *units);
		if (!units)
			return;
		manager->expected_empty = units;
		manager->expected_empty_capacity = capacity;
	}
	manager->expected_empty[manager->expected_empty_count++] = unit;
}

/* Whether the end of its last process has to be looked for. */
static bool nobody_tells(const struct containment *containment)
{
	return containment->loose;
}

void child_events_look_for_oom(struct manager *manager, unit_id unit)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	struct event event = { .kind = EVENT_OOM_KILLED, .unit = unit };
	unsigned long kills = containment_oom_kills(&runtime->containment);

	if (kills <= runtime->oom_kills)
		return;
	runtime->oom_kills = kills;
	manager_feed(manager, &event);
}

void child_events_exited(struct manager *manager, unit_id unit, enum process_role role,
			 const struct exited_child *child)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	struct event event = {
		.kind = EVENT_EXITED,
		.unit = unit,
		.exited = {
			.role = role,
			.pid = child->pid,
			.code = child->code,
			.status = child->status,
		},
	};

	if (sandbox_start_exited(manager, unit, role, child))
		return;
	if (role == ROLE_MAIN && main_process_finder_succeed(manager, unit, child->pid))
		return;
	unit_runtime_clear_process(manager, unit, role);
	runtime->ended_cpu += child->cpu;
	child_events_look_for_oom(manager, unit);
	/* Not to be able to tell must not keep a unit stopping for ever. */
	event.exited.empty = containment_is_empty(&runtime->containment) != 0;
	if (!event.exited.empty && role == ROLE_MAIN && nobody_tells(&runtime->containment))
		remember(manager, unit);
	manager_feed(manager, &event);
}

static void child_ended(struct manager *manager, const struct exited_child *child)
{
	const struct pid_entry *entry = pid_table_find(manager->pids, child->pid);

	if (entry)
		child_events_exited(manager, entry->unit, entry->role, child);
	else if (!keeper_events_ended(manager, child) && !log_line_exited(manager, child->pid) &&
		 !reexec_exited(manager, child) && !sidecar_command_exited(manager, child))
		manager->orphans_reaped++;
}

/* Without cgroups and keepers nobody tells when a unit's last process is gone: look again whenever something ended. */
static void look_for_empty(struct manager *manager)
{
	size_t kept = 0;

	for (size_t i = 0; i < manager->expected_empty_count; i++) {
		unit_id unit = manager->expected_empty[i];
		struct unit_runtime *runtime = unit_runtime_find(manager, unit);
		if (runtime && containment_is_empty(&runtime->containment) == 0)
			manager->expected_empty[kept++] = unit;
		else
			feed_empty(manager, unit);
	}
	manager->expected_empty_count = kept;
}

void child_events_reap(struct manager *manager)
{
	struct exited_child child;
	int reaped = 0;

	/* What a process said before it ended counts before its end. */
	notify_events_receive(manager);
	keeper_events_receive(manager);
	while (reaped < REAP_BATCH && reaper_next(&child) > 0) {
		child_ended(manager, &child);
		reaped++;
	}
	manager->reap_again = reaped == REAP_BATCH;
	if (manager->expected_empty_count > 0 && reaped > 0)
		look_for_empty(manager);
}

/* Its parent reaps it any moment; how it ended is known only then. */
static bool await_exit_info(const struct process *process, struct exited_child *child)
{
	struct pollfd reaped = { .fd = process->pidfd };

	if (process_exit_info(process, &child->code, &child->status))
		return true;
	(void)poll(&reaped, 1, PARENT_PATIENCE);
	return process_exit_info(process, &child->code, &child->status);
}

void child_events_stranger_ended(struct manager *manager, unit_id unit, enum process_role role)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	/* It may have become our child in the meantime: then how it ended can be had. */
	child_events_reap(manager);
	if (!runtime || runtime->processes[role].pid == 0)
		return;
	struct exited_child child = { .pid = runtime->processes[role].pid };
	if (containment_watch(&runtime->containment, child.pid))
		return; /* its keeper tells */
	if (!await_exit_info(&runtime->processes[role], &child))
		manager_record(manager, RECORD_NOTICE, unit, "process %d ended; nobody tells how", (int)child.pid);
	child_events_exited(manager, unit, role, &child);
}

void child_events_expect_empty(struct manager *manager, unit_id unit)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime || runtime->processes[ROLE_MAIN].pid != 0 || runtime->processes[ROLE_CONTROL].pid != 0)
		return;
	if (containment_is_empty(&runtime->containment) != 0)
		feed_empty(manager, unit);
	else if (nobody_tells(&runtime->containment))
		remember(manager, unit);
}

void child_events_on_empty(struct containment *containment, void *context)
{
	struct manager *manager = context;
	struct unit_runtime *runtime = unit_runtime_of(containment);

	/* A main process that nobody has reaped yet is first heard of by its exit; and news may be overtaken by a
	 * birth. */
	if (runtime->processes[ROLE_MAIN].pid == 0 && runtime->processes[ROLE_CONTROL].pid == 0 &&
	    containment_is_empty(containment) != 0)
		feed_empty(manager, runtime->unit);
}
