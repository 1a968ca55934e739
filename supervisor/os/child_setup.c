#include "supervisor/os/child_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/os/child_exec.h"
#include "supervisor/os/child_placement.h"
#include "supervisor/os/child_privileges.h"
#include "supervisor/os/child_streams.h"
#include "supervisor/os/read_file.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/staging.h"

enum { IO_PRIORITY_WHO_PROCESS = 1 };

static int unshare_descriptors(struct child_setup *setup)
{
	return setup->shares_descriptors ? staging_unshare_in_child() : 0;
}

static int set_umask(struct child_setup *setup)
{
	umask(setup->recipe->umask);
	return 0;
}

static int join_cgroup(struct child_setup *setup)
{
	if (!setup->join_cgroup)
		return 0;
	return write_file_at(setup->recipe->cgroup_fd, "cgroup.procs", "0");
}

static int new_session(struct child_setup *setup)
{
	if (setup->recipe->new_session)
		return setsid() < 0 ? -errno : 0;
	if (setup->recipe->new_group)
		return setpgid(0, 0) < 0 ? -errno : 0;
	return 0;
}

static int take_terminal(struct child_setup *setup)
{
	const struct spawn_recipe *recipe = setup->recipe;
	pid_t self = getpid();

	if (!recipe->controlling_terminal || isatty(0) != 1)
		return 0;
	if (recipe->new_session && ioctl(0, TIOCSCTTY, 0) < 0)
		return -errno;
	if (recipe->new_group && !recipe->new_session && ioctl(0, TIOCSPGRP, &self) < 0)
		return -errno;
	return 0;
}

/* Without the privilege, as in most containers, the service starts all the same, as with systemd. */
static int adjust_oom_score(struct child_setup *setup)
{
	char text[24];

	if (!setup->recipe->oom_score_adjust_set)
		return 0;
	child_put_number(text, setup->recipe->oom_score_adjust);
	int r = write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", text);
	return r == -EPERM || r == -EACCES ? 0 : r;
}

static int set_nice(struct child_setup *setup)
{
	if (!setup->recipe->nice_set)
		return 0;
	return setpriority(PRIO_PROCESS, 0, setup->recipe->nice) < 0 ? -errno : 0;
}

static int set_scheduler(struct child_setup *setup)
{
	const struct spawn_recipe *recipe = setup->recipe;
	struct sched_param parameter = { .sched_priority = recipe->cpu_scheduling_priority };
	int policy = recipe->cpu_scheduling_policy | (recipe->cpu_scheduling_reset_on_fork ? SCHED_RESET_ON_FORK : 0);

	if (!recipe->cpu_scheduling_set)
		return 0;
	return sched_setscheduler(0, policy, &parameter) < 0 ? -errno : 0;
}

static int set_io_priority(struct child_setup *setup)
{
	if (!setup->recipe->io_priority_set)
		return 0;
	return syscall(SYS_ioprio_set, IO_PRIORITY_WHO_PROCESS, 0, setup->recipe->io_priority) < 0 ? -errno : 0;
}

static int set_timer_slack(struct child_setup *setup)
{
	if (!setup->recipe->timer_slack_set)
		return 0;
	return prctl(PR_SET_TIMERSLACK, (unsigned long)setup->recipe->timer_slack, 0, 0, 0) < 0 ? -errno : 0;
}

static int set_limits(struct child_setup *setup)
{
	return child_set_limits(setup->recipe->limits, setup->recipe->limit_count);
}

static int change_root(struct child_setup *setup)
{
	const char *root = setup->recipe->root_directory;

	if (!root)
		return 0;
	return chroot(root) < 0 || chdir("/") < 0 ? -errno : 0;
}

static int set_group(struct child_setup *setup)
{
	const struct spawn_recipe *recipe = setup->recipe;

	return recipe->set_ids ? child_set_groups(recipe->gid, recipe->groups, recipe->group_count) : 0;
}

static int drop_bounding_set(struct child_setup *setup)
{
	return capabilities_drop_bounding(&setup->capabilities);
}

static int set_secure_bits(struct child_setup *setup)
{
	return capabilities_set_secure_bits(&setup->capabilities);
}

static int set_user(struct child_setup *setup)
{
	const struct spawn_recipe *recipe = setup->recipe;

	return recipe->set_ids ? child_set_user(recipe->uid) : 0;
}

static int raise_ambient_set(struct child_setup *setup)
{
	return capabilities_raise_ambient(&setup->capabilities);
}

static int change_directory(struct child_setup *setup)
{
	return child_change_directory(setup->recipe->working_directory, setup->recipe->working_directory_missing_ok);
}

static int no_new_privileges(struct child_setup *setup)
{
	return setup->recipe->no_new_privileges ? child_deny_new_privileges() : 0;
}

static int reset_signals(struct child_setup *setup)
{
	return signals_reset_in_child(setup->recipe->ignore_sigpipe);
}

static int execute(struct child_setup *setup)
{
	child_put_own_pid(setup->recipe->pid_variables);
	return child_exec(setup->recipe->path, setup->recipe->search_path, setup->recipe->argv, setup->recipe->envp);
}

static int stdin_step(struct child_setup *setup)
{
	return child_open_stream(setup, 0);
}

static int stdout_step(struct child_setup *setup)
{
	return child_open_stream(setup, 1);
}

static int stderr_step(struct child_setup *setup)
{
	return child_open_stream(setup, 2);
}

static const struct {
	enum spawn_step step;
	int (*run)(struct child_setup *setup);
} steps[] = {
	{ SPAWN_STEP_FDS, unshare_descriptors },
	{ SPAWN_STEP_FDS, child_lift_descriptors },
	{ SPAWN_STEP_STDIN, set_umask },
	{ SPAWN_STEP_CGROUP, join_cgroup },
	{ SPAWN_STEP_SETSID, new_session },
	{ SPAWN_STEP_STDIN, child_prepare_terminal },
	{ SPAWN_STEP_STDIN, stdin_step },
	{ SPAWN_STEP_STDIN, take_terminal },
	{ SPAWN_STEP_STDOUT, stdout_step },
	{ SPAWN_STEP_STDERR, stderr_step },
	{ SPAWN_STEP_OOM_ADJUST, adjust_oom_score },
	{ SPAWN_STEP_COREDUMP_FILTER, child_set_coredump_filter },
	{ SPAWN_STEP_NICE, set_nice },
	{ SPAWN_STEP_SCHEDULER, set_scheduler },
	{ SPAWN_STEP_AFFINITY, child_set_affinity },
	{ SPAWN_STEP_NUMA_POLICY, child_set_numa_policy },
	{ SPAWN_STEP_IO_PRIORITY, set_io_priority },
	{ SPAWN_STEP_TIMER_SLACK, set_timer_slack },
	{ SPAWN_STEP_PERSONALITY, child_set_personality },
	{ SPAWN_STEP_FDS, child_place_extra_descriptors },
	{ SPAWN_STEP_LIMITS, set_limits },
	{ SPAWN_STEP_CHROOT, change_root },
	{ SPAWN_STEP_GROUP, set_group },
	{ SPAWN_STEP_CAPABILITIES, drop_bounding_set },
	{ SPAWN_STEP_SECUREBITS, set_secure_bits },
	{ SPAWN_STEP_USER, set_user },
	{ SPAWN_STEP_CAPABILITIES, raise_ambient_set },
	{ SPAWN_STEP_CHDIR, change_directory },
	{ SPAWN_STEP_NO_NEW_PRIVILEGES, no_new_privileges },
	{ SPAWN_STEP_SIGNAL_MASK, reset_signals },
	{ SPAWN_STEP_EXEC, execute },
};

int child_setup_run(void *argument)
{
	struct child_setup *setup = argument;

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int r = steps[i].run(setup);
		if (r < 0) {
			setup->error = -r;
			setup->failed_step = steps[i].step;
			return spawn_step_exit_status(steps[i].step);
		}
	}
	return spawn_step_exit_status(SPAWN_STEP_EXEC);
}
