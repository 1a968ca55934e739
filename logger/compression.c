#include "logger/compression.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const char program_name[] = "svlog-compress";

enum { STATUS_NO_PROGRAM = 127 };

/* Beside svlog, or where make install puts it. */
static void find_program(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof program_name);
	char *slash;

	if (length > 0) {
		path[length] = '\0';
		slash = strrchr(path, '/');
		if (slash) {
			memcpy(slash + 1, program_name, sizeof program_name);
			if (access(path, X_OK) == 0)
				return;
		}
	}
	memcpy(path, SVINIT_LIBEXECDIR "/svlog-compress", sizeof SVINIT_LIBEXECDIR "/svlog-compress");
}

__attribute__((noreturn)) static void become_program(const char *path, int directory, const char *name)
{
	const char *const argv[] = { program_name, name, NULL };
	char *const environment[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fchdir(directory) == 0)
		execve(path, (char *const *)argv, environment);
	_exit(STATUS_NO_PROGRAM);
}

int compression_start(struct compression *compression, int directory, const char *name)
{
	char path[PATH_MAX];

	find_program(path);
	pid_t pid = fork();
	if (pid == 0)
		become_program(path, directory, name);
	if (pid < 0)
		return -errno;
	int fd = pidfd_open(pid, 0);
	if (fd < 0) {
		int error = errno;

		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return -error;
	}
	compression->pid = pid;
	compression->pid_fd = fd;
	return 0;
}

void compression_ended(struct compression *compression)
{
	int status = 0;

	if (!compression->pid || waitpid(compression->pid, &status, WNOHANG) == 0)
		return;
	compression->unavailable |= WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NO_PROGRAM;
	close(compression->pid_fd);
	compression->pid = 0;
}

void compression_cancel(struct compression *compression)
{
	if (!compression->pid)
		return;
	kill(compression->pid, SIGKILL);
	(void)waitpid(compression->pid, NULL, 0);
	close(compression->pid_fd);
	compression->pid = 0;
}
