/*
 * The raw limit: a supervisor without anything but its system calls. `raw_supervisor one|pinned|four COUNT STAMP FILE`
 * starts COUNT services by vfork(2) and execve(2), from one thread, from one that is bound to one CPU, or from four;
 * starts again what ends; and at SIGTERM kills and awaits them all. It neither knows units nor looks at errors.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench/slots.h"

enum { THREADS_MAX = 4, PIDS_MAX = 1 << 22, NUMBER_LENGTH = 12 };

static const char *program, *file;
static unsigned count;
static pid_t *pids;       /* by slot */
static unsigned *slot_of; /* by pid */
static char (*numbers)[NUMBER_LENGTH];
static volatile sig_atomic_t stopping;

static void start(unsigned slot)
{
	char *arguments[] = { (char *)program, (char *)file, numbers[slot], NULL };
	char *environment[] = { NULL };

	pid_t pid = vfork();
	if (pid == 0) {
		execve(program, arguments, environment);
		_exit(127);
	}
	if (pid > 0 && pid < PIDS_MAX) {
		pids[slot] = pid;
		slot_of[pid] = slot;
	}
}

struct share {
	unsigned first, step;
};

static void *start_share(void *argument)
{
	const struct share *share = argument;

	for (unsigned slot = share->first; slot <= count; slot += share->step)
		start(slot);
	return NULL;
}

static void start_all(unsigned threads)
{
	struct share shares[THREADS_MAX] = { { .first = 1, .step = threads } };
	pthread_t ids[THREADS_MAX];

	for (unsigned i = 1; i < threads; i++) {
		shares[i] = (struct share){ .first = i + 1, .step = threads };
		pthread_create(&ids[i], NULL, start_share, &shares[i]);
	}
	start_share(&shares[0]);
	for (unsigned i = 1; i < threads; i++)
		pthread_join(ids[i], NULL);
}

static void stop(int signal)
{
	(void)signal;
	stopping = 1;
}

static void prepare(const char *mode)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	pids = calloc(count + 1, sizeof *pids);
	numbers = calloc(count + 1, sizeof *numbers);
	slot_of = mmap(NULL, PIDS_MAX * sizeof *slot_of, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (unsigned slot = 1; slot <= count; slot++)
		snprintf(numbers[slot], NUMBER_LENGTH, "%u", slot);
	if (strcmp(mode, "pinned") == 0) {
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET(0, &one);
		sched_setaffinity(0, sizeof one, &one);
	}
}

static void stop_all(void)
{
	for (unsigned slot = 1; slot <= count; slot++)
		kill(pids[slot], SIGTERM);
	while (wait(NULL) > 0)
		continue;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	count = (unsigned)strtoul(argv[2], NULL, 10);
	program = argv[3];
	file = argv[4];
	prepare(argv[1]);
	start_all(strcmp(argv[1], "four") == 0 ? THREADS_MAX : 1);
	while (!stopping) {
		pid_t pid = wait(NULL);
		if (pid > 0 && !stopping)
			start(slot_of[pid]);
	}
	stop_all();
	return 0;
}
