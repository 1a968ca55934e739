/* `await_ends FILE COUNT`: prints "ready", and when the processes in the slots 1 to COUNT have all ended, the time. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "bench/slots.h"

static void raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	const volatile struct slot *slots = argc == 3 ? slots_map(argv[1]) : NULL;

	if (!slots)
		return 2;
	raise_limit();
	unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
	int *descriptors = calloc(count + 1, sizeof *descriptors);
	if (!descriptors)
		return 2;
	for (unsigned i = 1; i <= count; i++)
		descriptors[i] = (int)syscall(SYS_pidfd_open, (pid_t)slots[i].pid, 0);
	puts("ready");
	fflush(stdout);
	/* One after the other: the last to end ends the measurement, whichever it is. */
	for (unsigned i = 1; i <= count; i++) {
		struct pollfd wait = { .fd = descriptors[i], .events = POLLIN };
		if (descriptors[i] >= 0)
			poll(&wait, 1, -1);
	}
	printf("%" PRIu64 "\n", slots_now());
	free(descriptors);
	return 0;
}
