/* A daemon of the old school: forks twice, leaves its session, and writes its PID file before its parent returns. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_pid_file(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -1;
	fprintf(file, "%d\n", (int)getpid());
	return fclose(file);
}

/* Runs in the daemon: says over the pipe that it is up, then lives until a signal ends it. */
static void serve(const char *pid_file, int ready)
{
	char ok = 1;

	if (write_pid_file(pid_file) < 0)
		_exit(1);
	printf("daemon %d is up\n", (int)getpid());
	fflush(stdout);
	if (write(ready, &ok, 1) != 1)
		_exit(1);
	close(ready);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int ready[2];
	char ok = 0;

	if (argc != 2 || pipe2(ready, O_CLOEXEC) < 0) {
		fprintf(stderr, "usage: forking_daemon PIDFILE\n");
		return 2;
	}
	if (fork() == 0) {
		setsid();
		if (fork() != 0)
			_exit(0);
		close(ready[0]);
		serve(argv[1], ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &ok, 1) != 1) {
		fprintf(stderr, "the daemon did not come up\n");
		return 1;
	}
	return 0;
}
