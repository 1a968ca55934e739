#include "supervisor/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/inherited.h"
#include "supervisor/keeper_events.h"
#include "supervisor/keepsake.h"
#include "supervisor/main_process_finder.h"
#include "supervisor/os/log_pipe.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/process.h"
#include "supervisor/pid_table.h"
#include "supervisor/unit_resources.h"
#include "supervisor/unit_runtime.h"

enum { PROCESSES_LOOKED_AT = 1024 };

static int take_process(struct manager *manager, unit_id id, enum process_role role, const struct process *process)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, id);
	struct proc_stat stat;
	bool child =
		proc_read_stat(process->pid, &stat) == 0 && containment_reaps_for(&runtime->containment, stat.parent);
	int result = child ? 0 : main_process_watch(manager, id, role, process);

	if (result >= 0)
		result = unit_runtime_set_process(manager, id, role, *process);
	if (result < 0) {
		manager_record(manager, RECORD_ERROR, id, "process %d cannot be watched: %s", (int)process->pid,
			       strerror(-result));
		return result;
	}
	if (child)
		containment_born(&runtime->containment, (int)role, process->pid);
	else
		containment_found(&runtime->containment, (int)role, process->pid);
	return 0;
}

/* The process that the unit had, if it is still the same. Of one that is gone the pidfd tells nothing any more. */
static bool take_known(struct manager *manager, unit_id id, enum process_role role, pid_t pid, uint64_t identity)
{
	struct process process;
	uint64_t found;

	if (pid <= 0 || process_open(pid, &process) < 0)
		return false;
	if (process_identity(&process, &found) == 0 && found == identity &&
	    take_process(manager, id, role, &process) >= 0)
		return true;
	process_close(&process);
	return false;
}

static bool is_among(const pid_t *pids, int count, pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* The youngest of those whose parent is not one of the unit's: it was started by svinit. 0: there is none. */
static pid_t find_started(struct manager *manager, const struct unit_runtime *runtime)
{
	static pid_t pids[PROCESSES_LOOKED_AT];
	int count = manager_processes(manager, runtime->unit, pids, PROCESSES_LOOKED_AT);
	struct proc_stat stat;
	uint64_t youngest = 0;
	pid_t found = 0;

	if (count > PROCESSES_LOOKED_AT)
		count = PROCESSES_LOOKED_AT;
	for (int i = 0; i < count; i++) {
		if (pids[i] == runtime->processes[ROLE_MAIN].pid || pids[i] == runtime->processes[ROLE_CONTROL].pid ||
		    proc_read_stat(pids[i], &stat) < 0 || stat.state == 'Z' || is_among(pids, count, stat.parent) ||
		    stat.start_time < youngest)
			continue;
		youngest = stat.start_time;
		found = pids[i];
	}
	return found;
}

static void take_started(struct manager *manager, unit_id id, enum process_role role, struct survivors *survivors)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, id);
	pid_t pid = find_started(manager, runtime);
	struct process process;

	if (pid <= 0 || process_open(pid, &process) < 0)
		return;
	if (take_process(manager, id, role, &process) < 0)
		process_close(&process);
	else
		survivors->started = pid;
}

static bool is_pipe(int fd, uint64_t inode)
{
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && (!inode || status.st_ino == inode);
}

/* By our own number where this process had it open, else by name from the vault, else from a process that writes to it.
 */
static int find_log_pipe(struct manager *manager, unit_id id, const struct saved_runtime *saved, int which)
{
	char name[KEEPSAKE_NAME_MAX + 1];
	static pid_t pids[PROCESSES_LOOKED_AT];

	if (saved->log_inodes[which] == 0)
		return -1;
	if (inherited_claim(saved->log_pipes[which])) {
		if (is_pipe(saved->log_pipes[which], saved->log_inodes[which]))
			return saved->log_pipes[which];
		close(saved->log_pipes[which]);
	}
	snprintf(name, sizeof name, "log %s %d", core_unit(manager->core, id)->definition->name, which);
	int fd = keepsake_take(manager, name);
	/* What comes from the vault is open for reading only. */
	int both_ways = is_pipe(fd, saved->log_inodes[which]) ? log_pipe_find(getpid(), saved->log_inodes[which]) : -1;
	if (fd >= 0)
		close(fd);
	if (both_ways >= 0)
		return both_ways;
	int count = manager_processes(manager, id, pids, PROCESSES_LOOKED_AT);
	for (int i = 0; i < count && i < PROCESSES_LOOKED_AT; i++) {
		fd = log_pipe_find(pids[i], saved->log_inodes[which]);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* A keeper is named after the unit that it holds. */
static bool is_keeper_of(pid_t pid, const char *unit)
{
	char line[512];
	struct proc_stat stat;

	if (proc_read_stat(pid, &stat) < 0 || stat.state == 'Z' || strcmp(stat.comm, "svkeeper") != 0 ||
	    proc_read_command_line(pid, line, sizeof line) <= 0)
		return false;
	const char *last = strrchr(line, ' ');
	return last && strncmp(last + 1, unit, strlen(last + 1)) == 0;
}

/* A keeper that an svinit before us is the parent of: nobody tells us of its end but its pidfd. */
struct adopted_keeper {
	struct event_source source; /* first: the source is the keeper */
	struct manager *manager;
	pid_t pid;
};

static void keeper_ended(struct event_source *source, uint32_t events)
{
	struct adopted_keeper *keeper = (struct adopted_keeper *)source;
	const struct exited_child child = { .pid = keeper->pid, .code = CLD_EXITED };
	struct manager *manager = keeper->manager;

	(void)events;
	event_loop_remove(&manager->loop, source);
	close(source->fd);
	free(keeper);
	keeper_events_receive(manager);
	(void)keeper_events_ended(manager, &child);
}

static int watch_keeper(struct manager *manager, pid_t pid)
{
	struct adopted_keeper *keeper = calloc(1, sizeof *keeper);
	struct process process = PROCESS_NONE;

	if (!keeper || process_open(pid, &process) < 0 || process.pidfd < 0) {
		free(keeper);
		return -ESRCH;
	}
	*keeper = (struct adopted_keeper){
		.source = { .fd = process.pidfd, .dispatch = keeper_ended },
		.manager = manager,
		.pid = pid,
	};
	int result = event_loop_add(&manager->loop, &keeper->source, EPOLLIN);
	if (result < 0) {
		close(process.pidfd);
		free(keeper);
	}
	/* The event loop holds it from here on. */
	return result; /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* What a keeper that cannot be had holds is found by what its processes show. */
static void take_keepers(struct manager *manager, unit_id id, const struct saved_runtime *saved)
{
	struct containment *containment = &unit_runtime_find(manager, id)->containment;
	const char *name = core_unit(manager->core, id)->definition->name;
	struct spawn_keeper unused;

	for (unsigned i = 0; i < saved->keeper_count; i++) {
		pid_t pid = saved->keepers[i].pid;
		bool child = process_is_child(pid);
		if ((child || is_keeper_of(pid, name)) &&
		    containment_plan_keeper(containment, containment->name, &unused) > 0 &&
		    (child || watch_keeper(manager, pid) >= 0))
			containment_kept(containment, pid, saved->keepers[i].main);
		else
			containment->loose = containment->orphaned = true;
	}
}

static bool leave_pipe_of(struct manager *manager, pid_t keeper)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/%d/fd/0", (int)keeper);
	int reports = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int pipe = reports < 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
	if (pipe < 0) {
		if (reports >= 0)
			close(reports);
		return false;
	}
	keepsake_leave(manager, "keepers.reports", reports);
	keepsake_leave(manager, "keepers.pipe", pipe);
	return true;
}

void survey_keeper_pipe(struct manager *manager, const struct saved_state *state)
{
	struct saved_runtime runtime;

	for (unit_id id = 0; id < state->unit_count; id++) {
		if (!state->units[id].runtime.size || unit_runtime_unpack(&state->units[id].runtime, &runtime) < 0)
			continue;
		for (unsigned i = 0; i < runtime.keeper_count; i++)
			if (is_keeper_of(runtime.keepers[i].pid, state->units[id].name) &&
			    leave_pipe_of(manager, runtime.keepers[i].pid))
				return;
	}
}

static void take_containment(struct manager *manager, unit_id id, const struct saved_runtime *saved)
{
	struct containment *containment = &unit_runtime_find(manager, id)->containment;
	struct cause cause = { 0 };

	memcpy(containment->invocation_id, saved->invocation_id, sizeof containment->invocation_id);
	if (!saved->contained)
		return;
	(void)unit_resources_place(manager, id);
	if (containment_prepare(containment, core_unit(manager->core, id)->definition->name, &cause) < -1) {
		manager_record(manager, RECORD_ERROR, id, "%s", cause.text);
		return;
	}
	unit_resources_apply(manager, id);
	for (int role = 0; role < ROLE_COUNT; role++)
		containment->leader[role] = saved->leader[role];
	containment->killed = saved->killed;
	take_keepers(manager, id, saved);
}

static pid_t pid_of(const struct unit *unit, enum process_role role)
{
	return role == ROLE_MAIN ? unit->main_pid : unit->control_pid;
}

void survey_unit(struct manager *manager, unit_id id, const struct saved_runtime *saved, struct survivors *survivors)
{
	const struct unit *unit = core_unit(manager->core, id);
	struct unit_runtime *runtime = unit_runtime_get(manager, id);

	if (!runtime)
		return;
	memcpy(runtime->invocation_id, saved->invocation_id, sizeof runtime->invocation_id);
	runtime->oom_kills = saved->oom_kills;
	take_containment(manager, id, saved);
	for (enum process_role role = ROLE_MAIN; role < ROLE_COUNT; role++)
		survivors->alive[role] = take_known(manager, id, role, pid_of(unit, role), saved->identities[role]);
	survivors->begun = saved->starting > 0;
	if (saved->starting > 0 && core_is_starting(manager->core, id, (enum process_role)(saved->starting - 1)))
		take_started(manager, id, (enum process_role)(saved->starting - 1), survivors);
	survivors->populated = containment_is_empty(&runtime->containment) == 0;
	for (int i = 0; i < 2; i++)
		runtime->log_pipes[i] = find_log_pipe(manager, id, saved, i);
}
