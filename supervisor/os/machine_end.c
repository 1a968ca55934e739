/* The end of a machine, when all units are down: what is left of processes, swap and mounts, then reboot(2). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/usec.h"
#include "supervisor/os/event_loop.h"
#include "supervisor/os/machine.h"

#define TERM_GRACE    (10 * USEC_PER_SEC)
#define KILL_GRACE    (5 * USEC_PER_SEC)
#define UNMOUNT_GRACE (60 * USEC_PER_SEC)
#define SYNC_GRACE    (30 * USEC_PER_SEC)

/* All signals are blocked in PID 1: a child that ends is waited for as one that is pending. */
static void wait_for_signal(usec until)
{
	sigset_t children;
	usec now = clock_monotonic();
	usec left = until > now ? until - now : 0;
	struct timespec limit = { .tv_sec = (time_t)(left / USEC_PER_SEC),
				  .tv_nsec = (long)(left % USEC_PER_SEC) * 1000 };

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	(void)sigtimedwait(&children, NULL, &limit);
}

/* Reaps until `wanted` (0: every child) has ended. false: the time is over. */
static bool reap_until(pid_t wanted, usec grace)
{
	usec until = usec_add(clock_monotonic(), grace);

	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);
		if ((pid > 0 && pid == wanted) || (pid < 0 && errno == ECHILD))
			return true;
		if (pid > 0)
			continue;
		if (clock_monotonic() >= until)
			return false;
		wait_for_signal(until);
	}
}

/* Every process but those of the kernel descends from PID 1, so without children there are none. */
static void end_all_processes(void)
{
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	if (reap_until(0, TERM_GRACE))
		return;
	machine_say(4, "some processes do not end: killing them");
	kill(-1, SIGKILL);
	if (!reap_until(0, KILL_GRACE))
		machine_say(3, "some processes cannot even be killed");
}

static void start_with_default_signals(const char *program, const char *argument)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl(program, program, argument, (char *)NULL);
}

static void unmount_everything(const char *unmounter)
{
	pid_t pid = fork();

	if (pid == 0) {
		start_with_default_signals(unmounter, "unmount");
		machine_say(3, "%s cannot be executed: %s; file systems stay mounted", unmounter, strerror(errno));
		_exit(EXIT_FAILURE);
	}
	if (pid > 0 && !reap_until(pid, UNMOUNT_GRACE))
		machine_say(3, "unmounting takes too long: going on");
}

/* A dead disk keeps whoever waits for it for ever: not us. */
static void write_out(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		sync();
		_exit(EXIT_SUCCESS);
	}
	if (pid > 0 && !reap_until(pid, SYNC_GRACE))
		machine_say(3, "writing to disk takes too long: going on");
}

static const struct {
	const char *words;
	int command;
} ends[] = {
	[MACHINE_HALT] = { "halting", RB_HALT_SYSTEM },
	[MACHINE_POWEROFF] = { "powering off", RB_POWER_OFF },
	[MACHINE_REBOOT] = { "rebooting", RB_AUTOBOOT },
	[MACHINE_KEXEC] = { "starting the loaded kernel", RB_KEXEC },
};

void machine_end(enum machine_end how, const char *unmounter)
{
	end_all_processes();
	unmount_everything(unmounter);
	write_out();
	machine_say(5, "%s", ends[how].words);
	reboot(ends[how].command);
	machine_say(3, "%s failed: %s", ends[how].words, strerror(errno));
	if (how == MACHINE_KEXEC)
		reboot(RB_AUTOBOOT);
	reboot(RB_HALT_SYSTEM);
	for (;;)
		pause();
}

void machine_rescue(void)
{
	static const char *const shells[] = { "/sbin/sulogin", "/bin/sh", "/bin/busybox" };
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
			start_with_default_signals(shells[i], i == 0 ? "-e" : i == 1 ? "-i" : "sh");
		_exit(EXIT_FAILURE);
	}
	reap_until(pid, USEC_INFINITY);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
