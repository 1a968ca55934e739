#include "keeper/tree.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/children.h"
#include "keeper/system_call.h"

/* What is beyond these is met by a later pass, when those in front of it are dead. PIDS_MAX is the kernel's. */
enum { TREE_MAX = 1 << 15, PIDS_MAX = 1 << 22, WORD_BITS = 64 };

struct tree_process {
	int pid, parent;
};

/* Pages that are never touched cost nothing, and a service that stops when it is asked to touches none. */
static struct tree_process processes[TREE_MAX];
static int count;
static uint64_t met[PIDS_MAX / WORD_BITS];
static int met_highest;

static bool meet(int pid)
{
	uint64_t bit = UINT64_C(1) << (pid % WORD_BITS), *word = &met[pid / WORD_BITS];
	bool is_new = !(*word & bit);

	*word |= bit;
	if (pid > met_highest)
		met_highest = pid;
	return is_new;
}

void tree_forget(void)
{
	for (int word = 0; word <= met_highest / WORD_BITS; word++)
		if (met[word])
			met[word] = 0;
	met_highest = 0;
}

static void add(int parent, int child, void *context)
{
	(void)context;
	if (count < TREE_MAX && child < PIDS_MAX)
		processes[count++] = (struct tree_process){ .pid = child, .parent = parent };
}

static int list(int self)
{
	count = 0;
	int r = children_visit(self, add, NULL);
	for (int i = 0; i < count; i++)
		children_visit(processes[i].pid, add, NULL);
	return r;
}

static int send(int pid, int pidfd, int signal)
{
	if (pidfd >= 0)
		return (int)system_call4(SYS_pidfd_send_signal, pidfd, signal, 0, 0);
	return (int)system_call2(SYS_kill, pid, signal);
}

static int send_all(int pid, int pidfd, const struct tree_order *order)
{
	int r = send(pid, pidfd, order->signal);

	if (r == 0 && order->and_continue && order->signal != SIGKILL && order->signal != SIGCONT)
		send(pid, pidfd, SIGCONT);
	return r;
}

/*
 * A child of our own keeps its pid until we reap it. Anybody else's may have got another owner since it was listed: it
 * is held first, and asked for its parent then.
 */
static int signal_process(const struct tree_process *process, const struct tree_order *order, int self)
{
	if (process->parent == self)
		return send_all(process->pid, -1, order);
	int pidfd = (int)system_call2(SYS_pidfd_open, process->pid, 0);
	if (pidfd < 0 && pidfd != -ENOSYS)
		return pidfd;
	int parent = parent_of(process->pid);
	int r = parent == process->parent || parent == self ? send_all(process->pid, pidfd, order) : -ESRCH;
	if (pidfd >= 0)
		system_call1(SYS_close, pidfd);
	return r;
}

struct tree_count tree_signal(const struct tree_order *order, bool news_only, int main)
{
	int self = (int)system_call0(SYS_getpid);
	struct tree_count result = { 0 };

	if (list(self) < 0 && main > 0)
		add(self, main, NULL);
	for (int i = 0; i < count; i++) {
		if (processes[i].pid == order->spare)
			continue;
		bool is_new = meet(processes[i].pid);
		result.found++;
		result.news += is_new;
		if ((is_new || !news_only) && signal_process(&processes[i], order, self) == -EPERM)
			result.denied++;
	}
	return result;
}
