#include "supervisor/container/main_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/clone.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/terminal.h"

enum { STATUS_SIGNAL_BASE = 128, STATUS_START_FAILED = 127 };

/* What the child works on, in memory it shares with us. */
struct start {
	const struct main_process_options *options;
	bool takes_terminal;
	int error; /* of the step that failed; 0: executed */
};

static int lead(const struct start *start)
{
	if (start->options->scope == SCOPE_SESSION) {
		if (setsid() < 0)
			return -errno;
		/* Refused where the terminal belongs to another session: then there is none, as under setsid(1). */
		if (start->takes_terminal)
			(void)ioctl(STDIN_FILENO, TIOCSCTTY, 0);
		return 0;
	}
	if (start->options->scope == SCOPE_GROUP && setpgid(0, 0) < 0)
		return -errno;
	return start->takes_terminal && tcsetpgrp(STDIN_FILENO, getpid()) < 0 ? -errno : 0;
}

static int run_child(void *argument)
{
	struct start *start = argument;
	int result = lead(start);

	if (result == 0)
		result = signals_reset_in_child(0);
	if (result == 0) {
		execvp(start->options->command[0], start->options->command);
		result = -errno;
	}
	start->error = -result;
	return STATUS_START_FAILED;
}

/* A session's terminal must be let go of before the child's can have it; a group gets only what is ours to give. */
static bool prepare_terminal(enum main_process_scope scope)
{
	if (scope == SCOPE_SESSION) {
		if (getsid(0) == getpid() && terminal_is_controlling(STDIN_FILENO))
			(void)terminal_leave(STDIN_FILENO);
		return terminal_is(STDIN_FILENO);
	}
	return scope == SCOPE_GROUP && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static int explain(const struct main_process_options *options, int error, int *exit_status, struct cause *cause)
{
	const char *command = options->command[0];

	*exit_status = options->status_failed;
	if (error == ENOENT) {
		*exit_status = options->status_not_found;
		if (!strchr(command, '/'))
			return cause_set(cause, error, "%s: there is no such program in PATH", command);
		if (access(command, F_OK) == 0)
			return cause_set(cause, error,
					 "%s: the program that has to run it (see its first line) is missing", command);
		return cause_set(cause, error, "%s: there is no such file", command);
	}
	if (error == EACCES) {
		*exit_status = options->status_not_executable;
		return cause_set(cause, error, "%s: it may not be executed; a directory, or does it lack chmod +x?",
				 command);
	}
	return cause_set_errno(cause, error, "%s: cannot be started", command);
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static pid_t give_birth(struct start *start)
{
	struct clone_request request = { .run = run_child, .argument = start, .cgroup_fd = -1 };
	uint64_t mask;
	int no_pidfd;

	int result = signals_block_all(&mask);
	if (result < 0)
		return result;
	pid_t pid = clone_child(&request, &no_pidfd);
	(void)signals_restore(mask);
	return pid;
}

int main_process_start(struct main_process *process, const struct main_process_options *options, int *exit_status,
		       struct cause *cause)
{
	struct start start = { .options = options, .takes_terminal = prepare_terminal(options->scope) };

	*process = (struct main_process){ .options = options };
	process->has_terminal = start.takes_terminal && options->scope == SCOPE_GROUP;
	pid_t pid = give_birth(&start);
	if (pid < 0) {
		*exit_status = options->status_failed;
		return cause_set_errno(cause, -pid, "%s: no process could be made", options->command[0]);
	}
	if (start.error) {
		reap(pid);
		if (process->has_terminal)
			(void)terminal_give(STDIN_FILENO, getpgrp());
		return explain(options, start.error, exit_status, cause);
	}
	process->pid = pid;
	process->group = options->scope == SCOPE_NOTHING ? 0 : pid;
	return 0;
}

static bool is_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void send(const struct main_process *process, int signal)
{
	bool to_group = process->options->signal_group && process->group > 0;

	(void)kill(to_group ? -process->group : process->pid, signal);
}

/* A shell that continues us has put our group in the foreground again: its place is the command's. */
static void resume(const struct main_process *process)
{
	if (!process->has_terminal || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	(void)terminal_give(STDIN_FILENO, process->group);
	(void)kill(-process->group, SIGCONT);
}

/* PID 1 has nobody who could continue it, and its kernel would not stop it either. */
static void suspend(void)
{
	if (getpid() != 1)
		(void)kill(getpid(), SIGSTOP);
}

void main_process_signal(struct main_process *process, const struct signalfd_siginfo *info)
{
	int received = (int)info->ssi_signo;
	bool from_terminal = info->ssi_code == SI_KERNEL;

	if (received == SIGCHLD || received > MAIN_PROCESS_SIGNAL_MAX || process->pid == 0)
		return;
	if (received == SIGCONT)
		resume(process);
	int sent = process->options->rewrite[received];
	/* A command in our own group got a terminal's signal when we did. */
	if (sent > 0 && !(from_terminal && process->group == 0))
		send(process, sent);
	if (process->options->suspends && is_stop(received))
		suspend();
}

/* By a SIGTSTP that we let through: unlike SIGSTOP, it does nothing where no shell is there to continue us. */
static void suspend_group(void)
{
	uint64_t mask;

	if (signals_block_all(&mask) < 0)
		return;
	(void)signals_restore(mask & ~(UINT64_C(1) << (SIGTSTP - 1)));
	(void)kill(0, SIGTSTP);
	(void)signals_restore(mask);
}

void main_process_follow_stops(struct main_process *process)
{
	siginfo_t info = { .si_pid = 0 };

	if (!process->has_terminal || process->pid == 0 || getsid(0) == getpid())
		return;
	if (waitid(P_PID, (id_t)process->pid, &info, WSTOPPED | WNOHANG) < 0 || info.si_pid == 0)
		return;
	if (tcgetpgrp(STDIN_FILENO) != process->group)
		return;
	(void)terminal_give(STDIN_FILENO, getpgrp());
	suspend_group();
}

static int exit_status_of(const struct main_process_options *options, const struct exited_child *child)
{
	int status = child->code == CLD_EXITED ? child->status : STATUS_SIGNAL_BASE + child->status;

	return options->become_zero[(status & 255) / 8] >> (status % 8) & 1 ? 0 : status;
}

bool main_process_exited(struct main_process *process, const struct exited_child *child, int *exit_status)
{
	if (process->pid == 0 || child->pid != process->pid)
		return false;
	*exit_status = exit_status_of(process->options, child);
	if (process->options->ends_group && process->group > 0) {
		(void)kill(-process->group, SIGTERM);
		(void)kill(-process->group, SIGCONT);
	}
	if (process->has_terminal && tcgetpgrp(STDIN_FILENO) == process->group)
		(void)terminal_give(STDIN_FILENO, getpgrp());
	process->pid = 0;
	return true;
}
