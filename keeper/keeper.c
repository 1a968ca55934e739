/*
 * svkeeper MAIN-PID [UNIT]: holds the tree of processes of a service together where no cgroup does.
 *
 * It is the parent of the service's process and a child subreaper: whoever below it loses its parent becomes its child,
 * whatever it did to its session, its environment or its user. So no process leaves the tree, and when waitid(2) says
 * that there are no children, there are none. It sleeps until a child ends or svinit asks for a signal, reports the end
 * of the main process, and ends with the last process below it. All signals are blocked since before it was born.
 */
#include <errno.h>
#include <linux/time_types.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "common/keeper_protocol.h"
#include "keeper/system_call.h"
#include "keeper/tree.h"

enum { REMEMBERED = 16, REPORTS_FD = 0 };
/* Rounds of signals in one go; then children that ended and orders come first. */
enum { SIGNAL_ROUNDS = 16, KILL_ROUNDS = 4, FREEZE_ROUNDS = 256 };
enum { PATIENCE_FIRST_NSEC = 10000000, PATIENCE_MAX_NSEC = 640000000 };

struct ended {
	int pid, code, status;
};

struct keeper {
	int main; /* whose end is to be reported; 0: it was */
	int reported;
	bool killing;
	bool denied;                    /* who is left is not ours to kill */
	long patience;                  /* ns until the next look while killing */
	struct ended ended[REMEMBERED]; /* of late, should svinit ask for one of them */
	unsigned ended_count;
};

static void report(const struct ended *ended, bool empty)
{
	struct keeper_report report = {
		.keeper = (int32_t)system_call0(SYS_getpid),
		.pid = ended->pid,
		.code = ended->code,
		.status = ended->status,
		.empty = empty,
	};

	/* It may wait for room; without a reader there is nobody to tell. */
	while (system_call3(SYS_write, REPORTS_FD, (long)&report, sizeof report) == -EINTR)
		continue;
}

static int wait_child(struct ended *ended, int options)
{
	siginfo_t info;

	info.si_pid = 0;
	int r = (int)system_call(SYS_waitid, P_ALL, 0, (long)&info, WEXITED | WNOHANG | __WALL | options, 0);
	*ended = (struct ended){ .pid = info.si_pid, .code = info.si_code, .status = info.si_status };
	return r;
}

/* Reaps whoever has ended. false: there are no children any more. */
static bool reap(struct keeper *keeper)
{
	struct ended ended, next;
	int r;

	while ((r = wait_child(&ended, 0)) == 0 && ended.pid > 0) {
		keeper->ended[keeper->ended_count++ % REMEMBERED] = ended;
		if (ended.pid != keeper->main)
			continue;
		keeper->main = 0;
		keeper->reported = ended.pid;
		report(&ended, wait_child(&next, WNOWAIT) == -ECHILD);
	}
	return r != -ECHILD;
}

static void watch(struct keeper *keeper, int pid)
{
	struct ended gone = { .pid = pid };

	keeper->main = pid;
	for (int i = 0; i < REMEMBERED; i++)
		if (keeper->ended[i].pid == pid)
			gone = keeper->ended[i];
	if (gone.code != 0 || system_call2(SYS_kill, pid, 0) == -ESRCH) {
		keeper->main = 0;
		report(&gone, false);
	}
}

/* To be ahead of those that are to be stopped. Who may not asks in vain. */
static void hurry(bool on)
{
	struct sched_param parameter = { .sched_priority = on ? 1 : 0 };

	system_call3(SYS_sched_setscheduler, 0, on ? SCHED_FIFO : SCHED_OTHER, (long)&parameter);
	system_call3(SYS_setpriority, PRIO_PROCESS, 0, on ? -20 : 0);
}

/*
 * Against those that fork faster than they are killed: who is stopped neither forks nor makes room for others that do,
 * so every pass leaves fewer of them, until one finds nobody new.
 */
static void freeze(struct keeper *keeper)
{
	static const struct tree_order stop = { .signal = SIGSTOP };

	hurry(true);
	tree_forget();
	for (int i = 0; i < FREEZE_ROUNDS && tree_signal(&stop, true, 0).news > 0; i++)
		reap(keeper);
	hurry(false);
}

/* Until nobody new turns up; those who were met still have to die. */
static void kill_all(struct keeper *keeper)
{
	static const struct tree_order kill = { .signal = SIGKILL };
	struct tree_count tree;
	int rounds = 0;

	tree_forget();
	do {
		if (rounds == KILL_ROUNDS)
			freeze(keeper);
		tree = tree_signal(&kill, false, keeper->main);
	} while (tree.news > 0 && rounds++ < 2 * KILL_ROUNDS && reap(keeper));
	keeper->denied = tree.found > 0 && tree.denied == tree.found;
}

static void signal_all(const struct keeper *keeper, int command)
{
	struct tree_order order = {
		.signal = command & KEEPER_COMMAND_SIGNAL,
		.and_continue = command & KEEPER_COMMAND_CONTINUE,
		.spare = command & KEEPER_COMMAND_SPARE_MAIN ? keeper->main : 0,
	};

	tree_forget();
	for (int i = 0; i < SIGNAL_ROUNDS && tree_signal(&order, true, keeper->main).news > 0; i++)
		continue;
}

static void obey(struct keeper *keeper, int command)
{
	int signal = command & KEEPER_COMMAND_SIGNAL;

	if (command & KEEPER_COMMAND_MAIN_ONLY) {
		if (keeper->main > 0)
			system_call2(SYS_kill, keeper->main, signal);
	} else if (signal == SIGKILL && !(command & KEEPER_COMMAND_SPARE_MAIN)) {
		keeper->killing = true;
		keeper->patience = PATIENCE_FIRST_NSEC;
		kill_all(keeper);
	} else {
		signal_all(keeper, command);
	}
}

/* Whom svinit has found to be the main process and has no time left to ask for. */
static void report_last(const struct keeper *keeper)
{
	const struct ended *last = &keeper->ended[(keeper->ended_count - 1) % REMEMBERED];

	if (keeper->ended_count > 0 && last->pid != keeper->reported)
		report(last, true);
}

/* The next signal, or 0 when it is time to look again. */
static int next_signal(const struct keeper *keeper, int *value)
{
	uint64_t mask = UINT64_C(1) << (SIGCHLD - 1) | UINT64_C(1) << (KEEPER_SIGNAL_COMMAND - 1) |
			UINT64_C(1) << (KEEPER_SIGNAL_WATCH - 1);
	struct __kernel_timespec patience = { .tv_nsec = keeper->patience };
	bool waits = keeper->killing && !keeper->denied;
	siginfo_t info = { 0 };

	long signal =
		system_call4(SYS_rt_sigtimedwait, (long)&mask, (long)&info, waits ? (long)&patience : 0, sizeof mask);
	*value = info.si_value.sival_int;
	return signal > 0 ? (int)signal : 0;
}

static void look_again(struct keeper *keeper)
{
	kill_all(keeper);
	if (keeper->patience < PATIENCE_MAX_NSEC)
		keeper->patience *= 2;
}

static int number_of(const char *text)
{
	int number = 0;

	while (*text >= '0' && *text <= '9' && number < INT32_MAX / 10 - 1)
		number = number * 10 + (*text++ - '0');
	return number;
}

static int keep(int argc, char **argv)
{
	struct keeper keeper = { .main = argc > 1 ? number_of(argv[1]) : 0 };
	int value;

	system_call2(SYS_prctl, PR_SET_NAME, (long)"svkeeper");
	while (reap(&keeper)) {
		switch (next_signal(&keeper, &value)) {
		case KEEPER_SIGNAL_COMMAND:
			obey(&keeper, value);
			break;
		case KEEPER_SIGNAL_WATCH:
			watch(&keeper, value);
			break;
		default:
			if (keeper.killing && reap(&keeper))
				look_again(&keeper);
			break;
		}
	}
	report_last(&keeper);
	return 0;
}

#ifdef KEEPER_BARE
/* What the kernel puts on the stack of a new program: argc, argv. */
__attribute__((used, noreturn)) void keeper_begin(long *stack);

void keeper_begin(long *stack)
{
	system_call1(SYS_exit_group, keep((int)stack[0], (char **)(stack + 1)));
	__builtin_unreachable();
}

#if defined __x86_64__
__asm__(".globl _start\n_start:\n\txorl %ebp, %ebp\n\tmovq %rsp, %rdi\n\tandq $-16, %rsp\n\tcall keeper_begin\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, xzr\n\tmov x0, sp\n\tbl keeper_begin\n");
#endif
#else
int main(int argc, char **argv)
{
	return keep(argc, argv);
}
#endif
