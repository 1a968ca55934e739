#include "supervisor/host_signals.h"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "supervisor/child_events.h"
#include "supervisor/os/signals.h"
#include "supervisor/reexec.h"
#include "supervisor/sidecar_command.h"

/* A second SIGTERM or SIGINT within this time means: hurry. */
#define HURRY_WINDOW (2 * USEC_PER_SEC)

/* systemd(1): SIGRTMIN+3 halts, +4 powers off, +5 reboots, +6 is kexec, +25 re-executes. */
enum { SIGNAL_HALT = 3, SIGNAL_POWEROFF = 4, SIGNAL_REBOOT = 5, SIGNAL_KEXEC = 6, SIGNAL_REEXEC = 25 };

static struct manager *manager_of(struct event_source *source)
{
	return (struct manager *)((char *)source - offsetof(struct manager, signal_source));
}

static void terminate(struct manager *manager, enum leave_kind kind)
{
	usec now = clock_monotonic();

	if (manager->terminated != 0 && now - manager->terminated <= HURRY_WINDOW) {
		struct event event = { .kind = EVENT_REQUEST, .request = { .verb = REQUEST_HURRY } };
		manager_record(manager, RECORD_NOTICE, UNIT_ID_NONE, "asked again to stop: not waiting any longer");
		manager_feed(manager, &event);
		return;
	}
	manager->terminated = now;
	manager_shut_down(manager, kind, 0);
}

/* systemd(1): a machine has no end for SIGTERM to ask for; its init is executed anew, as after an upgrade. */
static void execute_anew(struct manager *manager)
{
	struct cause cause = { 0 };

	if (reexec_begin(manager, NULL, &cause) < 0)
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "daemon-reexec: %s", cause.text);
}

static void handle_signal(struct manager *manager, int number)
{
	struct cause cause;

	if (number == SIGCHLD) {
		child_events_reap(manager);
	} else if (number == SIGTERM || number == SIGINT) {
		if (number == SIGTERM && manager->options.machine_init)
			execute_anew(manager);
		else
			terminate(manager, manager->options.machine_init ? LEAVE_REBOOT : LEAVE_EXIT);
	} else if (number == SIGHUP) {
		manager_reload(manager, &cause);
	} else if (number == SIGPWR || number == SIGRTMIN + SIGNAL_POWEROFF) {
		terminate(manager, LEAVE_POWEROFF);
	} else if (number == SIGRTMIN + SIGNAL_HALT) {
		terminate(manager, LEAVE_HALT);
	} else if (number == SIGRTMIN + SIGNAL_REBOOT) {
		terminate(manager, LEAVE_REBOOT);
	} else if (number == SIGRTMIN + SIGNAL_KEXEC) {
		terminate(manager, LEAVE_KEXEC);
	} else if (number == SIGRTMIN + SIGNAL_REEXEC && reexec_begin(manager, NULL, &cause) < 0) {
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "not re-executed: %s", cause.text);
	}
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct manager *manager = manager_of(source);
	struct signalfd_siginfo info;

	(void)events;
	while (signals_next(source->fd, &info) > 0)
		if (!sidecar_command_signal(manager, &info))
			handle_signal(manager, (int)info.ssi_signo);
}

int host_signals_open(struct manager *manager, struct cause *cause)
{
	/* With a main process behind us, every signal is its own to get. */
	int fd = manager->options.command ? signals_open_every() : signals_open();

	if (fd < 0)
		return cause_set_errno(cause, -fd, "signalfd");
	manager->signal_source = (struct event_source){ .fd = fd, .dispatch = dispatch };
	int result = event_loop_add(&manager->loop, &manager->signal_source, EPOLLIN);
	return result < 0 ? cause_set_errno(cause, -result, "signalfd") : 0;
}

void host_signals_close(struct manager *manager)
{
	if (manager->signal_source.fd < 0)
		return;
	event_loop_remove(&manager->loop, &manager->signal_source);
	close(manager->signal_source.fd);
	manager->signal_source.fd = -1;
}
