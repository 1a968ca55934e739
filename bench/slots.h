/* A file that the services of a measurement write to: one slot each, number 0 is the moment of the start. */
#ifndef SVINIT_BENCH_SLOTS_H
#define SVINIT_BENCH_SLOTS_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct slot {
	uint64_t time; /* CLOCK_MONOTONIC, ns */
	uint64_t pid;
};

enum { SLOTS_MAX = 1 << 17 };

static inline uint64_t slots_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline int slots_write(const char *file, unsigned long number, uint64_t time)
{
	struct slot slot = { .time = time, .pid = (uint64_t)getpid() };
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, &slot, sizeof slot, (off_t)(number * sizeof slot)) != sizeof slot)
		return -1;
	return close(fd);
}

/* Shared and read-only; the file must be as large as its last slot. */
static inline const volatile struct slot *slots_map(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, SLOTS_MAX * sizeof(struct slot), PROT_READ, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

#endif
