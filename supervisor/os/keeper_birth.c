#include "supervisor/os/keeper_birth.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/child_setup.h"
#include "supervisor/os/clone.h"
#include "supervisor/os/staging.h"

enum { PID_DIGITS = 12 };

static pid_t give_birth(struct child_setup *setup, bool wants_pidfd)
{
	const struct clone_request request = {
		.run = child_setup_run,
		.argument = setup,
		.cgroup_fd = -1,
		.share_descriptors = setup->shares_descriptors,
		.wants_pidfd = wants_pidfd,
		.new_pid_namespace = setup->recipe->new_pid_namespace,
		.nested = true,
	};

	return clone_child(&request, &setup->main_pidfd);
}

static void reap(pid_t pid)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 && errno == EINTR)
		continue;
}

static char *put_pid(char text[PID_DIGITS], pid_t pid)
{
	char *at = text + PID_DIGITS - 1;

	*at = '\0';
	do
		*--at = (char)('0' + pid % 10);
	while (pid /= 10);
	return at;
}

/* The pipe becomes descriptor 0; all others are gone with exec, or closed here. */
static int leave_descriptors(const struct child_setup *setup)
{
	int r = setup->shares_descriptors ? staging_unshare_in_child() : 0;

	if (r < 0)
		return r;
	if (dup3(setup->keeper_fds[1], STDIN_FILENO, 0) < 0)
		return -errno;
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	return 0;
}

static void become_keeper(struct child_setup *setup)
{
	char digits[PID_DIGITS], name[] = "svkeeper";
	char *const argv[] = { name, put_pid(digits, setup->main), (char *)setup->recipe->keeper->name, NULL };
	char *const environment[] = { NULL };

	if (leave_descriptors(setup) == 0)
		syscall(SYS_execveat, setup->keeper_fds[0], "", argv, environment, AT_EMPTY_PATH);
	setup->keeper_failed = true;
}

int keeper_birth_run(void *argument)
{
	struct child_setup *setup = argument;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
		setup->main = -errno;
		return 1;
	}
	setup->main = give_birth(setup, setup->wants_pidfd);
	if (setup->main == -EMFILE || setup->main == -ENFILE)
		setup->main = give_birth(setup, false);
	if (setup->main < 0)
		return 1;
	if (setup->failed_step != SPAWN_STEP_NONE)
		reap(setup->main);
	else
		become_keeper(setup);
	return 1;
}
