#include "supervisor/main_process_finder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "supervisor/child_events.h"
#include "supervisor/os/pid_file.h"
#include "supervisor/os/proc.h"
#include "supervisor/pid_table.h"
#include "supervisor/unit_runtime.h"

/* One unit that waits for its PID file. */
struct waiting {
	unit_id unit;
	int watch; /* on the nearest directory above the file that is there */
};

struct main_process_finder {
	struct event_source inotify; /* first: the source is the finder */
	struct manager *manager;
	struct waiting *waiting;
	size_t count, capacity;
};

/* A process that is no child of ours: its pidfd becomes readable when it ends. */
struct stranger {
	struct event_source source; /* first: the source is the stranger */
	struct manager *manager;
	unit_id unit;
	enum process_role role;
	pid_t pid;
};

static void stranger_ended(struct event_source *source, uint32_t events)
{
	struct stranger *stranger = (struct stranger *)source;
	struct manager *manager = stranger->manager;
	enum process_role role = stranger->role;
	unit_id unit = stranger->unit;
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	bool current = runtime && runtime->processes[role].pid == stranger->pid;

	(void)events;
	event_loop_remove(&manager->loop, source);
	close(source->fd);
	free(stranger);
	if (current)
		child_events_stranger_ended(manager, unit, role);
}

/* The pidfd is watched through a copy, which lives as long as the watch and not as long as the unit's interest. */
int main_process_watch(struct manager *manager, unit_id unit, enum process_role role, const struct process *process)
{
	struct stranger *stranger = calloc(1, sizeof *stranger);

	if (!stranger)
		return -ENOMEM;
	*stranger = (struct stranger){
		.source = { .fd = fcntl(process->pidfd, F_DUPFD_CLOEXEC, 3), .dispatch = stranger_ended },
		.manager = manager,
		.unit = unit,
		.role = role,
		.pid = process->pid,
	};
	int result = stranger->source.fd < 0 ? -errno : event_loop_add(&manager->loop, &stranger->source, EPOLLIN);
	if (result < 0) {
		if (stranger->source.fd >= 0)
			close(stranger->source.fd);
		free(stranger);
	}
	/* The event loop holds it from here on. */
	return result; /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* Is it us who are told how it ended, by the kernel or by a keeper? */
static bool is_child(const struct unit_runtime *runtime, pid_t pid)
{
	struct proc_stat stat;

	return proc_read_stat(pid, &stat) >= 0 && containment_reaps_for(&runtime->containment, stat.parent);
}

int main_process_adopt(struct manager *manager, unit_id unit, pid_t pid, bool trusted, struct cause *cause)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	struct process process;

	if (!runtime || pid <= 1 || pid == getpid())
		return cause_set(cause, EPERM, "process %d is not the unit's", (int)pid);
	if (runtime->processes[ROLE_MAIN].pid == pid)
		return 0;
	int result = process_open(pid, &process);
	if (result < 0)
		return cause_set_errno(cause, -result, "process %d", (int)pid);
	/* Asked after the process is held: what the answer is about can no longer be somebody else. */
	if (!trusted && !containment_has(&runtime->containment, pid)) {
		process_close(&process);
		return cause_set(cause, EPERM, "process %d does not belong to the unit", (int)pid);
	}
	(void)containment_watch(&runtime->containment, pid);
	if (!is_child(runtime, pid))
		result = main_process_watch(manager, unit, ROLE_MAIN, &process);
	if (result >= 0)
		result = unit_runtime_set_process(manager, unit, ROLE_MAIN, process);
	if (result < 0) {
		process_close(&process);
		return cause_set_errno(cause, -result, "process %d", (int)pid);
	}
	containment_found(&runtime->containment, ROLE_MAIN, pid);
	return 0;
}

static void answer(struct manager *manager, unit_id unit, pid_t pid, const char *why_not, bool final)
{
	struct event event = {
		.kind = EVENT_MAIN_PROCESS,
		.unit = unit,
		.main_process = { .pid = pid, .why_not = why_not, .final = final },
	};

	manager_feed(manager, &event);
}

/* The process that daemonised: the unit's only one, or its only one whose parent is svinit. 0: cannot tell. */
static pid_t guess(struct manager *manager, unit_id unit)
{
	enum { LOOK_AT = 64 };
	pid_t pids[LOOK_AT], found = 0;
	int count = manager_processes(manager, unit, pids, LOOK_AT);

	if (count == 1)
		return pids[0];
	if (count > LOOK_AT)
		return 0;
	for (int i = 0; i < count; i++) {
		if (!is_child(unit_runtime_find(manager, unit), pids[i]))
			continue;
		if (found)
			return 0;
		found = pids[i];
	}
	return found;
}

static void find_by_guess(struct manager *manager, unit_id unit)
{
	pid_t pid = guess(manager, unit);

	if (pid > 0 && main_process_adopt(manager, unit, pid, false, NULL) >= 0)
		answer(manager, unit, pid, NULL, true);
	else
		answer(manager, unit, 0, "no process of the unit stands out as its main one", true);
}

/* 1: found and told; 0: not yet. */
static int try_pid_file(struct manager *manager, unit_id unit, const char *path, struct cause *cause)
{
	bool trusted;
	pid_t pid;
	int result = pid_file_read(path, &pid, &trusted, cause);

	if (result >= 0)
		result = main_process_adopt(manager, unit, pid, trusted, cause);
	if (result < 0) {
		cause_prefix(cause, "PID file %s", path);
		return 0;
	}
	answer(manager, unit, pid, NULL, true);
	return 1;
}

static const char *pid_file_of(struct manager *manager, unit_id id)
{
	const struct unit *unit = core_unit(manager->core, id);

	return unit && unit->definition->service ? unit->definition->service->options->pid_file : NULL;
}

/* Watches the nearest directory on the way to the file that is there. */
static int watch_directory_above(int inotify, const char *path)
{
	char directory[4096];

	if ((size_t)snprintf(directory, sizeof directory, "%s", path) >= sizeof directory)
		return -ENAMETOOLONG;
	for (;;) {
		char *slash = strrchr(directory, '/');
		if (!slash)
			return -ENOENT;
		slash[slash == directory] = '\0';
		int watch = inotify_add_watch(inotify, directory,
					      IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB | IN_ONLYDIR);
		if (watch >= 0 || strcmp(directory, "/") == 0)
			return watch >= 0 ? watch : -errno;
	}
}

static void forget_at(struct main_process_finder *finder, size_t index)
{
	int watch = finder->waiting[index].watch;

	finder->waiting[index] = finder->waiting[--finder->count];
	for (size_t i = 0; i < finder->count; i++)
		if (finder->waiting[i].watch == watch)
			return;
	inotify_rm_watch(finder->inotify.fd, watch);
}

/* Looks at every file that is waited for; directories may have come into being, so the watch moves along. */
static void look_again(struct main_process_finder *finder)
{
	for (size_t i = finder->count; i-- > 0;) {
		struct waiting *waiting = &finder->waiting[i];
		unit_id unit = waiting->unit;
		struct cause cause = { 0 };
		const char *path = pid_file_of(finder->manager, unit);
		int watch = path ? watch_directory_above(finder->inotify.fd, path) : -1;
		if (watch >= 0)
			waiting->watch = watch;
		if (!path || try_pid_file(finder->manager, unit, path, &cause) > 0)
			main_process_finder_forget(finder->manager, unit);
		if (i > finder->count)
			i = finder->count;
	}
}

static void inotify_ready(struct event_source *source, uint32_t events)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)events;
	while (read(source->fd, buffer, sizeof buffer) > 0)
		;
	look_again((struct main_process_finder *)source);
}

static struct main_process_finder *finder_get(struct manager *manager)
{
	if (manager->finder)
		return manager->finder;
	struct main_process_finder *finder = calloc(1, sizeof *finder);
	if (!finder)
		return NULL;
	finder->manager = manager;
	finder->inotify =
		(struct event_source){ .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .dispatch = inotify_ready };
	if (finder->inotify.fd < 0 || event_loop_add(&manager->loop, &finder->inotify, EPOLLIN) < 0) {
		if (finder->inotify.fd >= 0)
			close(finder->inotify.fd);
		free(finder);
		return NULL;
	}
	manager->finder = finder;
	return finder;
}

static int wait_for(struct manager *manager, unit_id unit, const char *path)
{
	struct main_process_finder *finder = finder_get(manager);

	if (!finder)
		return -ENOMEM;
	if (finder->count == finder->capacity) {
		size_t capacity = finder->capacity ? finder->capacity * 2 : 8;
		struct waiting *waiting = reallocarray(finder->waiting, capacity, sizeof *waiting);
		if (!waiting)
			return -ENOMEM;
		finder->waiting = waiting;
		finder->capacity = capacity;
	}
	int watch = watch_directory_above(finder->inotify.fd, path);
	if (watch < 0)
		return watch;
	finder->waiting[finder->count++] = (struct waiting){ .unit = unit, .watch = watch };
	return 0;
}

void main_process_finder_find(struct manager *manager, unit_id unit, bool wait)
{
	const char *path = pid_file_of(manager, unit);
	struct cause cause = { 0 };

	if (!path) {
		find_by_guess(manager, unit);
		return;
	}
	main_process_finder_forget(manager, unit);
	/* Watched first: a file that turns up between a look and the watch would never be seen. */
	int result = wait ? wait_for(manager, unit, path) : 0;
	if (try_pid_file(manager, unit, path, &cause) > 0)
		main_process_finder_forget(manager, unit);
	else if (!wait || result < 0)
		answer(manager, unit, 0, cause.text, true);
}

bool main_process_finder_succeed(struct manager *manager, unit_id id, pid_t ended)
{
	const struct unit *unit = core_unit(manager->core, id);
	const char *path = pid_file_of(manager, id);
	bool trusted;
	pid_t pid;

	if (!path || unit->sub_state != SUB_RUNNING || pid_file_read(path, &pid, &trusted, NULL) < 0 || pid == ended ||
	    main_process_adopt(manager, id, pid, trusted, NULL) < 0)
		return false;
	answer(manager, id, pid, NULL, true);
	return true;
}

void main_process_finder_forget(struct manager *manager, unit_id unit)
{
	struct main_process_finder *finder = manager->finder;

	for (size_t i = 0; finder && i < finder->count; i++)
		if (finder->waiting[i].unit == unit) {
			forget_at(finder, i);
			return;
		}
}

void main_process_finder_close(struct manager *manager)
{
	struct main_process_finder *finder = manager->finder;

	if (!finder)
		return;
	event_loop_remove(&manager->loop, &finder->inotify);
	close(finder->inotify.fd);
	free(finder->waiting);
	free(finder);
	manager->finder = NULL;
}
