/* A long-running service: says what time it is once in a while, and stops when it is told to. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

int main(int argc, char **argv)
{
	long interval_ms = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	struct timespec pause = { interval_ms / 1000, interval_ms % 1000 * 1000000 };
	struct sigaction action = { .sa_handler = on_term };

	sigaction(SIGTERM, &action, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (long tick = 1; !stop; tick++) {
		printf("tick %ld\n", tick);
		nanosleep(&pause, NULL);
	}
	puts("asked to stop, leaving");
	return 0;
}
