#include "supervisor/log_line.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log_protocol.h"
#include "common/log_words.h"
#include "common/unit_name.h"
#include "supervisor/control_verbs.h"
#include "supervisor/keepsake.h"
#include "supervisor/late_answer.h"
#include "supervisor/log_intake.h"
#include "supervisor/log_stream.h"
#include "supervisor/os/log_pipe.h"
#include "supervisor/os/process.h"
#include "supervisor/os/spawn.h"
#include "supervisor/vault.h"

#define RESTART_DELAY USEC_PER_SEC

/* The number of the last record is saved once in so many: to save it with each would be a record the more. */
enum { COOKIES_UNSAVED = 1024 };

/* What goes out together, before svinit waits or spawns: each message by itself would wake svlog. */
struct outbox {
	char text[2048];
	unsigned ends[LOG_PIPE_BATCH_MAX]; /* of each message in the text */
	unsigned count, records;
};

struct log_line {
	struct event_source control; /* our end. First: the source is the line */
	int far_end;                 /* svlog's end, the same for all its lives: what one has not read, the next does */
	struct manager *manager;
	struct process process;
	usec started, restart_at; /* restart_at: USEC_INFINITY while svlog runs */
	uint32_t next_unit;       /* units below are announced; the others follow when there is room */
	uint64_t lost_records;
	uint32_t last_cookie; /* of records; never 0 */
	int journal;          /* svlog's memory across its lives; see log_protocol.h; -1: none */
	bool finishing;
	bool wants_room;
	bool vault_behind; /* something did not fit into the line: all is sent again when there is room */
	int door;          /* of the vault; -1: none */
	struct outbox outbox;
};

static struct log_line *line_of(struct event_source *source)
{
	return (struct log_line *)source;
}

bool log_line_is_open(const struct manager *manager)
{
	return manager->log && !manager->log->finishing;
}

bool log_line_is_running(const struct manager *manager)
{
	return manager->log && manager->log->process.pid != 0;
}

bool log_line_is_process(const struct manager *manager, pid_t pid)
{
	return manager->log && manager->log->process.pid == pid;
}

static void want_room(struct log_line *line, bool want)
{
	if (line->wants_room == want)
		return;
	line->wants_room = want;
	event_loop_modify(&line->manager->loop, &line->control, want ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* An end of line that does not go is no loss, a record is told of. */
static void push(struct log_line *line)
{
	struct outbox *outbox = &line->outbox;

	if (outbox->count == 0)
		return;
	int sent = log_pipe_send_batch(line->control.fd, outbox->text, outbox->ends, outbox->count);
	for (unsigned i = sent < 0 ? 0 : (unsigned)sent; i < outbox->count; i++)
		line->lost_records += outbox->records >> i & 1;
	if (sent != (int)outbox->count)
		want_room(line, true);
	outbox->count = outbox->records = 0;
}

void log_line_push(struct manager *manager)
{
	if (manager->log)
		push(manager->log);
}

static int send_message(struct log_line *line, const void *message, size_t size, int fd)
{
	push(line);
	int result = log_pipe_send(line->control.fd, message, size, fd);
	if (result == -EAGAIN)
		want_room(line, true);
	return result;
}

static unsigned outbox_end(const struct outbox *outbox)
{
	return outbox->count ? outbox->ends[outbox->count - 1] : 0;
}

/* With the next push. */
static void post_message(struct log_line *line, const void *message, size_t size, bool is_record)
{
	struct outbox *outbox = &line->outbox;

	if (outbox->count == LOG_PIPE_BATCH_MAX || outbox_end(outbox) + size > sizeof outbox->text)
		push(line);
	if (size > sizeof outbox->text) {
		line->lost_records += send_message(line, message, size, -1) < 0 && is_record;
		return;
	}
	unsigned begin = outbox_end(outbox);
	memcpy(outbox->text + begin, message, size);
	outbox->ends[outbox->count] = begin + (unsigned)size;
	outbox->records |= (unsigned)is_record << outbox->count++;
}

static struct log_message message_of(enum log_message_kind kind)
{
	return (struct log_message){ .version = LOG_PROTOCOL_VERSION, .kind = (uint16_t)kind };
}

static uint32_t next_cookie(struct log_line *line)
{
	line->last_cookie += line->last_cookie == UINT32_MAX ? 2 : 1;
	return line->last_cookie;
}

static int send_configuration(struct log_line *line)
{
	const struct manager_options *options = &line->manager->options;
	char buffer[LOG_MESSAGE_MAX];
	struct log_configure configure = {
		.message = message_of(LOG_MESSAGE_CONFIGURE),
		.json = options->log_json,
		.console = options->log_to_console,
		.color = options->color,
		.files = options->log_to_files && options->log_directory,
		.later = options->log_files_later,
		.max_bytes = options->log_max_bytes,
	};

	memcpy(buffer, &configure, sizeof configure);
	size_t size = log_stream_append(buffer, sizeof configure, sizeof buffer,
					configure.files ? options->log_directory : "");
	size = log_stream_append(buffer, size, sizeof buffer, options->log_forward ? options->log_forward : "");
	return send_message(line, buffer, size, -1);
}

static int send_stream(struct log_line *line, const struct unit *unit, bool is_error, int pipe)
{
	char buffer[LOG_MESSAGE_MAX];
	size_t size = log_stream_describe(unit, line->manager->runtimes[unit->id], is_error, buffer);

	return send_message(line, buffer, size, pipe);
}

static int announce(struct log_line *line, unit_id id)
{
	const struct unit *unit = core_unit(line->manager->core, id);
	struct unit_runtime *runtime = id < line->manager->runtime_count ? line->manager->runtimes[id] : NULL;

	if (!unit || !runtime)
		return 0;
	runtime->logged_definition = unit->definition->content_hash;
	runtime->invocation_is_logged = true;
	for (int i = 0; i < 2; i++) {
		if (runtime->log_pipes[i] < 0)
			continue;
		int result = send_stream(line, unit, i, runtime->log_pipes[i]);
		if (result < 0)
			return result;
	}
	return 0;
}

static void send_to_vault(struct log_line *line, enum log_message_kind kind, const char *name, int fd)
{
	struct log_message message = message_of(kind);
	char buffer[sizeof message + KEEPSAKE_NAME_MAX + 1];

	memcpy(buffer, &message, sizeof message);
	size_t size = log_stream_append(buffer, sizeof message, sizeof buffer, name);
	if (send_message(line, buffer, size, fd) < 0)
		line->vault_behind = true;
}

static void send_kept(void *context, const char *name, int fd, enum keepsake_reach reach)
{
	if (reach == KEEPSAKE_VAULT)
		send_to_vault(context, LOG_MESSAGE_VAULT_PUT, name, fd);
}

static void fill_vault(struct log_line *line)
{
	line->vault_behind = false;
	if (line->door >= 0)
		send_to_vault(line, LOG_MESSAGE_VAULT_DOOR, "", line->door);
	keepsake_each(line->manager, send_kept, line);
}

void log_line_vault(struct manager *manager, const char *name, int fd)
{
	if (manager->log)
		send_to_vault(manager->log, fd >= 0 ? LOG_MESSAGE_VAULT_PUT : LOG_MESSAGE_VAULT_DROP, name, fd);
}

/* Streams that svlog hears of twice are the same stream: a repeated announcement only renews its options. */
static void announce_waiting(struct log_line *line)
{
	while (line->next_unit < line->manager->runtime_count) {
		if (announce(line, line->next_unit) < 0)
			return;
		line->next_unit++;
	}
	want_room(line, false);
}

void log_line_announce_all(struct manager *manager)
{
	if (!manager->log)
		return;
	manager->log->next_unit = 0;
	announce_waiting(manager->log);
}

static void report_lost(struct log_line *line)
{
	uint64_t lost = line->lost_records;
	char text[80];

	if (lost == 0)
		return;
	line->lost_records = 0;
	snprintf(text, sizeof text, "%llu of svinit's own messages were lost here", (unsigned long long)lost);
	log_line_record(line->manager, RECORD_WARNING, NULL, text);
}

uint32_t log_line_flush(struct manager *manager)
{
	struct log_message message = message_of(LOG_MESSAGE_FLUSH);

	if (!log_line_is_open(manager))
		return 0;
	message.cookie = next_cookie(manager->log);
	return send_message(manager->log, &message, sizeof message, -1) < 0 ? 0 : message.cookie;
}

int log_line_rotate(struct manager *manager, const char *unit)
{
	struct log_stream stream = { .message = message_of(LOG_MESSAGE_ROTATE) };
	char buffer[sizeof stream + UNIT_NAME_MAX + 1];

	if (!log_line_is_open(manager))
		return -ENOTCONN;
	memcpy(buffer, &stream, sizeof stream);
	size_t size = log_stream_append(buffer, sizeof stream, sizeof buffer, unit);
	return send_message(manager->log, buffer, size, -1);
}

/* All that svlog ever says is that it has written what it was asked about. */
static void receive(struct log_line *line)
{
	struct log_message message;
	ssize_t size = recv(line->control.fd, &message, sizeof message, MSG_DONTWAIT);

	if (size == (ssize_t)sizeof message && message.kind == LOG_MESSAGE_FLUSH) {
		late_answer_written(line->manager, message.cookie);
		control_verbs_logs_written(line->manager->control, message.cookie);
	}
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct log_line *line = line_of(source);

	if (events & EPOLLIN)
		receive(line);
	if (events & EPOLLOUT) {
		announce_waiting(line);
		if (line->vault_behind)
			fill_vault(line);
		report_lost(line);
	}
}

static int spawn_logger(struct log_line *line, struct cause *cause)
{
	const char *program = line->manager->options.logger_program;
	char *argv[] = { (char *)"svlog", NULL };
	char *envp[] = { NULL };
	int inherited[] = { line->far_end, line->journal };
	struct spawn_recipe recipe = {
		.path = program,
		.argv = argv,
		.envp = envp,
		.streams = { { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_KEEP },
			     { .kind = SPAWN_STREAM_KEEP } },
		.extra_fds = inherited,
		.extra_fd_count = line->journal >= 0 ? 2 : 1,
		.cgroup_fd = -1,
		.new_session = true,
		.ignore_sigpipe = true,
		.umask = 0022,
		.secure_bits = -1,
	};
	struct spawn_error error;

	int result = spawn(&recipe, &line->process, &error);
	if (result < 0)
		return cause_set_errno(cause, -result, "starting %s: %s", program, spawn_step_name(error.step));
	return 0;
}

static int start_logger(struct log_line *line, struct cause *cause)
{
	int result = spawn_logger(line, cause);

	if (result < 0)
		return result;
	line->started = clock_monotonic();
	line->restart_at = USEC_INFINITY;
	line->next_unit = 0;
	send_configuration(line);
	fill_vault(line);
	log_intake_announce(line->manager, line->control.fd);
	announce_waiting(line);
	return 0;
}

/* The line that an earlier svinit left, or a new one. */
static int open_ends(struct log_line *line, struct cause *cause)
{
	struct manager *manager = line->manager;
	int ends[2] = { keepsake_take(manager, "log.near"), keepsake_take(manager, "log.far") };

	if ((ends[0] < 0 || ends[1] < 0) && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return cause_set_errno(cause, errno, "socketpair");
	line->control.fd = ends[0];
	line->far_end = ends[1];
	line->journal = keepsake_take(manager, "log.journal");
	if (line->journal < 0)
		line->journal = log_pipe_open_journal(manager->options.runtime_directory, manager->last_logger.pid > 0);
	line->door = vault_open_door(manager, cause);
	(void)keepsake_put(manager, "log.near", line->control.fd, KEEPSAKE_OWN);
	(void)keepsake_put(manager, "log.far", line->far_end, KEEPSAKE_OWN);
	if (line->journal >= 0)
		(void)keepsake_put(manager, "log.journal", line->journal, KEEPSAKE_VAULT);
	return 0;
}

/* svlog as an earlier svinit, which this process was, left it. */
static bool find_logger(struct log_line *line)
{
	const struct log_line_state *last = &line->manager->last_logger;
	uint64_t identity;

	line->last_cookie = last->cookie + COOKIES_UNSAVED;
	if (last->pid <= 0 || process_open(last->pid, &line->process) < 0)
		return false;
	if (process_identity(&line->process, &identity) == 0 && identity == last->identity &&
	    process_is_child(line->process.pid) &&
	    process_runs(line->process.pid, line->manager->options.logger_program))
		return true;
	process_close(&line->process);
	return false;
}

static int open_line(struct log_line *line, struct cause *cause)
{
	int result = open_ends(line, cause);

	if (result >= 0) {
		result = event_loop_add(&line->manager->loop, &line->control, EPOLLIN);
		if (result < 0)
			cause_set_errno(cause, -result, "event loop");
	}
	if (result < 0 || !find_logger(line))
		return result < 0 ? result : start_logger(line, cause);
	line->started = clock_monotonic();
	fill_vault(line);
	return 0;
}

struct log_line_state log_line_state(const struct manager *manager)
{
	const struct log_line *line = manager->log;
	struct log_line_state state = { 0 };

	if (!line || line->process.pid == 0)
		return state;
	state.pid = line->process.pid;
	state.cookie = line->last_cookie / COOKIES_UNSAVED * COOKIES_UNSAVED;
	(void)process_identity(&line->process, &state.identity);
	return state;
}

static void free_line(struct log_line *line)
{
	if (line->control.fd >= 0)
		event_loop_remove(&line->manager->loop, &line->control);
	for (const int *fd = (const int[]){ line->control.fd, line->far_end, line->journal, line->door, INT_MIN };
	     *fd != INT_MIN; fd++)
		if (*fd >= 0)
			close(*fd);
	process_close(&line->process);
	free(line);
}

int log_line_open(struct manager *manager, struct cause *cause)
{
	struct log_line *line = calloc(1, sizeof *line);

	if (!line)
		return cause_set(cause, ENOMEM, "out of memory");
	line->manager = manager;
	line->control = (struct event_source){ .fd = -1, .dispatch = dispatch };
	line->process = PROCESS_NONE;
	line->restart_at = USEC_INFINITY;
	line->far_end = line->journal = line->door = -1;
	int result = open_line(line, cause);
	if (result < 0) {
		free_line(line);
		return result;
	}
	manager->log = line;
	return 0;
}

static int open_pipes(struct unit_runtime *runtime, struct cause *cause)
{
	for (int i = 0; i < 2; i++) {
		if (runtime->log_pipes[i] >= 0)
			continue;
		int fd = log_pipe_open(cause);
		if (fd < 0)
			return fd;
		runtime->log_pipes[i] = fd;
	}
	return 0;
}

/* The streams are known, and have another run of the unit behind them now. */
static void tell_invocation(struct log_line *line, struct unit_runtime *runtime)
{
	struct log_stream stream = { .message = message_of(LOG_MESSAGE_INVOCATION), .stream = 2 * runtime->unit };

	if (runtime->invocation_is_logged)
		return;
	runtime->invocation_is_logged = true;
	log_stream_invocation(runtime->invocation_id, stream.invocation);
	post_message(line, &stream, sizeof stream, false);
}

int log_line_add_unit(struct manager *manager, unit_id unit, struct cause *cause)
{
	struct log_line *line = manager->log;
	struct unit_runtime *runtime = manager->runtimes[unit];

	if (runtime->log_pipes[0] >= 0 && runtime->log_pipes[1] >= 0 &&
	    runtime->logged_definition == core_unit(manager->core, unit)->definition->content_hash) {
		tell_invocation(line, runtime);
		return 0;
	}
	int result = open_pipes(runtime, cause);
	if (result < 0)
		return result;
	/* While the line is full, those behind next_unit are sent in order when there is room. */
	if (line->wants_room && unit >= line->next_unit)
		return 0;
	if (announce(line, unit) >= 0)
		line->next_unit = unit >= line->next_unit ? unit + 1 : line->next_unit;
	else if (unit < line->next_unit)
		line->next_unit = unit;
	return 0;
}

void log_line_end_lines(struct manager *manager, unit_id unit)
{
	const struct unit_runtime *runtime = manager->runtimes[unit];
	struct log_stream stream = { .message = message_of(LOG_MESSAGE_END_LINE) };

	for (uint32_t i = 0; i < 2 && log_line_is_open(manager); i++) {
		stream.stream = 2 * unit + i;
		if (runtime && runtime->log_pipes[i] >= 0)
			post_message(manager->log, &stream, sizeof stream, false);
	}
}

static void record(struct log_line *line, enum record_level level, const char *unit, const char *text, bool files_only)
{
	struct log_stream stream = {
		.message = message_of(LOG_MESSAGE_RECORD),
		.level = (uint8_t)level,
		.level_max = UINT8_MAX,
		.compress = true,
		.facility = LOG_FACILITY_DAEMON,
		.is_error = level <= RECORD_WARNING,
		.files_only = files_only,
	};
	char buffer[LOG_MESSAGE_MAX];
	size_t size = sizeof stream;

	stream.message.cookie = next_cookie(line);
	memcpy(buffer, &stream, sizeof stream);
	size = log_stream_append(buffer, size, sizeof buffer, unit ? unit : "");
	size = log_stream_append(buffer, size, sizeof buffer, text);
	post_message(line, buffer, size, true);
}

void log_line_record(struct manager *manager, enum record_level level, const char *unit, const char *text)
{
	record(manager->log, level, unit, text, false);
}

void log_line_begin_run(struct manager *manager)
{
	char text[128];

	if (!log_line_is_open(manager))
		return;
	snprintf(text, sizeof text, LOG_WORDS_RUN "version " SVINIT_VERSION ", process %d", (int)getpid());
	record(manager->log, RECORD_INFO, NULL, text, true);
}

bool log_line_exited(struct manager *manager, pid_t pid)
{
	struct log_line *line = manager->log;

	if (!line || pid != line->process.pid)
		return false;
	process_close(&line->process);
	line->process = PROCESS_NONE;
	if (!line->finishing) {
		usec now = clock_monotonic();
		/* At once, but for one that dies at once. */
		line->restart_at = now - line->started < RESTART_DELAY ? now + RESTART_DELAY / 10 : now;
	}
	return true;
}

usec log_line_deadline(const struct manager *manager)
{
	return manager->log ? manager->log->restart_at : USEC_INFINITY;
}

void log_line_expire(struct manager *manager, usec now)
{
	struct log_line *line = manager->log;
	struct cause cause;

	if (!line || line->restart_at > now)
		return;
	if (start_logger(line, &cause) < 0) {
		line->restart_at = now + RESTART_DELAY;
		return;
	}
	manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "svlog had ended and was started again");
}

void log_line_finish(struct manager *manager)
{
	struct log_line *line = manager->log;
	struct log_message message = message_of(LOG_MESSAGE_FINISH);

	if (!line)
		return;
	line->finishing = true;
	line->restart_at = USEC_INFINITY;
	/* A line that is full is as good as closed: svlog then writes what it has and what is in the pipes, and ends.
	 */
	if (send_message(line, &message, sizeof message, -1) < 0)
		shutdown(line->control.fd, SHUT_WR);
}

void log_line_close(struct manager *manager)
{
	struct log_line *line = manager->log;

	if (line)
		free_line(line);
	manager->log = NULL;
}
