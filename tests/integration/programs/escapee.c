/* Leaves a process behind that forked twice, called setsid(2), dropped its environment and ignores SIGTERM. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void escape(const char *pid_file)
{
	FILE *file;

	setsid();
	if (fork() != 0)
		_exit(0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	file = fopen(pid_file, "we");
	if (file) {
		fprintf(file, "%d\n", (int)getpid());
		fclose(file);
	}
	execle("/bin/sleep", "sleep", "1000", (char *)NULL, (char *const[]){ NULL });
	_exit(1);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (fork() == 0)
		escape(argv[1]);
	for (;;)
		pause();
}
