/* A long-running service: says something once in a while, and stops when it is told to. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
	long interval_ms = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	struct timespec interval = { interval_ms / 1000, interval_ms % 1000 * 1000000 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	long tick = 0;
	do
		printf("tick %ld\n", ++tick);
	while (sigtimedwait(&term, NULL, &interval) != SIGTERM);
	puts("asked to stop, leaving");
	return 0;
}
