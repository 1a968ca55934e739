/*
 * A parent that dies and leaves an orphan: two processes down there is a child whose parent ends right away, so that
 * whoever reaps orphans becomes its parent. The main process goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The orphan waits until its parent is gone, tells who its new one is, and lives on for a while. */
static void live_as_orphan(pid_t parent, long seconds)
{
	struct timespec moment = { 0, 1000000 };

	while (getppid() == parent)
		nanosleep(&moment, NULL);
	printf("orphan %d: my new parent is %d\n", (int)getpid(), (int)getppid());
	fflush(stdout);
	sleep((unsigned)seconds);
	_exit(0);
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : 2;
	pid_t middle = fork();

	if (middle == 0) {
		pid_t me = getpid();

		if (fork() == 0)
			live_as_orphan(me, seconds);
		_exit(0);
	}
	waitpid(middle, NULL, 0);
	for (;;)
		pause();
}
