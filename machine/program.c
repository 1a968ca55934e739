#include "machine/program.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/step.h"

enum { NOT_STARTED = 127 };

int program_run(const char *const *argv)
{
	int status;
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ);

	if (error) {
		complain("%s: %s", argv[0], strerror(error));
		return NOT_STARTED;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_STARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
