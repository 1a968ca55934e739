#include "supervisor/manager.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/bus_names.h"
#include "supervisor/child_events.h"
#include "supervisor/control_verbs.h"
#include "supervisor/crash.h"
#include "supervisor/host_signals.h"
#include "supervisor/inherited.h"
#include "supervisor/keeper_events.h"
#include "supervisor/keepsake.h"
#include "supervisor/late_answer.h"
#include "supervisor/leftovers.h"
#include "supervisor/log_intake.h"
#include "supervisor/log_line.h"
#include "supervisor/main_process_finder.h"
#include "supervisor/notify_events.h"
#include "supervisor/os/cgroup.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/limits.h"
#include "supervisor/os/machine.h"
#include "supervisor/os/notify_socket.h"
#include "supervisor/os/reaper.h"
#include "supervisor/os/spawn.h"
#include "supervisor/perform.h"
#include "supervisor/pid_table.h"
#include "supervisor/reexec.h"
#include "supervisor/sandbox_start.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/sidecar_command.h"
#include "supervisor/snapshot.h"
#include "supervisor/socket_units.h"
#include "supervisor/takeover.h"
#include "supervisor/timer_clock.h"
#include "supervisor/unit_freshness.h"
#include "supervisor/unit_loading.h"
#include "supervisor/unit_resources.h"
#include "supervisor/unit_runtime.h"

/* One turn of the loop performs this many actions, then looks at signals, deadlines and clients again. */
enum { ACTIONS_A_TURN = 256 };

/* How long the logger may take to write what is left. */
#define LOGGER_GRACE (5 * USEC_PER_SEC)

/* Without a logger: to stderr, but never waiting for whoever should read it. */
static void write_to_stderr(const char *unit, const char *text)
{
	struct pollfd writable = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[1024];
	int length = snprintf(line, sizeof line, "svinit: %s%s%s\n", unit ? unit : "", unit ? ": " : "", text);

	if (length >= (int)sizeof line) {
		length = sizeof line;
		line[length - 1] = '\n';
	}
	if (poll(&writable, 1, 0) == 1 && (writable.revents & POLLOUT))
		(void)!write(STDERR_FILENO, line, (size_t)length);
}

void manager_record(struct manager *manager, enum record_level level, unit_id unit, const char *format, ...)
{
	const struct unit *about = unit == UNIT_ID_NONE ? NULL : core_unit(manager->core, unit);
	const char *name = about ? about->definition->name : NULL;
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (manager->options.machine_init && level <= RECORD_NOTICE)
		machine_say((int)level, "%s%s%s", name ? name : "", name ? ": " : "", text);
	if (manager->log && log_line_is_open(manager))
		log_line_record(manager, level, name, text);
	else if (level <= RECORD_INFO)
		write_to_stderr(name, text);
}

/* Performs what is queued, at most a turn's worth; what comes of it is queued behind. */
static void drain(struct manager *manager)
{
	struct action action;

	if (manager->draining)
		return;
	manager->draining = true;
	for (int i = 0; i < ACTIONS_A_TURN && action_queue_take(&manager->actions, &action); i++)
		perform(manager, &action);
	manager->draining = false;
}

void manager_feed(struct manager *manager, const struct event *event)
{
	core_step(manager->core, event, clock_monotonic(), &manager->actions);
	drain(manager);
}

void manager_shut_down(struct manager *manager, enum leave_kind kind, int exit_status)
{
	struct event event = {
		.kind = EVENT_REQUEST,
		.request = { .verb = REQUEST_SHUTDOWN, .leave = kind, .exit_status = exit_status },
	};

	manager_record(manager, RECORD_INFO, UNIT_ID_NONE, "stopping everything");
	notify_upwards("STOPPING=1\nSTATUS=Stopping");
	manager_feed(manager, &event);
}

void manager_answered(struct manager *manager, const struct action *action)
{
	(void)action;
	if (manager->boot_pending > 0)
		manager->boot_pending--;
}

static void boot_finished(struct manager *manager)
{
	struct cause cause;

	manager->booted = true;
	unit_resources_apply_all(manager);
	/* Reading the files and planning the start took memory that is not needed again. */
	malloc_trim(0);
	if (manager->options.command && sidecar_command_start(manager, &cause) < 0) {
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "%s", cause.text);
		return;
	}
	notify_upwards("READY=1\nSTATUS=Running");
}

/* The start requests of the boot are answered: they were those of all units, or of the generators alone. */
static void go_on_booting(struct manager *manager)
{
	bool generated = manager->generating;
	struct cause cause = { 0 };

	manager->generating = false;
	if (generated && !core_is_shutting_down(manager->core) && unit_loading_boot(manager, &cause) < 0)
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "%s", cause.text);
	if (manager->boot_pending == 0)
		boot_finished(manager);
}

int manager_kill(struct manager *manager, unit_id unit, enum signal_scope scope, int number, struct cause *cause)
{
	const char *name = core_unit(manager->core, unit)->definition->name;
	int result = perform_signal(manager, unit, scope, number, false);

	if (result == 0)
		return cause_set(cause, ESRCH, "%s has no such process to signal", name);
	return result < 0 ? cause_set_errno(cause, -result, "signalling %s", name) : 0;
}

int manager_freeze(struct manager *manager, unit_id id, bool frozen, struct cause *cause)
{
	const struct unit *unit = core_unit(manager->core, id);
	struct unit_runtime *runtime = unit_runtime_find(manager, id);
	const char *name = unit->definition->name;

	if (!containment_root_has_cgroups(manager->containment_root))
		return cause_set(cause, ENOTSUP, "%s cannot be frozen: there are no cgroups here", name);
	if (!runtime || runtime->containment.cgroup_fd < 0 || !unit->populated)
		return cause_set(cause, ESRCH, "%s has no processes", name);
	int result = cgroup_freeze(runtime->containment.cgroup_fd, frozen);
	if (result < 0)
		return cause_set_errno(cause, -result, "%s cannot be %s", name, frozen ? "frozen" : "thawed");
	runtime->frozen = frozen;
	if (manager->control)
		control_verbs_unit_changed(manager->control, id);
	return 0;
}

/* Puts `pid` in front of the others, if it is among them. */
static void move_to_front(pid_t *pids, int count, int place, pid_t pid)
{
	for (int i = place; i < count && pid != 0; i++)
		if (pids[i] == pid) {
			pids[i] = pids[place];
			pids[place] = pid;
			return;
		}
}

int manager_processes(struct manager *manager, unit_id unit, pid_t *pids, size_t max)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime)
		return 0;
	int count = containment_processes(&runtime->containment, pids, max);
	int filled = count > (int)max ? (int)max : count;
	move_to_front(pids, filled, 0, runtime->processes[ROLE_MAIN].pid);
	if (filled > 1)
		move_to_front(pids, filled, runtime->processes[ROLE_MAIN].pid != 0,
			      runtime->processes[ROLE_CONTROL].pid);
	return count;
}

const char *manager_control_group(struct manager *manager, unit_id unit)
{
	static char path[4096];
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime)
		return NULL;
	return containment_path(&runtime->containment, path, sizeof path) ? path : NULL;
}

static usec next_deadline(const struct manager *manager)
{
	usec deadline = core_next_deadline(manager->core);
	usec other = log_line_deadline(manager);

	if (other < deadline)
		deadline = other;
	if (manager->control && (other = control_verbs_deadline(manager->control)) < deadline)
		deadline = other;
	if ((other = late_answer_deadline(manager)) < deadline)
		deadline = other;
	if ((other = reexec_deadline(manager)) < deadline)
		deadline = other;
	if ((other = sandbox_start_deadline(manager)) < deadline)
		deadline = other;
	if (manager->finish_at < deadline)
		deadline = manager->finish_at;
	return manager->actions.count > 0 || manager->reap_again ? 0 : deadline;
}

static void expire(struct manager *manager, usec now)
{
	if (core_next_deadline(manager->core) <= now) {
		struct event event = { .kind = EVENT_DEADLINE };
		manager_feed(manager, &event);
	}
	log_line_expire(manager, now);
	late_answer_expire(manager, now);
	reexec_expire(manager, now);
	sandbox_start_expire(manager, now);
	if (manager->control)
		control_verbs_expire(manager->control, now);
}

int manager_turn(struct manager *manager)
{
	snapshot_update(manager);
	log_line_push(manager);
	int result = event_loop_set_deadline(&manager->loop, next_deadline(manager));

	if (result >= 0)
		result = event_loop_wait(&manager->loop);
	if (result > 0)
		expire(manager, clock_monotonic());
	if (manager->reap_again)
		child_events_reap(manager);
	drain(manager);
	if (!manager->booted && manager->boot_pending == 0)
		go_on_booting(manager);
	return result < 0 ? result : 0;
}

/* Lets the logger write what is left, and waits for it as long as it may take. */
static void finish_logger(struct manager *manager)
{
	log_line_finish(manager);
	manager->finish_at = usec_add(clock_monotonic(), LOGGER_GRACE);
	while (log_line_is_running(manager) && clock_monotonic() < manager->finish_at)
		if (manager_turn(manager) < 0)
			break;
}

int manager_run(struct manager *manager)
{
	while (!manager->leaving) {
		int result = manager_turn(manager);
		/* There is nobody to report to but the log; PID 1 goes on. */
		if (result < 0)
			manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "event loop: %s", strerror(-result));
		reexec_continue(manager);
	}
	leftovers_end(manager);
	finish_logger(manager);
	snapshot_close(manager, true);
	return manager->exit_status;
}

static void open_control(struct manager *manager, const char *directory)
{
	struct cause cause = { 0 };
	char path[4096];

	snprintf(path, sizeof path, "%s/control", directory);
	if (control_verbs_open(manager, path, &manager->control, &cause) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "no control socket: %s", cause.text);
	if (notify_events_open(manager, directory, &cause) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "no notify socket: %s", cause.text);
}

/* One name for each runtime directory, which one svinit at a time has: the next one on it finds the same cgroups. */
static void name_subtree(const struct manager *manager, char *name, size_t size)
{
	const char *directory = manager->options.runtime_directory;
	struct stat status;
	uint64_t random = 0;

	if (directory && stat(directory, &status) == 0) {
		snprintf(name, size, "svinit-%jx-%jx.supervisor", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
		return;
	}
	(void)!getrandom(&random, sizeof random, GRND_NONBLOCK);
	snprintf(name, size, "svinit-%d-%jx.supervisor", (int)getpid(), (uintmax_t)random);
}

static void open_keepers(struct manager *manager, const struct cause *why)
{
	struct cause cause = { 0 };

	if (keeper_events_open(manager, &cause) >= 0)
		manager_record(manager, RECORD_INFO, UNIT_ID_NONE,
			       "no writable cgroup v2 tree (%s): units are held by keepers", why->text);
	else
		manager_record(
			manager, RECORD_WARNING, UNIT_ID_NONE,
			"no writable cgroup v2 tree (%s) and no keepers (%s): units are held by session, process "
			"group and environment",
			why->text, cause.text);
}

static void open_containment(struct manager *manager)
{
	struct cause why = { 0 };
	char name[64];

	name_subtree(manager, name, sizeof name);
	if (manager->options.no_cgroups)
		cause_set(&why, 0, "--no-cgroups");
	if (containment_root_open(&manager->containment_root, &manager->loop, manager->options.no_cgroups ? NULL : name,
				  child_events_on_empty, manager, &why) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "containment: %s", why.text);
	else if (!containment_root_has_cgroups(manager->containment_root))
		open_keepers(manager, &why);
	if (manager->containment_root)
		unit_resources_open(manager);
}

static void open_logger(struct manager *manager)
{
	struct cause cause = { 0 };

	if (log_line_open(manager, &cause) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE,
			       "%s; what services print goes to svinit's own output", cause.text);
}

static int open_tables(struct manager *manager, struct cause *cause)
{
	uint64_t seed = 0;

	(void)!getrandom(&seed, sizeof seed, GRND_NONBLOCK);
	manager->core = core_create(seed);
	manager->pids = calloc(1, sizeof *manager->pids);
	if (!manager->core || !manager->pids)
		return cause_set(cause, ENOMEM, "out of memory");
	int result = event_loop_init(&manager->loop);
	return result < 0 ? cause_set_errno(cause, -result, "event loop") : 0;
}

static int open_everything(struct manager *manager, struct cause *cause)
{
	limits_raise_descriptors();
	spawn_prepare();
	int result = open_tables(manager, cause);
	if (result >= 0)
		result = host_signals_open(manager, cause);
	if (result < 0)
		return result;
	if (getpid() != 1 && (result = reaper_become_subreaper()) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "orphans are not adopted: %s", strerror(-result));
	open_containment(manager);
	log_intake_open(manager);
	open_logger(manager);
	if (manager->options.runtime_directory)
		open_control(manager, manager->options.runtime_directory);
	return unit_loading_create_loader(manager, true, &manager->loader, cause);
}

static void expect_crashes(struct manager *manager)
{
	const struct crash_plan plan = { .program = manager->options.program,
					 .arguments = manager->options.arguments,
					 .lock = manager->options.lock,
					 .when = takeover_when() };
	int result = crash_install(&plan);

	if (result < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "a crash would be the end: %s",
			       strerror(-result));
}

static int begin(struct manager *manager, struct takeover *takeover, struct cause *cause)
{
	if (snapshot_open(manager) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "out of memory: the state will not be saved");
	if (takeover->kind != TAKEOVER_NONE)
		return takeover_apply(manager, takeover, cause);
	keepsake_close_left(manager);
	inherited_close_rest();
	log_line_begin_run(manager);
	manager->generating = unit_loading_generate(manager);
	return manager->generating ? 0 : unit_loading_boot(manager, cause);
}

int manager_open(struct manager *manager, const struct manager_options *options, struct cause *cause)
{
	*manager = (struct manager){
		.options = *options,
		.signal_source = { .fd = -1 },
		.log_intakes = { -1, -1, -1 },
		.notify_source = { .fd = -1 },
		.loop = { .epoll_fd = -1, .timer_fd = -1 },
		.finish_at = USEC_INFINITY,
		.started = clock_monotonic(),
	};
	descriptors_open_standard();
	descriptors_keep_from_children(STDERR_FILENO + 1);
	manager->realtime_offset = (int64_t)clock_realtime() - (int64_t)manager->started;
	struct takeover takeover;
	takeover_find(manager, &takeover);
	int result = open_everything(manager, cause);
	if (result >= 0) {
		expect_crashes(manager);
		result = begin(manager, &takeover, cause);
	}
	takeover_finish(&takeover);
	return result;
}

void manager_close(struct manager *manager)
{
	struct action action;

	late_answer_forget_all(manager);
	reexec_close(manager);
	snapshot_close(manager, false);
	log_intake_close(manager);
	sandbox_start_forget_all(manager);
	if (manager->control)
		control_verbs_close(manager->control);
	notify_events_close(manager);
	sidecar_command_close(manager);
	bus_names_close(manager);
	main_process_finder_close(manager);
	timer_clock_close(manager);
	socket_units_close(manager);
	log_line_close(manager);
	while (action_queue_take(&manager->actions, &action))
		action_finish(&action);
	action_queue_finish(&manager->actions);
	sandbox_state_destroy_all(manager);
	unit_runtime_destroy_all(manager);
	if (manager->containment_root)
		containment_root_close(manager->containment_root);
	if (manager->pids) {
		pid_table_finish(manager->pids);
		free(manager->pids);
	}
	if (manager->loader)
		loader_destroy(manager->loader);
	unit_freshness_forget(manager);
	core_destroy(manager->core);
	host_signals_close(manager);
	event_loop_finish(&manager->loop);
	keepsake_finish(manager);
	free(manager->expected_empty);
	free(manager->new_root);
	free(manager->new_init);
	free(manager->notify_path);
	string_list_free(manager->environment);
}
