#include "supervisor/sandbox_start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/exec_recipe.h"
#include "common/string_list.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/os/spawn.h"
#include "supervisor/perform.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/unit_runtime.h"

/* A sandbox is made in milliseconds; only a name service or a dead file server takes long. */
#define PATIENCE (90 * USEC_PER_SEC)

enum { REPORTS_A_ROUND = 64, NOT_ENFORCED_MAX = 128 };

struct pending_start {
	struct event_source source; /* the line from svexec */
	struct manager *manager;
	struct pending_start *next;
	unit_id unit;
	enum process_role role;
	usec deadline;
	bool ready, failed, late;
	struct exec_report failure;
};

static struct unit_runtime *runtime_of(const struct pending_start *start)
{
	return unit_runtime_find(start->manager, start->unit);
}

/* For the next svinit, should this one end meanwhile: role + 1 of what is being started. */
static void note_start(struct manager *manager, unit_id unit, unsigned starting)
{
	unit_runtime_find(manager, unit)->starting = (uint8_t)starting;
	core_touch(manager->core, unit);
}

static void forget(struct pending_start *start)
{
	struct pending_start **link = &start->manager->pending_starts;

	while (*link != start)
		link = &(*link)->next;
	*link = start->next;
	runtime_of(start)->sandbox->pending[start->role] = NULL;
	note_start(start->manager, start->unit, 0);
	event_loop_remove(&start->manager->loop, &start->source);
	close(start->source.fd);
	free(start);
}

static void note_not_enforced(struct pending_start *start, const struct exec_report *report)
{
	struct sandbox_state *state = runtime_of(start)->sandbox;
	char text[EXEC_REPORT_MAX];

	snprintf(text, sizeof text, "%s=: %s", report->key, report->text);
	if (string_list_contains(state->not_enforced, text) ||
	    string_list_length(state->not_enforced) >= NOT_ENFORCED_MAX)
		return;
	manager_record(start->manager, RECORD_NOTICE, start->unit, "does not hold: %s", text);
	(void)string_list_append(&state->not_enforced, text);
}

/* Reads what svexec has said. 1: more may come; 0: it has closed the line. */
static int read_reports(struct pending_start *start)
{
	char message[EXEC_REPORT_MAX];
	struct exec_report report;

	for (int i = 0; i < REPORTS_A_ROUND; i++) {
		ssize_t length = recv(start->source.fd, message, sizeof message, MSG_DONTWAIT);
		if (length <= 0)
			return length < 0 && (errno == EAGAIN || errno == EINTR);
		if (exec_report_unpack(&report, message, (size_t)length) < 0)
			continue;
		if (report.kind == EXEC_REPORT_NOT_ENFORCED)
			note_not_enforced(start, &report);
		start->ready = start->ready || report.kind == EXEC_REPORT_READY;
		if (report.kind == EXEC_REPORT_FAILED) {
			start->failed = true;
			start->failure = report;
		}
	}
	return 1;
}

static void feed_spawned(struct pending_start *start)
{
	struct manager *manager = start->manager;
	unit_id unit = start->unit;
	enum process_role role = start->role;

	forget(start);
	perform_tell_spawned(manager, unit, role);
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct pending_start *start = (struct pending_start *)source;

	(void)events;
	if (read_reports(start) > 0)
		return;
	if (start->ready && !start->failed)
		feed_spawned(start);
	else
		/* It ends, and is reaped; there is nothing more to be read. */
		event_loop_remove(&start->manager->loop, &start->source);
}

int sandbox_line_take(struct sandbox_line *line)
{
	int reports = line->reports[0];

	line->reports[0] = -1;
	return reports;
}

bool sandbox_start_begin(struct manager *manager, unit_id unit, enum process_role role, int reports)
{
	struct pending_start *start = calloc(1, sizeof *start);

	if (start) {
		*start = (struct pending_start){
			.source = { .fd = reports, .dispatch = dispatch },
			.manager = manager,
			.next = manager->pending_starts,
			.unit = unit,
			.role = role,
			.deadline = usec_add(clock_monotonic(), PATIENCE),
		};
	}
	if (!start || event_loop_add(&manager->loop, &start->source, EPOLLIN) < 0) {
		free(start);
		close(reports);
		return false;
	}
	manager->pending_starts = start;
	unit_runtime_find(manager, unit)->sandbox->pending[role] = start;
	note_start(manager, unit, (unsigned)role + 1);
	return true;
}

static void describe(const struct pending_start *start, const struct exited_child *child, char *text, size_t size)
{
	if (start->failed)
		snprintf(text, size, "%s: %s", spawn_step_name(start->failure.step), start->failure.text);
	else if (start->late)
		snprintf(text, size, "sandbox: svexec did not get ready in time");
	else if (child->code == CLD_EXITED)
		snprintf(text, size, "sandbox: svexec ended with status %d before the service began", child->status);
	else
		snprintf(text, size, "sandbox: svexec was ended by SIG%s before the service began",
			 sigabbrev_np(child->status) ? sigabbrev_np(child->status) : "?");
}

bool sandbox_start_exited(struct manager *manager, unit_id unit, enum process_role role,
			  const struct exited_child *child)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit);
	struct pending_start *start = runtime && runtime->sandbox ? runtime->sandbox->pending[role] : NULL;
	char text[EXEC_REPORT_MAX + 64];

	if (!start)
		return false;
	while (read_reports(start) > 0 && !start->failed && !start->ready)
		continue;
	if (start->ready && !start->failed) {
		feed_spawned(start);
		return false;
	}
	enum spawn_step step = start->failed ? (enum spawn_step)start->failure.step : SPAWN_STEP_SANDBOX;
	struct event event = {
		.kind = EVENT_SPAWN_FAILED,
		.unit = unit,
		.spawn_failed = {
			.role = role,
			.step = spawn_step_name(step),
			.error = start->failed ? start->failure.error : start->late ? ETIMEDOUT : EPROTO,
			.exit_status = spawn_step_exit_status(step),
			.text = text,
		},
	};
	describe(start, child, text, sizeof text);
	forget(start);
	unit_runtime_clear_process(manager, unit, role);
	manager_feed(manager, &event);
	return true;
}

usec sandbox_start_deadline(const struct manager *manager)
{
	usec deadline = USEC_INFINITY;

	for (const struct pending_start *start = manager->pending_starts; start; start = start->next)
		if (!start->late && start->deadline < deadline)
			deadline = start->deadline;
	return deadline;
}

void sandbox_start_expire(struct manager *manager, usec now)
{
	for (struct pending_start *start = manager->pending_starts; start; start = start->next) {
		if (start->late || start->deadline > now)
			continue;
		start->late = true;
		(void)process_signal(&runtime_of(start)->processes[start->role], SIGKILL);
	}
}

static void clean_up(struct manager *manager, char *const *argv)
{
	struct spawn_recipe recipe = {
		.path = manager->options.sandbox_program,
		.argv = argv,
		.envp = (char *[]){ NULL },
		.streams = { { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_KEEP } },
		.cgroup_fd = -1,
		.new_session = true,
		.umask = 0077,
		.secure_bits = -1,
	};
	struct process process;
	struct spawn_error error;

	if (spawn(&recipe, &process, &error) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "%s %s: %s", argv[1], argv[2],
			       strerror(error.error));
	else
		process_close(&process);
}

void sandbox_start_remove(struct manager *manager, const char *const *directories)
{
	char *argv[8] = { "svexec", "--remove" };

	for (size_t i = 0; directories[i] && i + 3 < sizeof argv / sizeof *argv; i++)
		argv[i + 2] = (char *)directories[i];
	clean_up(manager, argv);
}

void sandbox_start_remove_ipc(struct manager *manager, const struct unit *unit)
{
	const struct exec_options *exec = unit->definition->service ? unit->definition->service->exec : NULL;
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	char number[16];
	struct user user = { 0 };

	if (!exec || !exec->remove_ipc || !runtime)
		return;
	if (runtime->sandbox && runtime->sandbox->dynamic_name)
		user.uid = runtime->sandbox->dynamic_uid;
	else if (!exec->user || user_find(exec->user, &user, NULL) < 0)
		return;
	if (user.uid == 0)
		return;
	snprintf(number, sizeof number, "%u", user.uid);
	clean_up(manager, (char *[]){ "svexec", "--remove-ipc", number, NULL });
}

void sandbox_start_forget_all(struct manager *manager)
{
	for (struct pending_start *start = manager->pending_starts, *next; start; start = next) {
		next = start->next;
		close(start->source.fd);
		free(start);
	}
	manager->pending_starts = NULL;
}
