/* `timed COUNT PROGRAM [ARG...]`: runs it COUNT times, output thrown away; prints each time in ns, from fork to exit.
 */
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "bench/slots.h"

extern char **environ;

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;

	if (argc < 3)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (long i = strtol(argv[1], NULL, 10); i > 0; i--) {
		uint64_t began = slots_now();
		int status;
		pid_t pid;
		if (posix_spawn(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0 || waitpid(pid, &status, 0) < 0)
			return 1;
		printf("%" PRIu64 "\n", slots_now() - began);
	}
	posix_spawn_file_actions_destroy(&actions);
	return 0;
}
