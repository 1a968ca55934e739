#include "supervisor/container/container_init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "common/usec.h"
#include "supervisor/container/main_process.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/event_loop.h"
#include "supervisor/os/reaper.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/stderr_line.h"

enum {
	SIGNAL_FD = 3,
	SIGNAL_BATCH = 32,
	REAPED_BATCH = 96,
	VERBOSITY_EVENTS = 2,
	VERBOSITY_ALL = 3,
	STATUS_SETUP_FAILED = 1
};

/* Woken again within BUSY_WINDOW we pause, longer each time, so that signals and dead children come in batches, unless
   the batches are large already. */
#define BUSY_WINDOW (USEC_PER_MSEC / 5)
#define PAUSE_MIN   (USEC_PER_MSEC / 10)
#define PAUSE_MAX   (2 * USEC_PER_MSEC)

struct container_init {
	const struct main_process_options *options;
	struct main_process main_process;
	usec last_woken, pause;
	unsigned reaped; /* in the last round */
	bool ended;
	int exit_status;
};

static void reap_all(struct container_init *init)
{
	struct exited_child child;

	for (init->reaped = 0; reaper_next(&child) > 0; init->reaped++) {
		if (main_process_exited(&init->main_process, &child, &init->exit_status))
			init->ended = true;
		else if (init->options->warns_of_orphans)
			stderr_line("reaped orphan %d", (int)child.pid);
		else if (init->options->verbosity >= VERBOSITY_ALL)
			stderr_line("process %d ended", (int)child.pid);
	}
}

static void take_signal(struct container_init *init, const struct signalfd_siginfo *info)
{
	int number = (int)info->ssi_signo;

	if (init->options->verbosity >= VERBOSITY_ALL)
		stderr_line("received signal %d", number);
	/* What our own write to a closed pipe raises was not sent to us. */
	if (number == SIGPIPE && info->ssi_pid == (uint32_t)getpid())
		return;
	if (number == SIGCHLD)
		main_process_follow_stops(&init->main_process);
	else if (init->options->outcome != MAIN_PROCESS_PAUSE)
		main_process_signal(&init->main_process, info);
	else if (number == SIGTERM || number == SIGINT)
		init->ended = true;
}

static void pause_when_busy(struct container_init *init)
{
	usec now = clock_monotonic();

	if (now - init->last_woken >= BUSY_WINDOW) {
		init->pause = 0;
	} else if (init->reaped < REAPED_BATCH) {
		init->pause = init->pause == 0 ? PAUSE_MIN : init->pause < PAUSE_MAX / 2 ? init->pause * 2 : PAUSE_MAX;
		struct timespec moment = { .tv_nsec = (long)init->pause * 1000 };
		(void)nanosleep(&moment, NULL);
		now = clock_monotonic();
	}
	init->last_woken = now;
}

/* Waits for signals and reads as many as there are, up to a batch. Which children ended, only the kernel knows: one
   SIGCHLD may stand for any number of them. */
static int wait_for_signals(struct container_init *init, int fd)
{
	struct signalfd_siginfo batch[SIGNAL_BATCH];

	ssize_t size = read(fd, batch, sizeof batch);
	if (size < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t i = 0; i < (size_t)size / sizeof *batch && !init->ended; i++)
		take_signal(init, &batch[i]);
	return 0;
}

static int loop(struct container_init *init, int fd)
{
	for (;;) {
		reap_all(init);
		if (init->ended)
			return init->exit_status;
		pause_when_busy(init);
		int result = wait_for_signals(init, fd);
		if (result < 0) {
			stderr_line("cannot wait for signals (error %d); ending", -result);
			return STATUS_SETUP_FAILED;
		}
	}
}

/* Descriptors that were meant for the command are not kept open by us; ours, the only one left, waits in read(2). */
static int settle_descriptors(int fd)
{
	if (fd != SIGNAL_FD) {
		if (dup3(fd, SIGNAL_FD, O_CLOEXEC) < 0)
			return -errno;
	}
	(void)descriptors_close_from(SIGNAL_FD + 1);
	int result = descriptor_set_nonblocking(SIGNAL_FD, 0);
	return result < 0 ? result : SIGNAL_FD;
}

static void adopt(const struct main_process_options *options)
{
	if (options->parent_death_signal)
		(void)prctl(PR_SET_PDEATHSIG, options->parent_death_signal, 0, 0, 0);
	if (options->subreaper) {
		int result = reaper_become_subreaper();
		if (result < 0 && options->verbosity > 0)
			stderr_line("cannot adopt orphans (error %d); going on", -result);
	} else if (getpid() != 1 && options->verbosity > 0 && options->dialect == DIALECT_TINI) {
		stderr_line("this is not PID 1 and adopts no orphans; try -s, or TINI_SUBREAPER= in the environment");
	}
}

static int start(struct container_init *init)
{
	struct cause cause;
	const struct main_process_options *options = init->options;

	if (options->outcome == MAIN_PROCESS_PAUSE)
		return 0;
	int result = main_process_start(&init->main_process, options, &init->exit_status, &cause);
	if (result < 0)
		stderr_line("%s", cause.text);
	else if (options->verbosity >= VERBOSITY_EVENTS)
		stderr_line("started %s as process %d", options->command[0], (int)init->main_process.pid);
	return result;
}

static int run(const struct main_process_options *options)
{
	struct container_init init = { .options = options };

	(void)descriptors_open_standard();
	int fd = signals_open_every();
	if (fd < 0) {
		stderr_line("cannot receive signals (error %d)", -fd);
		return STATUS_SETUP_FAILED;
	}
	adopt(options);
	if (start(&init) < 0)
		return init.exit_status;
	/* The command keeps the working directory; we must not keep it busy. */
	(void)!chdir("/");
	fd = settle_descriptors(fd);
	if (fd < 0) {
		stderr_line("cannot receive signals (error %d); ending", -fd);
		return STATUS_SETUP_FAILED;
	}
	int status = loop(&init, fd);
	if (options->verbosity >= VERBOSITY_EVENTS)
		stderr_line("ending with exit status %d", status);
	return status;
}

int container_init_run(const struct main_process_options *options)
{
	switch (options->outcome) {
	case MAIN_PROCESS_HELP:
		return fputs(dialect_help(options->dialect), stdout) < 0;
	case MAIN_PROCESS_VERSION:
		return fputs(dialect_version(options->dialect), stdout) < 0;
	case MAIN_PROCESS_LICENSE:
		return fputs(dialect_license(), stdout) < 0;
	case MAIN_PROCESS_NONE:
		return STATUS_SETUP_FAILED;
	default:
		return run(options);
	}
}
