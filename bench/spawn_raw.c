/*
 * spawn() against a bare vfork+execve loop of the same program, alternately, so that both meet the same machine.
 *
 *     spawn_raw PROGRAM [COUNT [EXTRA_DESCRIPTORS [CGROUP_DIRECTORY]]]
 *
 * EXTRA_DESCRIPTORS stand for what a supervisor of many units has open. Prints the medians of a spawn with its wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/os/signals.h"
#include "supervisor/os/spawn.h"

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double median(uint64_t *values, size_t count)
{
	qsort(values, count, sizeof *values, by_value);
	return (double)values[count / 2] / 1000;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static uint64_t raw_once(char *const *argv)
{
	static char *const envp[] = { NULL };
	uint64_t start = now();
	pid_t pid = vfork();

	if (pid == 0) {
		execve(argv[0], argv, envp);
		_exit(127);
	}
	uint64_t end = now();
	reap(pid);
	return end - start;
}

static uint64_t spawn_once(const struct spawn_recipe *recipe)
{
	struct process process;
	struct spawn_error error;
	uint64_t start = now();

	if (spawn(recipe, &process, &error) < 0) {
		fprintf(stderr, "spawn: %s: %s\n", spawn_step_name(error.step), strerror(error.error));
		exit(1);
	}
	uint64_t end = now();
	reap(process.pid);
	process_close(&process);
	return end - start;
}

static void open_descriptors(long count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	for (long i = 0; i < count; i++)
		(void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	char *program[] = { argc > 1 ? argv[1] : NULL, NULL }, *const envp[] = { NULL };
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	int pipe_ends[2];

	if (argc < 2 || count == 0 || count > 1000000) {
		fprintf(stderr, "usage: spawn_raw PROGRAM [COUNT [EXTRA_DESCRIPTORS [CGROUP_DIRECTORY]]]\n");
		return 2;
	}
	uint64_t *raw = calloc(count, sizeof *raw), *ours = calloc(count, sizeof *ours);
	uint64_t *sessions = calloc(count, sizeof *sessions);
	struct spawn_recipe recipe = {
		.path = program[0],
		.argv = program,
		.envp = envp,
		.cgroup_fd = -1,
		.umask = 022,
		.secure_bits = -1,
		.streams = { { .kind = SPAWN_STREAM_NULL } },
	};
	if (!raw || !ours || !sessions || signals_open() < 0 || spawn_prepare() < 0)
		return 1;
	open_descriptors(argc > 3 ? strtol(argv[3], NULL, 10) : 0);
	if (argc > 4 && (recipe.cgroup_fd = open(argv[4], O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 1;
	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		return 1;
	recipe.streams[1] = recipe.streams[2] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = pipe_ends[1] };
	for (size_t i = 0; i < count; i++) {
		raw[i] = raw_once(program);
		recipe.new_session = false;
		ours[i] = spawn_once(&recipe);
		recipe.new_session = true;
		sessions[i] = spawn_once(&recipe);
	}
	double bare = median(raw, count), spawned = median(ours, count), with_session = median(sessions, count);
	printf("vfork+execve %.1f us, spawn %.1f us (%.2f), with a session %.1f us (%.2f)\n", bare, spawned,
	       spawned / bare, with_session, with_session / bare);
	free(sessions);
	free(raw);
	free(ours);
	return 0;
}
