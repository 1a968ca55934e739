#include "supervisor/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/takeover.h"

enum { STACK_SIZE = 64 << 10, DIRECTORY_BUFFER = 4096 };

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP };

/* All that the handler needs is made before. */
static struct crash_plan plan;
static volatile int state_fd = -1;
static pid_t owner;
static char **environment; /* what it had, and the variable behind it */
static char variable[sizeof TAKEOVER_VARIABLE + TAKEOVER_VALUE_MAX];
static volatile sig_atomic_t crashing;

void crash_set_state(int fd)
{
	state_fd = fd;
}

struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static int number_of(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9' && number < INT32_MAX / 10 - 1; name++)
		number = number * 10 + (*name - '0');
	return *name ? -1 : number;
}

void crash_keep_all_open(void)
{
	_Alignas(struct entry) char buffer[DIRECTORY_BUFFER];
	int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long size;

	while (directory >= 0 && (size = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0)
		for (long at = 0; at < size;) {
			const struct entry *entry = (const struct entry *)(const void *)(buffer + at);
			int fd = number_of(entry->name);
			if (fd > STDERR_FILENO && fd != directory)
				(void)fcntl(fd, F_SETFD, 0);
			at += entry->length;
		}
}

#ifndef __SANITIZE_ADDRESS__

static void set_default(int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigaction(number, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* A copy dies of the same, and dumps core where that is allowed. It shares nothing that matters, and nobody waits. */
static void leave_core(int number)
{
	if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) != 0)
		return;
	set_default(number);
	(void)syscall(SYS_kill, syscall(SYS_getpid), number);
	_exit(128 + number);
}

static unsigned long now_seconds(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)now.tv_sec;
}

/* Nothing helps any more. PID 1 stays, for with it everything would end. */
static void stay(int number)
{
	while (getpid() == 1)
		pause();
	_exit(128 + number);
}

static void handle(int number)
{
	/* A child that was being started shares our memory and handlers, but not our fate. */
	if ((pid_t)syscall(SYS_getpid) != owner) {
		set_default(number);
		(void)syscall(SYS_kill, syscall(SYS_getpid), number);
		_exit(128 + number);
	}
	if (crashing)
		stay(number);
	crashing = 1;
	unsigned long now = now_seconds();
	bool again = plan.when != 0 && now - plan.when < CRASH_WINDOW;

	leave_core(number);
	crash_keep_all_open();
	takeover_format(variable + sizeof TAKEOVER_VARIABLE, state_fd, again ? TAKEOVER_EMERGENCY : TAKEOVER_CRASH,
			number, plan.lock, now ? now : 1);
	execve("/proc/self/exe", plan.arguments, environment);
	execve(plan.program, plan.arguments, environment);
	stay(number);
}

static int make_stack(void)
{
	void *area = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	stack_t stack = { .ss_sp = area, .ss_size = STACK_SIZE };

	if (area == MAP_FAILED)
		return -errno;
	return sigaltstack(&stack, NULL) < 0 ? -errno : 0;
}

static int make_environment(void)
{
	size_t count = 0;

	while (environ && environ[count])
		count++;
	char **copy = calloc(count + 2, sizeof *copy);
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		copy[i] = environ[i];
	memcpy(variable, TAKEOVER_VARIABLE "=", sizeof TAKEOVER_VARIABLE);
	copy[count] = variable;
	free(environment);
	environment = copy;
	return 0;
}

static int take_signals(void)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_ONSTACK };
	sigset_t set;

	sigfillset(&action.sa_mask);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof crash_signals / sizeof *crash_signals; i++) {
		sigaddset(&set, crash_signals[i]);
		if (sigaction(crash_signals[i], &action, NULL) < 0)
			return -errno;
	}
	return sigprocmask(SIG_UNBLOCK, &set, NULL) < 0 ? -errno : 0;
}

int crash_install(const struct crash_plan *wanted)
{
	int result = make_environment();

	if (result == 0)
		result = make_stack();
	if (result < 0)
		return result;
	plan = *wanted;
	if (!plan.program)
		plan.program = "/proc/self/exe";
	owner = getpid();
	crashing = 0;
	return take_signals();
}

#else

int crash_install(const struct crash_plan *wanted)
{
	(void)wanted, (void)environment, (void)variable, (void)crashing, (void)owner, (void)plan, (void)state_fd;
	(void)crash_signals;
	return 0;
}

#endif
