#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/log_pipe.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/process.h"
#include "supervisor/os/reaper.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/user.h"
#include "tests/unit/valgrind.h"

static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

Test(process, signalled_and_reaped)
{
	struct process process, gone;
	struct exited_child child;
	siginfo_t info;
	uint64_t start = 0;

	cr_assert_eq(reaper_next(&child), -ECHILD);
	pid_t pid = start_sleeper();
	cr_assert_eq(reaper_next(&child), 0);
	cr_assert_eq(process_open(pid, &process), 0);
	cr_assert_eq(process_start_time(pid, &start), 0);
	cr_assert_gt(start, 0);
	cr_assert_eq(process_signal(&process, SIGKILL), 0);
	cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	cr_assert_eq(reaper_next(&child), 1);
	cr_assert_eq(child.pid, pid);
	cr_assert_eq(child.code, CLD_KILLED);
	cr_assert_eq(child.status, SIGKILL);
	cr_assert_eq(process_signal(&process, 0), -ESRCH);
	process_close(&process);
	cr_assert_eq(process_open(pid, &gone), -ESRCH);
	cr_assert_eq(process_start_time(pid, &start), -ESRCH);
	process_close(&gone);
}

Test(proc, stat_with_a_hostile_name)
{
	struct proc_stat stat;
	char text[64];

	cr_assert_eq(prctl(PR_SET_NAME, "a) S 1 (b", 0, 0, 0), 0);
	cr_assert_eq(proc_read_stat(getpid(), &stat), 0);
	cr_assert_str_eq(stat.comm, "a) S 1 (b");
	cr_assert_eq(stat.parent, getppid());
	cr_assert_eq(stat.group, getpgrp());
	cr_assert_eq(stat.session, getsid(0));
	cr_assert_not(stat.kernel_thread);
	cr_assert_gt(proc_read_command_line(getpid(), text, sizeof text), 0);
	cr_assert_eq(proc_read_stat(0x7ffffff0, &stat), -ESRCH);
}

Test(proc, table_knows_everybody)
{
	struct proc_table table = { .items = NULL };
	pid_t pid = start_sleeper(), children[4];
	siginfo_t info;

	cr_assert_eq(proc_table_read(&table), 0);
	cr_assert_not_null(proc_table_find(&table, getpid()));
	struct proc_stat *found = proc_table_find(&table, pid);
	cr_assert_not_null(found);
	cr_assert_eq(found->parent, getpid());
	cr_assert_null(proc_table_find(&table, 0x7ffffff0));
	int count = proc_read_children(getpid(), children, 4);
	if (count != -ENOENT) {
		cr_assert_eq(count, 1);
		cr_assert_eq(children[0], pid);
	}
	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &info, WEXITED);
	cr_assert_eq(proc_table_read(&table), 0);
	cr_assert_null(proc_table_find(&table, pid));
	proc_table_finish(&table);
}

static void expect_signal(int fd, int signal)
{
	struct signalfd_siginfo info;
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	cr_assert_eq(poll(&wait, 1, 10000), 1);
	cr_assert_eq(signals_next(fd, &info), 1);
	cr_assert_eq(info.ssi_signo, (uint32_t)signal);
}

Test(signals, all_are_read)
{
	static const int some[] = { SIGHUP, SIGTERM, SIGCHLD, SIGTSTP, 32, 33, 34, 64 };
	struct signalfd_siginfo info;
	int fd = signals_open();

	cr_assert_geq(fd, 0);
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		if (some[i] == 64 && runs_under_valgrind())
			continue; /* it keeps that one for itself */
		cr_assert_eq(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), some[i]), 0);
		expect_signal(fd, some[i]);
	}
	cr_assert_eq(signals_next(fd, &info), 0);
}

Test(signals, own_broken_pipe_is_no_event)
{
	struct signalfd_siginfo info;
	int fd = signals_open(), ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	cr_assert_eq(write(ends[1], "x", 1), -1);
	cr_assert_eq(errno, EPIPE);
	cr_assert_eq(signals_next(fd, &info), 0);
}

Test(log_pipe, keeps_what_was_written)
{
	char text[16];
	int fd = log_pipe_open(NULL);

	cr_assert_geq(fd, 0);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	int writer = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	cr_assert_eq(write(writer, "kept", 4), 4);
	close(writer);
	cr_assert_eq(read(fd, text, sizeof text), 4);
}

Test(log_pipe, message_with_a_descriptor)
{
	char text[16], room[CMSG_SPACE(sizeof(int))];
	struct iovec part = { text, sizeof text };
	struct msghdr header = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room
	};
	int ends[2], fd = log_pipe_open(NULL), r = 0;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	cr_assert_eq(log_pipe_send(ends[0], "hello", 5, fd), 0);
	cr_assert_eq(recvmsg(ends[1], &header, MSG_CMSG_CLOEXEC), 5);
	cr_assert_eq(CMSG_FIRSTHDR(&header)->cmsg_type, SCM_RIGHTS);
	for (int i = 0; i < 100000 && r == 0; i++)
		r = log_pipe_send(ends[0], "hello", 5, -1);
	cr_assert_eq(r, -EAGAIN);
	close(ends[1]);
	/* ECONNRESET when something was left unread. */
	r = log_pipe_send(ends[0], "hello", 5, -1);
	cr_assert(r == -EPIPE || r == -ECONNRESET);
}

Test(log_pipe, batch_keeps_messages_apart)
{
	const unsigned two[] = { 5, 11 };
	char text[16];
	int ends[2], r = 2;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	cr_assert_eq(log_pipe_send_batch(ends[0], "helloworlds", two, 2), 2);
	cr_assert_eq(recv(ends[1], text, sizeof text, 0), 5);
	cr_assert_eq(recv(ends[1], text, sizeof text, 0), 6);
	cr_assert_eq(memcmp(text, "worlds", 6), 0);
	for (int i = 0; i < 100000 && r > 0; i++)
		r = log_pipe_send_batch(ends[0], "helloworlds", two, 2);
	cr_assert_eq(r, -EAGAIN);
	close(ends[0]);
	close(ends[1]);
}

Test(user, found_by_name_and_number)
{
	struct user user;
	struct cause cause = { .error = 0 };
	gid_t gid = 99;

	cr_assert_eq(user_find("root", &user, &cause), 0, "%s", cause.text);
	cr_assert_eq(user.uid, 0);
	cr_assert_str_eq(user.home, "/root");
	cr_assert_geq(user.group_count, 1);
	cr_assert_eq(user.groups[0], 0);
	cr_assert_eq(user_find("0", &user, &cause), 0);
	cr_assert_str_eq(user.name, "root");
	cr_assert_eq(user_find("54321", &user, &cause), 0);
	cr_assert_eq(user.gid, 54321);
	cr_assert_str_eq(user.name, "");
	cr_assert_eq(group_find("root", &gid, &cause), 0);
	cr_assert_eq(gid, 0);
	cr_assert_eq(user_find("rooot", &user, &cause), -ESRCH);
	cr_assert(strstr(cause.text, "did you mean \"root\""), "%s", cause.text);
	cr_assert_eq(group_find("no:group", &gid, &cause), -ESRCH);
	cr_assert_eq(user_find("4294967295", &user, &cause), -ESRCH);
	cr_assert_eq(user_find("", &user, &cause), -ESRCH);
}
