/*
 * When svinit itself crashes: a copy of it is left to dump core, and svinit executes itself again from the state that
 * was saved last, with all its descriptors. PID 1 must not end; but as an ordinary process it does the same.
 *
 * One that crashes again within CRASH_WINDOW seconds comes back in emergency mode (emergency.h), which takes nothing
 * over.
 */
#ifndef SVINIT_CRASH_H
#define SVINIT_CRASH_H

enum { CRASH_WINDOW = 10 };

struct crash_plan {
	const char *program; /* what is executed: our own file */
	char **arguments;
	int lock;           /* of the runtime directory; -1: none */
	unsigned long when; /* monotonic second of the crash that this svinit comes from; 0: none */
};

/* From here on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS and SIGTRAP mean that. The plan's strings are borrowed
 * for good. 0 or -errno. Nothing under AddressSanitizer, which has handlers of its own. */
int crash_install(const struct crash_plan *plan);
/* All that is open stays open over the next execve(2). Async-signal-safe. */
void crash_keep_all_open(void);
/* The state's descriptor, as often as it changes. */
void crash_set_state(int fd);

#endif
