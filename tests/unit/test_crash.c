/* What svinit does of itself when it crashes; how services fare is tests/integration/test_crash.py's. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/crash.h"
#include "supervisor/takeover.h"

/* The program that is executed after a crash is this one: it tells what it was given, and ends. */
__attribute__((constructor)) static void tell(void)
{
	const char *value = getenv(TAKEOVER_VARIABLE), *path = getenv("CRASH_TEST");
	FILE *file = value && path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %d", value, fcntl(atoi(value), F_GETFD));
	fclose(file);
	_exit(0);
}

#ifndef __SANITIZE_ADDRESS__

static volatile char sink;

static volatile bool endless = true;

static int overflow(int depth) /* NOLINT(misc-no-recursion) */
{
	char frame[1024];

	if (!endless)
		return depth;

	memset(frame, depth, sizeof frame);
	sink = frame[depth & 1023];
	return overflow(depth + 1) + sink;
}

static void crash_by(int number)
{
	if (number == SIGSEGV)
		overflow(0);
	raise(number);
}

/* Crashes in a child; what the svinit after it was told. */
static void crash_in_child(int number, unsigned long when, char *told, size_t size)
{
	char path[] = "/tmp/svinit-crash-XXXXXX";
	char *arguments[] = { (char *)"svinit", NULL };
	int file = mkstemp(path);
	pid_t pid = fork();

	cr_assert_geq(file, 0);
	if (pid == 0) {
		setenv("CRASH_TEST", path, 1);
		const struct crash_plan plan = { .arguments = arguments, .lock = 7, .when = when };
		int state = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (crash_install(&plan) < 0)
			_exit(9);
		crash_set_state(state);
		crash_by(number);
		_exit(8);
	}
	int status;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
	ssize_t length = read(file, told, size - 1);
	cr_assert_gt(length, 0);
	told[length] = '\0';
	close(file);
	unlink(path);
}

static void expect(int number, unsigned long when, enum takeover_kind expected)
{
	char told[128];
	int state, pid, kind, signal, lock, flags;
	unsigned long now;

	crash_in_child(number, when, told, sizeof told);
	cr_assert_eq(sscanf(told, "%d:%d:%d:%d:%d:%lu %d", &state, &pid, &kind, &signal, &lock, &now, &flags), 7, "%s",
		     told);
	cr_assert_eq(kind, (int)expected);
	cr_assert_eq(signal, number);
	cr_assert_eq(lock, 7);
	cr_assert_eq(flags, 0, "the state is open, and for the next program too");
}

Test(crash, executes_itself_with_the_state)
{
	static const int numbers[] = { SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		expect(numbers[i], 0, TAKEOVER_CRASH);
}

Test(crash, survives_a_stack_that_is_full)
{
	expect(SIGSEGV, 0, TAKEOVER_CRASH);
}

Test(crash, a_second_one_in_a_short_time_is_an_emergency)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	expect(SIGSEGV, (unsigned long)now.tv_sec, TAKEOVER_EMERGENCY);
	expect(SIGABRT, (unsigned long)now.tv_sec > CRASH_WINDOW ? (unsigned long)now.tv_sec - CRASH_WINDOW : 1,
	       TAKEOVER_CRASH);
}

#endif
