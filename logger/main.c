/* svlog: reads the pipes that svinit hands it and writes log files. See svlog(8). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "logger/chunk.h"
#include "logger/intake.h"
#include "logger/logger.h"
#include "logger/upkeep.h"

enum {
	EVENTS_AT_ONCE = 64,
	RETRY_MSEC = 200,   /* between attempts to write where it failed */
	RELIEF_MSEC = 10,   /* the same while services print more than can be kept */
	FORWARD_ROUNDS = 5, /* of RETRY_MSEC, until the syslog server has the rest at the end */
	QUIET_MSEC = 1000,  /* until memory that a burst took is given back */
};

#define ORPHAN_PATIENCE (5 * USEC_PER_SEC)
#define FINISH_PATIENCE (5 * USEC_PER_SEC)

static volatile sig_atomic_t terminate, rotate;

static void on_terminate(int signal)
{
	(void)signal;
	terminate = 1;
}

static void on_hangup(int signal)
{
	(void)signal;
	rotate = 1;
}

/* svinit decides when svlog ends; a terminal's signals mean the services. Only HUP is for svlog: it has no terminal. */
static void set_signals(void)
{
	struct sigaction action = { .sa_handler = on_terminate };
	static const int ignored[] = { SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ, SIGTSTP, SIGTTIN, SIGTTOU };
	sigset_t blocked;

	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = on_hangup;
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN;
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		sigaction(ignored[i], &action, NULL);
	/* They come only while svlog waits, so that none can slip in between the look at it and the wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static void raise_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(resource, &limit);
	}
}

static int complain(const char *text)
{
	struct cause line;

	cause_set(&line, EINVAL, "svlog: %s\n", text);
	return write(STDERR_FILENO, line.text, strlen(line.text)) < 0 ? 2 : 1;
}

static void give_memory_back(struct logger *logger)
{
	logger->grown = false;
	journal_trim(&logger->journal);
	(void)madvise(logger->output, CHUNK_BUFFER_SIZE, MADV_DONTNEED);
	(void)madvise(logger->console_output, CHUNK_BUFFER_SIZE, MADV_DONTNEED);
}

static int shorter(int left, int right)
{
	return left < 0 || (right >= 0 && right < left) ? right : left;
}

static int patience(const struct logger *logger)
{
	int result = shorter(upkeep_patience(logger), forwarder_patience(&logger->forwarder, logger_now()));

	if (logger->stalled_count > 0 || logger->dropping_count > 0 || logger->has_orphans)
		result = shorter(result, logger->relieving ? RELIEF_MSEC : RETRY_MSEC);
	result = shorter(result, vault_patience(&logger->vault));
	return logger->grown ? shorter(result, QUIET_MSEC) : result;
}

/* What is due whether or not a pipe is ready. */
static void housekeep(struct logger *logger)
{
	static usec last;
	usec now;

	if (rotate) {
		rotate = 0;
		control_rotate_all(logger);
	}
	upkeep_run(logger);
	if (logger->forwarder.fd < 0 && forwarder_has_backlog(&logger->forwarder))
		forwarder_flush(&logger->forwarder, logger_now());
	drain_tell_of_directory(logger);
	if (logger->stalled_count == 0 && logger->dropping_count == 0 && !logger->has_orphans)
		return;
	now = logger_now();
	if (now >= last && now - last < (logger->relieving ? RELIEF_MSEC : RETRY_MSEC) * USEC_PER_MSEC / 2)
		return;
	last = now;
	drain_retry(logger);
	sources_finish_drops(logger);
	if (logger->has_orphans && now >= logger->orphans_until && logger->configuration)
		drain_orphans(logger);
	control_answer_flushes(logger);
}

static void watch_forwarder(struct logger *logger)
{
	struct forwarder *forwarder = &logger->forwarder;
	bool wanted = forwarder->fd >= 0 && (forwarder_has_backlog(forwarder) || forwarder->connecting);
	struct epoll_event event = { .events = EPOLLOUT, .data.ptr = forwarder };

	if (wanted == forwarder->waiting)
		return;
	if (forwarder->fd >= 0)
		(void)epoll_ctl(logger->epoll_fd, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, forwarder->fd, &event);
	forwarder->waiting = wanted;
}

static void watch_console(struct logger *logger)
{
	bool wanted = logger->console.fd >= 0 && console_has_backlog(&logger->console);
	struct epoll_event event = { .events = EPOLLOUT, .data.ptr = &logger->console };

	if (wanted == logger->console.waiting)
		return;
	if (logger->console.fd >= 0)
		(void)epoll_ctl(logger->epoll_fd, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, logger->console.fd, &event);
	logger->console.waiting = wanted;
}

static void handle_event(struct logger *logger, void *pointer)
{
	if (pointer == &logger->console)
		console_flush(&logger->console);
	else if (intake_is(logger, pointer))
		intake_ready(logger, pointer);
	else if (pointer == &logger->forwarder)
		forwarder_flush(&logger->forwarder, logger_now());
	else if (pointer == &logger->compression)
		upkeep_compression_ended(logger);
	else if (pointer == &logger->vault)
		vault_answer(logger);
	else
		sources_ready(logger, pointer);
}

static bool is_control(const struct epoll_event *event)
{
	return !event->data.ptr;
}

/*
 * What svinit says comes first: it was said before what a service printed then. The rest of the events is left alone
 * that time, for a message may end a source that is among them; they come again.
 */
static void dispatch(struct logger *logger, struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++) {
		if (is_control(&events[i])) {
			control_receive(logger);
			return;
		}
	}
	for (int i = 0; i < count; i++)
		handle_event(logger, events[i].data.ptr);
}

/* Services may outlive svinit: their last words are still written. */
static void outlive_svinit(struct logger *logger)
{
	if (logger->control_fd < 0)
		return;
	(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_DEL, logger->control_fd, NULL);
	close(logger->control_fd);
	logger->control_fd = -1;
	sources_keep_only_reading(logger);
	vault_watch_door(logger);
}

static bool has_work(const struct logger *logger)
{
	if (terminate || logger->finishing || logger->vault.handed_over)
		return false;
	return !logger->orphaned || logger->source_count > 0 || vault_is_worth_keeping(&logger->vault);
}

static void run(struct logger *logger)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	sigset_t none;

	sigemptyset(&none);
	while (has_work(logger)) {
		int count = epoll_pwait(logger->epoll_fd, events, EVENTS_AT_ONCE, patience(logger), &none);

		if (count > 0)
			dispatch(logger, events, count);
		else if (count == 0 && logger->grown)
			give_memory_back(logger);
		housekeep(logger);
		watch_console(logger);
		watch_forwarder(logger);
		if (logger->orphaned)
			outlive_svinit(logger);
		vault_expire(&logger->vault);
	}
}

/* All that the pipes hold is written, lines without an end too. */
static void finish(struct logger *logger)
{
	struct timespec pause = { .tv_nsec = RETRY_MSEC * 1000000L };
	usec begin = logger_now();

	for (;;) {
		sources_drain_all(logger);
		intake_drain_all(logger);
		for (uint32_t i = 0; i < logger->source_limit; i++)
			sources_drop(logger, i);
		drain_orphans(logger);
		if (logger->stalled_count == 0 || logger_now() - begin > FINISH_PATIENCE)
			break;
		nanosleep(&pause, NULL);
		drain_retry(logger);
	}
	if (logger->stalled_count > 0)
		(void)complain("some log files cannot be written to; what is left is in the journal");
	console_flush(&logger->console);
	forwarder_flush(&logger->forwarder, logger_now());
	for (int round = 0;
	     round < FORWARD_ROUNDS && logger->forwarder.fd >= 0 && forwarder_has_backlog(&logger->forwarder);
	     round++) {
		struct pollfd ready = { .fd = logger->forwarder.fd, .events = POLLOUT };

		(void)poll(&ready, 1, RETRY_MSEC);
		forwarder_flush(&logger->forwarder, logger_now());
	}
}

int main(void)
{
	static struct logger logger;
	struct cause cause;

	set_signals();
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_FSIZE);
	umask(0022);
	if (fcntl(LOG_PROTOCOL_CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0)
		return complain("descriptor 3 is not svinit's control socket: svlog is started by svinit");
	int journal_fd = fcntl(LOG_PROTOCOL_JOURNAL_FD, F_SETFD, FD_CLOEXEC) < 0 ? -1 : LOG_PROTOCOL_JOURNAL_FD;
	if (logger_init(&logger, LOG_PROTOCOL_CONTROL_FD, journal_fd, &cause) < 0)
		return complain(cause.text);
	logger.orphans_until = logger_now() + ORPHAN_PATIENCE;
	run(&logger);
	/* Whoever has the pipes and the journal now goes on where this one stands. */
	if (logger.vault.handed_over && journal_fd >= 0)
		return 0;
	finish(&logger);
	logger_finish(&logger);
	return 0;
}
