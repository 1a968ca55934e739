/*
 * Restart latency. `killer FILE spaced COUNT`: kills the services 1 to COUNT once each, one after the other. `killer
 * FILE tight COUNT`: kills service 1 COUNT times, each time as soon as it runs. Prints each latency in ns, from the
 * kill to the successor's first instruction; "lost" when there was none within ten seconds.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/slots.h"

#define POLL_NS     20000L
#define GAP_NS      5000000L
#define DEADLINE_NS UINT64_C(10000000000)

static void nap(long nanoseconds)
{
	struct timespec time = { .tv_nsec = nanoseconds };

	nanosleep(&time, NULL);
}

/* 0: no successor came. */
static uint64_t kill_once(const volatile struct slot *slot)
{
	uint64_t pid = slot->pid, killed = slots_now();

	kill((pid_t)pid, SIGKILL);
	while (slot->time <= killed || slot->pid == pid) {
		if (slots_now() - killed > DEADLINE_NS)
			return 0;
		nap(POLL_NS);
	}
	return slot->time - killed;
}

int main(int argc, char **argv)
{
	const volatile struct slot *slots = argc == 4 ? slots_map(argv[1]) : NULL;

	if (!slots)
		return 2;
	bool spaced = strcmp(argv[2], "spaced") == 0;
	unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
	for (unsigned i = 1; i <= count; i++) {
		uint64_t latency = kill_once(&slots[spaced ? i : 1]);
		if (latency == 0) {
			puts("lost");
			return 1;
		}
		printf("%" PRIu64 "\n", latency);
		if (spaced)
			nap(GAP_NS);
	}
	return 0;
}
