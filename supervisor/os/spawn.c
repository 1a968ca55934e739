#include "supervisor/os/spawn.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/child_setup.h"
#include "supervisor/os/clone.h"
#include "supervisor/os/keeper_birth.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/staging.h"

int spawn_prepare(void)
{
	(void)staging_reserve();
	return clone_prepare();
}

static void copy_descriptors(struct child_setup *setup, int (*translate)(int fd))
{
	const struct spawn_recipe *recipe = setup->recipe;

	for (int i = 0; i < 3; i++)
		setup->stream_fds[i] =
			recipe->streams[i].kind == SPAWN_STREAM_FD ? translate(recipe->streams[i].fd) : -1;
	for (size_t i = 0; i < recipe->extra_fd_count; i++)
		setup->extra_fds[i] = translate(recipe->extra_fds[i]);
	if (recipe->keeper) {
		setup->keeper_fds[0] = translate(recipe->keeper->program_fd);
		setup->keeper_fds[1] = translate(recipe->keeper->report_fd);
	}
}

static int same(int fd)
{
	return fd;
}

static bool has_hole(const struct child_setup *setup)
{
	for (int i = 0; i < 3; i++)
		if (setup->recipe->streams[i].kind == SPAWN_STREAM_FD && setup->stream_fds[i] < 0)
			return true;
	for (size_t i = 0; i < setup->recipe->extra_fd_count; i++)
		if (setup->extra_fds[i] < 0)
			return true;
	return setup->recipe->keeper && (setup->keeper_fds[0] < 0 || setup->keeper_fds[1] < 0);
}

/* Puts what the child needs into the slots; when there are too few, the child gets a copy of the whole table. */
static void stage_descriptors(struct child_setup *setup)
{
	bool reserved = staging_reserve();

	setup->null_fd = reserved ? staging_null() : -1;
	setup->shares_descriptors = reserved && !setup->join_cgroup;
	if (setup->shares_descriptors) {
		copy_descriptors(setup, staging_put);
		if (!has_hole(setup))
			return;
		staging_clear();
		setup->shares_descriptors = false;
	}
	copy_descriptors(setup, same);
}

static int prepare(struct child_setup *setup, const struct spawn_recipe *recipe)
{
	if (recipe->extra_fd_count > CHILD_EXTRA_FDS_MAX)
		return -E2BIG;
	setup->recipe = recipe;
	setup->join_cgroup = false;
	setup->failed_step = SPAWN_STEP_NONE;
	setup->error = 0;
	setup->main = 0;
	setup->main_pidfd = -1;
	setup->keeper_failed = false;
	capabilities_plan(&setup->capabilities, recipe->bounding_set_given ? &recipe->bounding_set : NULL,
			  recipe->ambient_set, recipe->secure_bits, recipe->set_ids && recipe->uid != 0);
	return 0;
}

static pid_t give_birth(struct child_setup *setup, bool wants_pidfd, int *pidfd)
{
	struct clone_request request = {
		.run = setup->recipe->keeper ? keeper_birth_run : child_setup_run,
		.argument = setup,
		.cgroup_fd = setup->join_cgroup ? -1 : setup->recipe->cgroup_fd,
		.wants_pidfd = wants_pidfd && !setup->recipe->keeper,
		.new_pid_namespace = setup->recipe->new_pid_namespace && !setup->recipe->keeper,
	};

	setup->wants_pidfd = wants_pidfd;
	stage_descriptors(setup);
	request.share_descriptors = setup->shares_descriptors;
	pid_t pid = clone_child(&request, pidfd);
	staging_clear();
	return pid;
}

/* Tries what is best first and does without what the kernel or the moment refuses. */
static pid_t give_birth_somehow(struct child_setup *setup, int *pidfd)
{
	pid_t pid = give_birth(setup, true, pidfd);

	if (pid == -ENOTSUP) {
		setup->join_cgroup = true;
		pid = give_birth(setup, true, pidfd);
	}
	if (pid == -EMFILE || pid == -ENFILE)
		pid = give_birth(setup, false, pidfd);
	return pid;
}

static int fail(struct spawn_error *error, enum spawn_step step, int number)
{
	*error = (struct spawn_error){ .step = step, .error = number, .exit_status = spawn_step_exit_status(step) };
	return -number;
}

static enum spawn_step step_of_birth(const struct spawn_recipe *recipe, int error)
{
	bool by_cgroup = error == EACCES || error == EBUSY || error == EOPNOTSUPP || error == ENODEV ||
			 error == EBADF || error == ENOENT;

	return recipe->cgroup_fd >= 0 && by_cgroup ? SPAWN_STEP_CGROUP : SPAWN_STEP_FORK;
}

static void reap(pid_t pid)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 && errno == EINTR)
		continue;
}

/* The child of a keeper that did not share our descriptors: who may have taken the pid since has another parent. */
static int open_pidfd(pid_t pid, pid_t parent)
{
	struct process process;
	struct proc_stat stat;

	if (process_open(pid, &process) < 0)
		return -1;
	if (proc_read_stat(pid, &stat) == 0 && stat.parent == parent)
		return process.pidfd;
	process_close(&process);
	return -1;
}

/* Both are there, or the service alone as our own child. */
static struct process take_kept(const struct child_setup *setup, pid_t *keeper)
{
	struct process process = { .pid = setup->main, .pidfd = setup->shares_descriptors ? setup->main_pidfd : -1 };

	if (setup->keeper_failed) {
		reap(*keeper);
		*keeper = 0;
	}
	if (process.pidfd < 0)
		process.pidfd = open_pidfd(process.pid, *keeper ? *keeper : getpid());
	return process;
}

int spawn(const struct spawn_recipe *recipe, struct process *process, struct spawn_error *error)
{
	pid_t keeper;

	return spawn_kept(recipe, process, &keeper, error);
}

int spawn_kept(const struct spawn_recipe *recipe, struct process *process, pid_t *keeper, struct spawn_error *error)
{
	static struct child_setup setup;
	uint64_t mask;
	int pidfd = -1;

	*process = PROCESS_NONE;
	*keeper = 0;
	int r = prepare(&setup, recipe);
	if (r < 0)
		return fail(error, SPAWN_STEP_FDS, -r);
	r = signals_block_all(&mask);
	if (r < 0)
		return fail(error, SPAWN_STEP_FORK, -r);
	pid_t pid = give_birth_somehow(&setup, &pidfd);
	(void)signals_restore(mask);
	if (pid < 0)
		return fail(error, step_of_birth(recipe, -pid), -pid);
	if (recipe->keeper && setup.shares_descriptors)
		pidfd = setup.main_pidfd;
	if (setup.failed_step != SPAWN_STEP_NONE || setup.main < 0) {
		reap(pid);
		if (pidfd >= 0)
			close(pidfd);
		return setup.main < 0 ? fail(error, SPAWN_STEP_FORK, -setup.main)
				      : fail(error, setup.failed_step, setup.error);
	}
	*process = (struct process){ .pid = pid, .pidfd = pidfd };
	if (recipe->keeper) {
		*keeper = pid;
		*process = take_kept(&setup, keeper);
	}
	*error = (struct spawn_error){ .step = SPAWN_STEP_NONE };
	return 0;
}
