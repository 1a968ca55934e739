#include "supervisor/os/containment.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "supervisor/os/cgroup.h"
#include "supervisor/os/containment_root.h"
#include "supervisor/os/process.h"

enum { ROUNDS_MAX = 16, PROCESSES_FIRST = 64, PROCESSES_MAX = 1 << 22 };

/* The processes of a round, in memory that grows as needed. */
struct round {
	pid_t *pids;
	size_t capacity;
	int count;
};

struct signal_order {
	int signal;
	pid_t spare; /* 0: nobody */
	bool and_continue;
};

static int grow(struct round *round, size_t capacity)
{
	if (capacity > PROCESSES_MAX)
		return -E2BIG;
	pid_t *pids = realloc(round->pids, capacity * sizeof *pids);
	if (!pids)
		return -ENOMEM;
	round->pids = pids;
	round->capacity = capacity;
	return 0;
}

static int list(struct containment *containment, struct round *round)
{
	int r = round->capacity ? 0 : grow(round, PROCESSES_FIRST);

	while (r == 0) {
		round->count = containment_processes(containment, round->pids, round->capacity);
		if (round->count < 0)
			return round->count;
		if ((size_t)round->count <= round->capacity)
			return 0;
		r = grow(round, (size_t)round->count * 2);
	}
	return r;
}

static bool contains(const struct round *round, pid_t pid)
{
	for (int i = 0; i < round->count; i++)
		if (round->pids[i] == pid)
			return true;
	return false;
}

/* An unreaped child keeps its pid, and only we reap: no one else can have got it. */
static bool is_own_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int send(const struct process *process, int signal, bool and_continue)
{
	int r = process_signal(process, signal);

	if (r == 0 && and_continue && signal != SIGKILL && signal != SIGCONT)
		(void)process_signal(process, SIGCONT);
	return r;
}

static bool still_has(struct containment *containment, pid_t pid)
{
	return containment->root->fd < 0 ? session_still_has(containment, pid) : containment_has(containment, pid);
}

/* 1 it was signalled, 0 it is gone or not the one that was listed. */
static int signal_one(struct containment *containment, pid_t pid, int signal, bool and_continue)
{
	struct process process = { .pid = pid, .pidfd = -1 };

	if (is_own_child(pid))
		return send(&process, signal, and_continue) == 0;
	if (process_open(pid, &process) < 0)
		return 0;
	int r = still_has(containment, pid) && send(&process, signal, and_continue) == 0;
	process_close(&process);
	return r;
}

/* Signals everybody who was not there in the round before. Who could not be is taken off the list, so that the next
 * round tries again; whoever is gone is not on that one. Returns how many; `missed` counts the others. */
static int signal_new(struct containment *containment, struct round *now, const struct round *before,
		      const struct signal_order *order, int *missed)
{
	int signalled = 0;

	*missed = 0;
	for (int i = 0; i < now->count; i++) {
		pid_t pid = now->pids[i];

		if (pid == order->spare || contains(before, pid))
			continue;
		if (signal_one(containment, pid, order->signal, order->and_continue)) {
			signalled++;
		} else {
			now->pids[i] = 0;
			++*missed;
		}
	}
	return signalled;
}

/* The first round needs no list: children of ours are there, and what they fork before the signal is in the next. */
static int signal_children(struct containment *containment, struct round *round, const struct signal_order *order)
{
	int signalled = 0;
	int r = grow(round, PROCESSES_FIRST);

	for (int role = 0; r == 0 && role < 2; role++) {
		struct process child = { .pid = containment->child[role], .pidfd = -1 };
		if (child.pid == 0 || child.pid == order->spare || send(&child, order->signal, order->and_continue) < 0)
			continue;
		round->pids[round->count++] = child.pid;
		signalled++;
	}
	return r < 0 ? r : signalled;
}

/* Repeats until nobody new turns up, for a process may fork between the list and the signal. */
static int signal_in_rounds(struct containment *containment, const struct signal_order *order)
{
	struct round rounds[2] = { { .pids = NULL }, { .pids = NULL } };
	int missed;
	int r = signal_children(containment, &rounds[1], order);
	int total = r;

	for (int i = 0; i < ROUNDS_MAX && r >= 0; i++) {
		struct round *now = &rounds[i % 2], *before = &rounds[(i + 1) % 2];
		r = list(containment, now);
		if (r < 0)
			break;
		int signalled = signal_new(containment, now, before, order, &missed);
		total += signalled;
		if (signalled == 0 && missed == 0)
			break;
	}
	free(rounds[0].pids);
	free(rounds[1].pids);
	return total > 0 ? total : r;
}

int containment_signal(struct containment *containment, int signal, pid_t spare, bool and_continue)
{
	if (!containment->name)
		return 0;
	if (signal == SIGKILL && spare == 0 && containment->cgroup_fd >= 0) {
		int count = containment_processes(containment, NULL, 0);
		if (count <= 0)
			return count;
		if (cgroup_kill(containment->cgroup_fd) == 0) {
			containment->killed = true;
			return count;
		}
	}
	const struct signal_order order = { signal, spare, and_continue };
	if (containment->root->fd >= 0)
		return signal_in_rounds(containment, &order);
	/* The keepers work through their trees by themselves. A second SIGKILL hurts nobody, others might be counted.
	 */
	int kept =
		containment->loose && signal != SIGKILL ? 0 : keepers_signal(containment, signal, spare, and_continue);
	if (!containment->loose || kept < 0)
		return kept;
	int loose = signal_in_rounds(containment, &order);
	return loose < 0 ? loose : kept + loose;
}
