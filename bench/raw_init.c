/* The raw limit of reaping: `raw_init COMMAND [ARG...]` as PID 1, with one wait4(2) a child and nothing else. */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;
	pid_t command = argc > 1 ? fork() : -1;

	if (command == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	for (;;) {
		pid_t pid = wait4(-1, &status, 0, NULL);
		if (pid < 0 || pid == command)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}
