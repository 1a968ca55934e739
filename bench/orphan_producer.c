/*
 * What PID 1 has to do with orphans: `orphan_producer COUNT [flood]` forks twice as fast as it can, COUNT times, and
 * waits until PID 1 has no child but us. Prints the CPU time PID 1 spent (ns), the most children it had at a time,
 * which are zombies but for those about to be, and the time it took (ns). `flood`: a process sends PID 1 signals all
 * the while.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench/slots.h"

static const int flood_signals[] = { SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH };
static atomic_int finished;
static unsigned peak;

static unsigned children_of_init(void)
{
	static char text[1 << 20];
	unsigned children = 0;
	size_t length = 0;
	int fd = open("/proc/1/task/1/children", O_RDONLY | O_CLOEXEC);

	for (;;) {
		ssize_t size = read(fd, text + length, sizeof text - length);
		if (size <= 0)
			break;
		length += (size_t)size;
	}
	close(fd);
	for (size_t i = 0; i < length; i++)
		children += text[i] == ' ';
	return children;
}

static uint64_t cpu_of_init(void)
{
	char text[128] = "";
	int fd = open("/proc/1/schedstat", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
		exit(3);
	close(fd);
	return strtoull(text, NULL, 10);
}

static void nap(void)
{
	struct timespec time = { .tv_nsec = 1000000 };

	nanosleep(&time, NULL);
}

static void *sample(void *argument)
{
	while (!atomic_load(&finished)) {
		unsigned children = children_of_init();
		peak = children > peak ? children : peak;
		nap();
	}
	return argument;
}

static void make_orphan(void)
{
	pid_t child = vfork();

	if (child == 0) {
		if (vfork() == 0)
			_exit(0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static pid_t start_flood(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setsid();
	for (unsigned i = 0;; i++)
		kill(1, flood_signals[i % (sizeof flood_signals / sizeof *flood_signals)]);
}

int main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	pid_t flood = 0;
	pthread_t sampler;

	for (size_t i = 0; i < sizeof flood_signals / sizeof *flood_signals; i++)
		signal(flood_signals[i], SIG_IGN);
	if (argc > 2)
		flood = start_flood();
	uint64_t cpu = cpu_of_init(), began = slots_now();
	pthread_create(&sampler, NULL, sample, NULL);
	for (unsigned i = 0; i < count; i++)
		make_orphan();
	while (children_of_init() > 1)
		nap();
	uint64_t took = slots_now() - began;
	cpu = cpu_of_init() - cpu;
	atomic_store(&finished, 1);
	pthread_join(sampler, NULL);
	if (flood > 0)
		kill(flood, SIGKILL);
	printf("%" PRIu64 " %u %" PRIu64 "\n", cpu, peak - 1, took);
	return 0;
}
