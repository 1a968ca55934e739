/*
 * escapee KIND [FILE]: a service that leaves a process behind in one of many ways (see the table), says READY=1 once it
 * is there, and sleeps. FILE gets the pid of what was left behind, as this process's own PID namespace counts it.
 */
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOMB_MAX = 256, HOPPERS = 4, NOBODY = 65534 };

static char **arguments;
static int ready[2]; /* a byte: whoever is to be left behind is there */

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void arrived(void)
{
	(void)!write(ready[1], "", 1);
}

static void stay(void)
{
	arrived();
	sleep_for_ever();
}

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

/* In a grandchild whose parent is gone. */
static bool fork_twice(void)
{
	pid_t pid = fork();

	if (pid == 0 && fork() == 0)
		return true;
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return false;
}

static void double_fork(void)
{
	if (fork_twice())
		stay();
}

static void new_session(void)
{
	if (!fork_twice())
		return;
	setsid();
	stay();
}

static void clean_environment(void)
{
	if (!fork_twice())
		return;
	setsid();
	dup2(ready[1], 9);
	execle("/proc/self/exe", "x", "stay", (char *)NULL, (char *const[]){ NULL });
	fail("exec");
}

/* What it executes. */
static void stay_here(void)
{
	ready[1] = 9;
	stay();
}

static void changed_user(void)
{
	if (!fork_twice())
		return;
	setsid();
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)
		fail("setresuid");
	stay();
}

/* Started by an ordinary user as a set-user-ID program. */
static void privileged(void)
{
	if (!fork_twice())
		return;
	setsid();
	if (setresuid(0, 0, 0) < 0)
		fail("setresuid");
	stay();
}

static void blocked_signals(void)
{
	sigset_t all;

	if (!fork_twice())
		return;
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	stay();
}

static void ignored_signals(void)
{
	if (!fork_twice())
		return;
	setsid();
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	stay();
}

static void stopped(void)
{
	if (!fork_twice())
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	arrived();
	for (;;)
		raise(SIGSTOP);
}

static void traced(void)
{
	int status;

	if (!fork_twice())
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		sleep_for_ever();
	}
	waitpid(pid, &status, 0);
	arrived();
	/* Nothing but SIGKILL reaches it any more. */
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	sleep_for_ever();
}

/* Each of them forks as long as there are fewer than BOMB_MAX, all in sessions of their own. */
static void fork_bomb(void)
{
	int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!fork_twice())
		return;
	signal(SIGTERM, SIG_IGN);
	arrived();
	while (__atomic_add_fetch(count, 1, __ATOMIC_RELAXED) < BOMB_MAX)
		if (fork() == 0)
			setsid();
	sleep_for_ever();
}

/* Never the same process for longer than a moment. */
static void hoppers(void)
{
	if (!fork_twice())
		return;
	for (int i = 1; i < HOPPERS && fork() != 0; i++)
		continue;
	arrived();
	for (;;) {
		if (fork() != 0)
			_exit(0);
		setsid();
		signal(SIGTERM, SIG_IGN);
	}
}

static void vfork_child(void)
{
	if (!fork_twice())
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	/* The parent stands still until this one executes a program or ends. */
	if (vfork() == 0) {
		syscall(SYS_write, ready[1], "", 1);
		for (;;)
			syscall(SYS_nanosleep, &(struct timespec){ .tv_sec = 1000 }, NULL);
	}
}

static void new_group(void)
{
	if (!fork_twice())
		return;
	setpgid(0, 0);
	stay();
}

static void real_daemon(void)
{
	int keep = fcntl(ready[1], F_DUPFD, 20);

	if (fork() != 0)
		return;
	if (daemon(0, 0) < 0)
		fail("daemon");
	ready[1] = keep;
	arrived();
	syscall(SYS_close_range, 0, ~0U, 0);
	sleep_for_ever();
}

static void renamed(void)
{
	if (!fork_twice())
		return;
	setsid();
	for (char **argument = arguments; *argument; argument++)
		memset(*argument, 0, strlen(*argument));
	strcpy(arguments[0], "svlog");
	prctl(PR_SET_NAME, "svlog");
	stay();
}

static void *thread_stays(void *nothing)
{
	(void)nothing;
	usleep(1000);
	stay();
	return NULL;
}

static void leader_gone(void)
{
	pthread_t thread;

	if (!fork_twice())
		return;
	setsid();
	if (pthread_create(&thread, NULL, thread_stays, NULL) != 0)
		fail("thread");
	syscall(SYS_exit, 0); /* this thread alone */
}

static void pid_namespace(void)
{
	if (!fork_twice())
		return;
	setsid();
	if (unshare(CLONE_NEWPID | (geteuid() ? CLONE_NEWUSER : 0)) < 0)
		fail("unshare");
	if (fork() != 0)
		_exit(0);
	/* The first of the namespace gets only the signals it asks for. */
	fork();
	fork();
	stay();
}

static void user_namespace(void)
{
	if (!fork_twice())
		return;
	if (unshare(CLONE_NEWUSER) < 0)
		fail("unshare");
	setsid();
	signal(SIGTERM, SIG_IGN);
	stay();
}

static long clone_with(unsigned long flags)
{
	return syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

/* A child of our own parent's. */
static void clone_parent(void)
{
	if (clone_with(CLONE_PARENT | SIGCHLD) == 0) {
		setsid();
		stay();
	}
}

/* Its end is no signal to anybody. */
static void silent_end(void)
{
	if (fork_twice() && clone_with(0) == 0) {
		setsid();
		stay();
	}
}

static void own_subreaper(void)
{
	if (!fork_twice())
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (fork_twice())
		stay();
	sleep_for_ever();
}

static void *thread_forks(void *nothing)
{
	if (fork() == 0)
		stay();
	sleep_for_ever();
	return nothing;
}

/* Children of a thread that is not the first. */
static void child_of_thread(void)
{
	pthread_t thread;

	if (!fork_twice())
		return;
	setsid();
	if (pthread_create(&thread, NULL, thread_forks, NULL) != 0)
		fail("thread");
	sleep_for_ever();
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "double-fork", double_fork },
	{ "new-session", new_session },
	{ "clean-environment", clean_environment },
	{ "changed-user", changed_user },
	{ "privileged", privileged },
	{ "blocked-signals", blocked_signals },
	{ "ignored-signals", ignored_signals },
	{ "stopped", stopped },
	{ "traced", traced },
	{ "fork-bomb", fork_bomb },
	{ "hoppers", hoppers },
	{ "vfork-child", vfork_child },
	{ "new-group", new_group },
	{ "daemon", real_daemon },
	{ "renamed", renamed },
	{ "leader-gone", leader_gone },
	{ "pid-namespace", pid_namespace },
	{ "user-namespace", user_namespace },
	{ "clone-parent", clone_parent },
	{ "silent-end", silent_end },
	{ "own-subreaper", own_subreaper },
	{ "child-of-thread", child_of_thread },
	{ "stay", stay_here },
};

static void say_ready(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!path || fd < 0)
		return;
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	if (*path == '@')
		address.sun_path[0] = '\0';
	(void)!sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&address,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	close(fd);
}

static void run(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i].name) == 0)
			kinds[i].run();
}

int main(int argc, char **argv)
{
	char byte;

	if (argc != 2)
		return 2;
	arguments = argv;
	if (strcmp(argv[1], "stay") == 0)
		stay_here();
	if (pipe2(ready, O_CLOEXEC) < 0)
		return 1;
	run(argv[1]);
	close(ready[1]);
	/* Nobody came: a pipe without writers. */
	if (read(ready[0], &byte, 1) != 1)
		return 77;
	say_ready();
	sleep_for_ever();
}
