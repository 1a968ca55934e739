#include "supervisor/os/process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/proc.h"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

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

/* Before Linux 6.9 all pidfds share one inode. */
static bool has_own_inode(int pidfd)
{
	static enum { UNKNOWN, SHARED, OWN } inodes;
	struct statfs status;

	if (inodes == UNKNOWN && fstatfs(pidfd, &status) == 0)
		inodes = status.f_type == PID_FS_MAGIC ? OWN : SHARED;
	return inodes == OWN;
}

int process_identity(const struct process *process, uint64_t *identity)
{
	struct stat status;

	if (process->pidfd >= 0 && has_own_inode(process->pidfd) && fstat(process->pidfd, &status) == 0) {
		*identity = status.st_ino << 1 | 1;
		return 0;
	}
	int result = process_start_time(process->pid, identity);
	if (result == 0)
		*identity <<= 1;
	return result;
}

bool process_is_child(pid_t pid)
{
	struct proc_stat stat;

	return proc_read_stat(pid, &stat) >= 0 && stat.parent == getpid();
}

bool process_runs(pid_t pid, const char *path)
{
	struct stat program, file;
	char link[32];

	snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
	return stat(link, &program) == 0 && stat(path, &file) == 0 && program.st_dev == file.st_dev &&
	       program.st_ino == file.st_ino;
}

/* The kernel's own struct as of the version that first told exit statuses. */
struct pidfd_exit_info {
	uint64_t mask, cgroup_id;
	uint32_t ids[11];
	int32_t exit_code;
};
_Static_assert(sizeof(struct pidfd_exit_info) == 64, "PIDFD_INFO_SIZE_VER0");

bool process_exit_info(const struct process *process, int *code, int *status)
{
	enum { INFO_EXIT = 1 << 3 };
	struct pidfd_exit_info info = { .mask = INFO_EXIT };

	if (process->pidfd < 0 || ioctl(process->pidfd, _IOWR(0xFF, 11, struct pidfd_exit_info), &info) < 0 ||
	    !(info.mask & INFO_EXIT))
		return false;
	if (WIFEXITED(info.exit_code)) {
		*code = CLD_EXITED;
		*status = WEXITSTATUS(info.exit_code);
	} else {
		*code = WCOREDUMP(info.exit_code) ? CLD_DUMPED : CLD_KILLED;
		*status = WTERMSIG(info.exit_code);
	}
	return true;
}
