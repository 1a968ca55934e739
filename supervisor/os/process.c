#include "supervisor/os/process.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/os/proc.h"

int process_open(pid_t pid, struct process *process)
{
	*process = PROCESS_NONE;
	if (pid <= 0)
		return -ESRCH;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0 && errno != ENOSYS && errno != EMFILE && errno != ENFILE && errno != EPERM)
		return errno == EINVAL ? -ESRCH : -errno;
	if (fd < 0 && kill(pid, 0) < 0 && errno == ESRCH)
		return -ESRCH;
	process->pid = pid;
	process->pidfd = fd;
	return 0;
}

int process_signal(const struct process *process, int signal)
{
	if (process->pid <= 0)
		return -ESRCH;
	if (process->pidfd >= 0) {
		if (syscall(SYS_pidfd_send_signal, process->pidfd, signal, NULL, 0) == 0)
			return 0;
		if (errno != ENOSYS)
			return -errno;
	}
	return kill(process->pid, signal) < 0 ? -errno : 0;
}

void process_close(struct process *process)
{
	if (process->pid > 0 && process->pidfd >= 0)
		close(process->pidfd);
	*process = PROCESS_NONE;
}

int process_start_time(pid_t pid, uint64_t *ticks)
{
	struct proc_stat stat;
	int r = proc_read_stat(pid, &stat);

	if (r == 0)
		*ticks = stat.start_time;
	return r;
}
