/*
 * Tries what a sandbox is to forbid: break_out ATTEMPT. Exit status 0: it could be done; 1: it was refused; 2: this
 * machine has no such thing. Nothing it does changes the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE, REFUSED, NOT_HERE };

static int outcome(long result)
{
	if (result < 0)
		perror("break_out");
	return result < 0 ? REFUSED : DONE;
}

static int open_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd < 0 && errno == EAFNOSUPPORT && family != AF_INET && family != AF_UNIX)
		return REFUSED;
	return outcome(fd);
}

static int inet(void)
{
	return open_socket(AF_INET, SOCK_STREAM);
}

static int netlink(void)
{
	return open_socket(AF_NETLINK, SOCK_RAW);
}

static int local(void)
{
	return open_socket(AF_UNIX, SOCK_STREAM);
}

static int new_mounts(void)
{
	return outcome(unshare(CLONE_NEWNS));
}

static int new_network(void)
{
	return outcome(unshare(CLONE_NEWNET));
}

/* By clone(2) instead of unshare(2). */
static int child_with_mounts(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return outcome(pid);
}

static int enter_own_mounts(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY);

	return fd < 0 ? NOT_HERE : outcome(setns(fd, 0));
}

static int real_time(void)
{
	struct sched_param parameter = { .sched_priority = 1 };

	return outcome(sched_setscheduler(0, SCHED_RR, &parameter));
}

/* The kernel looks at 32 bits of the policy only. */
static int real_time_by_high_bits(void)
{
	struct sched_param parameter = { .sched_priority = 1 };

	return outcome(syscall(SYS_sched_setscheduler, 0L, 0x100000000L | SCHED_RR, &parameter));
}

static int chmod_suid(void)
{
	char path[] = "/dev/shm/break-out-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return NOT_HERE;
	int result = fchmod(fd, 04711);
	int status = outcome(result);
	unlink(path);
	return status;
}

static int open_suid(void)
{
	char path[64];

	snprintf(path, sizeof path, "/dev/shm/break-out-%d", (int)getpid());
	umask(0);
	int status = outcome(open(path, O_WRONLY | O_CREAT | O_EXCL, 02711));
	unlink(path);
	return status;
}

static int other_personality(void)
{
	return outcome(personality(PER_LINUX | ADDR_NO_RANDOMIZE));
}

static int map_write_execute(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome(map == MAP_FAILED ? -1 : 0);
}

static int make_executable(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome(mprotect(map, 4096, PROT_READ | PROT_EXEC));
}

static int attach_executable(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0700);
	void *at = id < 0 ? NULL : shmat(id, NULL, SHM_EXEC);
	int error = errno;

	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	errno = error;
	return id < 0 ? NOT_HERE : outcome(at == (void *)-1 ? -1 : 0);
}

/* Asks only, but by the call that can set. */
static int clock_adjust(void)
{
	struct timex nothing = { 0 };

	return outcome(adjtimex(&nothing));
}

static int load_module(void)
{
	long result = syscall(SYS_init_module, NULL, 0L, "");

	return result < 0 && errno == EPERM ? outcome(result) : DONE;
}

static int kernel_log(void)
{
	return outcome(klogctl(10, NULL, 0));
}

static int same_hostname(void)
{
	char name[256];

	gethostname(name, sizeof name);
	return outcome(sethostname(name, strlen(name)));
}

static int raw_io(void)
{
#ifdef SYS_ioperm
	int result = ioperm(0x80, 1, 0);

	return result < 0 && errno == ENOSYS ? NOT_HERE : outcome(result);
#else
	return NOT_HERE;
#endif
}

static int make_device(void)
{
	char path[64];

	snprintf(path, sizeof path, "/dev/shm/break-out-node-%d", (int)getpid());
	int status = outcome(mknod(path, S_IFCHR | 0600, makedev(1, 3)));
	unlink(path);
	return status;
}

static int set_own_name(void)
{
	return outcome(prctl(PR_SET_NAME, "name", 0, 0, 0));
}

static int get_directory(void)
{
	char path[4096];

	return outcome(syscall(SYS_getcwd, path, sizeof path));
}

/* Prints the number of the session keyring. */
static int session_keyring(void)
{
	long number = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

	printf("%ld\n", number);
	return outcome(number);
}

/* getpid(2) by the 32-bit interface. */
static int old_interface(void)
{
#ifdef __x86_64__
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(20) : "memory", "r8", "r9", "r10", "r11");
	return result > 0 ? DONE : REFUSED;
#else
	return NOT_HERE;
#endif
}

/* Any filter that is set counts for nothing here: the children of a service have it as well. */
static int by_child(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(inet());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : REFUSED;
}

static const struct {
	const char *name;
	int (*run)(void);
} attempts[] = {
	{ "inet", inet },
	{ "netlink", netlink },
	{ "local", local },
	{ "new-mounts", new_mounts },
	{ "new-network", new_network },
	{ "child-with-namespace", child_with_mounts },
	{ "enter-namespace", enter_own_mounts },
	{ "real-time", real_time },
	{ "real-time-by-high-bits", real_time_by_high_bits },
	{ "chmod-suid", chmod_suid },
	{ "open-suid", open_suid },
	{ "personality", other_personality },
	{ "map-write-execute", map_write_execute },
	{ "make-executable", make_executable },
	{ "attach-executable", attach_executable },
	{ "clock", clock_adjust },
	{ "module", load_module },
	{ "kernel-log", kernel_log },
	{ "hostname", same_hostname },
	{ "raw-io", raw_io },
	{ "device", make_device },
	{ "own-name", set_own_name },
	{ "directory", get_directory },
	{ "old-interface", old_interface },
	{ "session-keyring", session_keyring },
	{ "by-child", by_child },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof attempts / sizeof *attempts; i++)
		if (strcmp(attempts[i].name, argv[1]) == 0)
			return attempts[i].run();
	fputs("usage: break_out ATTEMPT\n", stderr);
	return 3;
}
