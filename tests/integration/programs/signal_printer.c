/*
 * Prints "ready", then "got N" for each signal that comes, 32 and 33 included, which the C library keeps from its
 * users; SIGKILL ends it, nothing else does. With an argument it forks first, and the child prints as well.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uint64_t all = UINT64_MAX;

	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 0);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
	if (argc > 1)
		fork();
	printf("ready %d\n", getpid());
	for (;;) {
		long number = syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, sizeof all);
		if (number > 0)
			printf("got %ld\n", number);
	}
}
