/*
 * Makes as many orphans as the first argument says, prints "ready", and waits for a signal. The orphans end when
 * standard input does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_for_end_of_input(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	_exit(0);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;

	for (int i = 0; i < count; i++) {
		pid_t child = fork();
		if (child < 0)
			return 1;
		if (child == 0) {
			if (fork() == 0)
				wait_for_end_of_input();
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
