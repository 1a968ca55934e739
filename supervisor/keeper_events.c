#include "supervisor/keeper_events.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "supervisor/child_events.h"
#include "supervisor/keepsake.h"
#include "supervisor/log_line.h"
#include "supervisor/notify_events.h"
#include "supervisor/pid_table.h"
#include "supervisor/sidecar_command.h"
#include "supervisor/unit_runtime.h"

enum { REPORTS_AT_ONCE = 512 };

static void reports_ready(void *context)
{
	struct manager *manager = context;

	/* What a process said before it ended counts before its end. */
	notify_events_receive(manager);
	keeper_events_receive(manager);
}

static bool is_other(pid_t child, void *context)
{
	const struct manager *manager = context;

	return log_line_is_process(manager, child) || sidecar_command_is_process(manager, child);
}

int keeper_events_open(struct manager *manager, struct cause *cause)
{
	int ends[2] = { keepsake_take(manager, "keepers.reports"), keepsake_take(manager, "keepers.pipe") };

	if (ends[0] >= 0 && ends[1] >= 0)
		containment_root_leave_pipe(manager->containment_root, ends);
	int result = containment_root_open_keepers(manager->containment_root, manager->options.keeper_program,
						   reports_ready, is_other, cause);
	if (result < 0)
		return result;
	containment_root_keeper_pipe(manager->containment_root, ends);
	(void)keepsake_put(manager, "keepers.reports", ends[0], KEEPSAKE_OWN);
	(void)keepsake_put(manager, "keepers.pipe", ends[1], KEEPSAKE_OWN);
	return result;
}

/* Who runs with svinit's user could write to the pipe too: that a process has ended is not a matter of belief. */
static bool has_ended(const struct process *process)
{
	struct pollfd ended = { .fd = process->pidfd, .events = POLLIN };

	if (process->pidfd < 0)
		return kill(process->pid, 0) < 0 && errno == ESRCH;
	return poll(&ended, 1, 0) == 1;
}

static void take_report(struct manager *manager, const struct keeper_report *report)
{
	const struct pid_entry *entry = pid_table_find(manager->pids, report->pid);
	const struct unit_runtime *runtime = entry ? unit_runtime_find(manager, entry->unit) : NULL;
	const struct exited_child child = { .pid = report->pid, .code = report->code, .status = report->status };

	if (!runtime || entry->role >= ROLE_COUNT || !has_ended(&runtime->processes[entry->role]))
		return;
	child_events_exited(manager, entry->unit, (enum process_role)entry->role, &child);
}

void keeper_events_receive(struct manager *manager)
{
	struct keeper_report report;

	for (int i = 0; i < REPORTS_AT_ONCE && containment_next_report(manager->containment_root, &report); i++)
		take_report(manager, &report);
}

/* Whom a keeper could not tell of any more: it lives and is ours to reap, or is gone and nobody knows how. */
static void follow_up(struct manager *manager, unit_id unit, pid_t pid)
{
	const struct pid_entry *entry = pid > 0 ? pid_table_find(manager->pids, pid) : NULL;
	const struct exited_child gone = { .pid = pid };
	siginfo_t info;

	if (!entry || entry->unit != unit || entry->role >= ROLE_COUNT ||
	    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
		return;
	if (has_ended(&unit_runtime_find(manager, unit)->processes[entry->role]))
		child_events_exited(manager, unit, (enum process_role)entry->role, &gone);
}

bool keeper_events_ended(struct manager *manager, const struct exited_child *child)
{
	struct containment *containment = containment_of_keeper(manager->containment_root, child->pid);
	bool killed = child->code != CLD_EXITED;

	if (!containment)
		return false;
	/* What it wrote before it ended. */
	keeper_events_receive(manager);
	unit_id unit = unit_runtime_of(containment)->unit;
	unit_runtime_of(containment)->ended_cpu += child->cpu;
	if (killed)
		manager_record(manager, RECORD_WARNING, unit,
			       "its keeper was killed: processes that fork away are told by elimination from now on");
	follow_up(manager, unit, containment_keeper_ended(containment, child->pid, killed));
	child_events_on_empty(containment, manager);
	return true;
}
