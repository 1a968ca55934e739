#include "supervisor/os/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNAL_MAX = 64 };

/* The kernel's own struct, larger than any architecture's: all zero is SIG_DFL with no flags and no mask. */
struct kernel_action {
	void (*handler)(int);
	unsigned long rest[7];
};

/* The signals that svinit itself ignores; exec(2) resets all dispositions but these. Known once signals_open() ran. */
static uint64_t ignored;
static bool ignored_known;

static uint64_t signal_bit(int signal)
{
	return UINT64_C(1) << (signal - 1);
}

static uint64_t synchronous_faults(void)
{
	return signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGFPE) | signal_bit(SIGILL) |
	       signal_bit(SIGTRAP) | signal_bit(SIGSYS) | signal_bit(SIGABRT);
}

/* Not sigaction(2) of the C library: it refuses 32 and 33. Async-signal-safe. */
static int set_disposition(int signal, void (*handler)(int))
{
	struct kernel_action action = { .handler = handler };

	return syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(uint64_t)) < 0 ? -errno : 0;
}

static int set_mask(uint64_t mask, uint64_t *old)
{
	return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, old, sizeof mask) < 0 ? -errno : 0;
}

static void default_all(uint64_t which)
{
	which &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		if (which & signal_bit(signal))
			(void)set_disposition(signal, SIG_DFL);
}

static int open_for(uint64_t blocked)
{
	sigset_t set;

	int r = set_mask(blocked, NULL);
	if (r < 0)
		return r;
	default_all(UINT64_MAX);
	r = set_disposition(SIGPIPE, SIG_IGN);
	if (r < 0)
		return r;
	ignored = signal_bit(SIGPIPE);
	ignored_known = true;

	/* The kernel's mask is the first 8 bytes of the C library's on every 64-bit machine; signalfd(3) takes 32 and
	   33 only from there. */
	memset(&set, 0, sizeof set);
	memcpy(&set, &blocked, sizeof blocked);
	int fd = (int)syscall(SYS_signalfd4, -1, &set, sizeof blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int signals_open(void)
{
	return open_for(~synchronous_faults());
}

int signals_open_every(void)
{
	return open_for(UINT64_MAX);
}

int signals_next(int fd, struct signalfd_siginfo *info)
{
	for (;;) {
		ssize_t n = read(fd, info, sizeof *info);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n != (ssize_t)sizeof *info)
			return -EIO;
		/* Our own write to somebody who left is not a signal that was sent to us. */
		if (info->ssi_signo == SIGPIPE && info->ssi_pid == (uint32_t)getpid())
			continue;
		return 1;
	}
}

int signals_block_all(uint64_t *old)
{
	return set_mask(UINT64_MAX, old);
}

int signals_restore(uint64_t old)
{
	return set_mask(old, NULL);
}

int signals_reset_in_child(int ignore_sigpipe)
{
	default_all(ignored_known ? ignored : UINT64_MAX);
	if (ignore_sigpipe) {
		int r = set_disposition(SIGPIPE, SIG_IGN);
		if (r < 0)
			return r;
	}
	return set_mask(0, NULL);
}
