#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/cgroup.h"
#include "supervisor/os/containment.h"
#include "supervisor/os/containment_root.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/reaper.h"
#include "supervisor/os/spawn.h"
#include "tests/unit/valgrind.h"

static struct event_loop loop;
static struct containment_root *root;
static struct containment *emptied;
static int emptied_count;

TestSuite(containment, .init = skip_spawn_under_valgrind);

static void note_empty(struct containment *containment, void *context)
{
	cr_assert_eq(context, &loop);
	emptied = containment;
	emptied_count++;
}

static void open_root(bool cgroups)
{
	struct cause why = { .error = 0 };
	static char name[64];

	snprintf(name, sizeof name, "svinit-test-%d", (int)getpid());
	cr_assert_eq(reaper_become_subreaper(), 0);
	cr_assert_eq(event_loop_init(&loop), 0);
	cr_assert_eq(containment_root_open(&root, &loop, cgroups ? name : NULL, note_empty, &loop, &why), 0);
	if (cgroups && !containment_root_has_cgroups(root))
		cr_skip_test("no writable cgroup v2 tree: %s", why.text);
	cr_assert_eq(containment_root_has_cgroups(root), cgroups);
}

static void close_root(void)
{
	containment_root_close(root);
	event_loop_finish(&loop);
}

/* Starts a shell command in the containment and waits until it has printed a line. */
static struct process start(struct containment *containment, const char *unit, const char *command)
{
	char invocation[64];
	char *argv[] = { "/bin/sh", "-c", (char *)command, NULL };
	char *const envp[] = { "PATH=/usr/bin:/bin", invocation, NULL };
	struct process process;
	struct spawn_error error;
	struct cause cause = { .error = 0 };
	int ends[2];
	char c = 0;

	snprintf(containment->invocation_id, sizeof containment->invocation_id, "%032x", (unsigned)getpid());
	snprintf(invocation, sizeof invocation, "INVOCATION_ID=%s", containment->invocation_id);
	int cgroup_fd = containment_prepare(containment, unit, &cause);
	cr_assert_geq(cgroup_fd, -1, "%s", cause.text);
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	struct spawn_recipe recipe = {
		.path = argv[0],
		.argv = argv,
		.envp = envp,
		.cgroup_fd = cgroup_fd,
		.new_session = true,
		.secure_bits = -1,
		.streams = { { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_FD, .fd = ends[1] },
			     { .kind = SPAWN_STREAM_NULL } },
	};
	cr_assert_eq(spawn(&recipe, &process, &error), 0, "%s: %s", spawn_step_name(error.step), strerror(error.error));
	containment_born(containment, 0, process.pid);
	close(ends[1]);
	alarm(20);
	while (c != '\n' && read(ends[0], &c, 1) == 1)
		continue;
	alarm(0);
	close(ends[0]);
	return process;
}

static void reap_all(void)
{
	struct exited_child child;
	int r;

	while ((r = reaper_next(&child)) == 1)
		continue;
}

/* Until the containment says that it is empty; the reaping goes on meanwhile. */
static void wait_empty(struct containment *containment)
{
	siginfo_t info;

	alarm(20);
	while (containment_is_empty(containment) == 0) {
		(void)waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
		reap_all();
	}
	reap_all();
	containment_reaped(containment, 0);
	alarm(0);
}

static const char two_processes[] = "sleep 1000 & sleep 1000 & echo; wait";
/* One that leaves its parent, its session and its environment's parentage behind. */
static const char escapee[] =
	"x=$( (setsid sh -c 'sleep 1000 >/dev/null & echo; exec >/dev/null; wait' & ) ); echo; exec sleep 1000";

/* A zombie counts: it does nothing any more. */
static bool is_gone(pid_t pid)
{
	struct proc_stat stat;

	return proc_read_stat(pid, &stat) == -ESRCH || stat.state == 'Z' || stat.state == 'X';
}

static void check_kill_all(const char *command, int expected)
{
	struct containment unit;
	pid_t pids[16];

	containment_init(&unit, root);
	cr_assert_eq(containment_is_empty(&unit), 1);
	struct process process = start(&unit, "a@b.service", command);
	cr_assert_eq(containment_is_empty(&unit), 0);
	int count = containment_processes(&unit, pids, 16);
	cr_assert_eq(count, expected, "%d processes", count);
	for (int i = 0; i < count; i++) {
		cr_assert(containment_has(&unit, pids[i]));
		cr_assert_eq(containment_of(root, pids[i]), &unit);
	}
	cr_assert_not(containment_has(&unit, getpid()));
	cr_assert_eq(containment_signal(&unit, SIGKILL, 0, false), expected);
	wait_empty(&unit);
	cr_assert_eq(containment_signal(&unit, SIGTERM, 0, true), 0);
	cr_assert_eq(containment_processes(&unit, pids, 16), 0);
	for (int i = 0; i < count; i++)
		cr_assert(is_gone(pids[i]));
	process_close(&process);
	containment_release(&unit);
	cr_assert_eq(unit.cgroup_fd, -1);
}

static void check_spare(void)
{
	struct containment unit;
	pid_t pids[16];

	containment_init(&unit, root);
	struct process process = start(&unit, "spare.service", two_processes);
	cr_assert_eq(containment_signal(&unit, SIGKILL, process.pid, false), 2);
	/* Its `wait` returns when both are gone, and it ends by itself. */
	wait_empty(&unit);
	cr_assert_eq(containment_processes(&unit, pids, 16), 0);
	process_close(&process);
	containment_release(&unit);
}

static void check_continue(void)
{
	struct containment unit;

	containment_init(&unit, root);
	struct process process = start(&unit, "stopped.service",
				       "trap 'exit 3' TERM; kill -STOP $$ & echo; while :; do sleep 1000 & wait; done");
	siginfo_t info;
	alarm(20);
	cr_assert_eq(waitid(P_PID, (id_t)process.pid, &info, WSTOPPED), 0);
	cr_assert_geq(containment_signal(&unit, SIGTERM, 0, true), 1);
	cr_assert_eq(waitid(P_PID, (id_t)process.pid, &info, WEXITED), 0);
	containment_reaped(&unit, 0);
	alarm(0);
	cr_assert_eq(info.si_status, 3);
	containment_signal(&unit, SIGKILL, 0, false);
	wait_empty(&unit);
	process_close(&process);
	containment_release(&unit);
}

Test(containment, cgroup_kills_all)
{
	open_root(true);
	check_kill_all(two_processes, 3);
	check_kill_all(escapee, 3);
	close_root();
}

Test(containment, session_kills_all)
{
	open_root(false);
	check_kill_all(two_processes, 3);
	check_kill_all(escapee, 3);
	close_root();
}

Test(containment, main_process_can_be_spared)
{
	open_root(false);
	check_spare();
	close_root();
	open_root(true);
	check_spare();
	close_root();
}

Test(containment, stopped_ones_are_continued)
{
	open_root(false);
	check_continue();
	close_root();
	open_root(true);
	check_continue();
	close_root();
}

Test(containment, cgroup_tells_when_it_is_empty)
{
	struct containment unit, other;

	open_root(true);
	containment_init(&unit, root);
	containment_init(&other, root);
	struct process process = start(&unit, "told.service", two_processes);
	struct process second = start(&other, "other.service", two_processes);
	cr_assert_eq(containment_signal(&unit, SIGKILL, 0, false), 3);
	/* While a child is to be reaped, it is its end that tells. */
	containment_reaped(&unit, 0);
	alarm(20);
	while (emptied_count == 0)
		cr_assert_geq(event_loop_wait(&loop), 0);
	alarm(0);
	cr_assert_eq(emptied_count, 1);
	cr_assert_eq(emptied, &unit);
	cr_assert_not(unit.populated);
	cr_assert(other.populated);
	containment_signal(&other, SIGKILL, 0, false);
	wait_empty(&other);
	reap_all();
	process_close(&process);
	process_close(&second);
	containment_release(&unit);
	containment_release(&other);
	close_root();
}

Test(containment, cgroups_below_belong_to_it)
{
	struct containment unit;
	char command[512], path[256];

	open_root(true);
	containment_init(&unit, root);
	snprintf(command, sizeof command,
		 "d=$(sed -n 's/^0:://p' /proc/self/cgroup); for m in /sys/fs/cgroup /sys/fs/cgroup/unified; do "
		 "if mkdir -p $m$d/below/deeper 2>/dev/null && test -e $m$d/below/deeper/cgroup.procs; then "
		 "sleep 1000 & echo $! >$m$d/below/deeper/cgroup.procs; break; fi; done; echo; exec sleep 1000");
	struct process process = start(&unit, "nested.service", command);
	pid_t pids[8];
	int count = containment_processes(&unit, pids, 8);
	cr_assert_eq(count, 2, "%d", count);
	for (int i = 0; i < count; i++)
		cr_assert_eq(containment_of(root, pids[i]), &unit);
	cr_assert_eq(containment_signal(&unit, SIGTERM, 0, false), 2);
	wait_empty(&unit);
	process_close(&process);
	snprintf(path, sizeof path, "%s", containment_root_path(root));
	containment_release(&unit);
	close_root();
}

Test(containment, left_over_cgroup_is_used_again)
{
	struct containment unit, again;

	open_root(true);
	containment_init(&unit, root);
	containment_init(&again, root);
	cr_assert_geq(containment_prepare(&unit, "left.service", NULL), 0);
	int second = containment_prepare(&again, "left.service", NULL);
	cr_assert_geq(second, 0);
	containment_release(&again);
	containment_release(&unit);
	close_root();
}

/* As a killed svinit leaves it: the kernel kills whoever is born into it. */
Test(containment, left_over_cgroup_that_was_killed_is_made_anew)
{
	struct containment unit;

	open_root(true);
	int left = cgroup_open(root->fd, "left.service");
	cr_assert_geq(left, 0);
	cr_assert_eq(cgroup_kill(left), 0);
	close(left);
	containment_init(&unit, root);
	struct process process = start(&unit, "left.service", "echo; exec sleep 1000");
	cr_assert_eq(process_signal(&process, 0), 0);
	cr_assert_eq(containment_is_empty(&unit), 0);
	cr_assert_eq(containment_signal(&unit, SIGKILL, 0, false), 1);
	wait_empty(&unit);
	process_close(&process);
	containment_release(&unit);
	close_root();
}

Test(containment, many_units_are_found)
{
	static struct containment units[300];
	char name[64];

	open_root(false);
	for (int i = 0; i < 300; i++) {
		containment_init(&units[i], root);
		snprintf(name, sizeof name, "unit-%d.service", i);
		cr_assert_eq(containment_prepare(&units[i], name, NULL), -1);
	}
	for (int i = 0; i < 300; i += 2)
		containment_release(&units[i]);
	cr_assert_null(containment_of(root, getpid()));
	close_root();
}

Test(containment, neither_is_mistaken_for_the_other)
{
	struct containment one, two;
	pid_t pids[8];

	open_root(false);
	containment_init(&one, root);
	containment_init(&two, root);
	struct process first = start(&one, "one.service", two_processes);
	struct process second = start(&two, "two.service", two_processes);
	cr_assert_eq(containment_processes(&one, pids, 8), 3);
	cr_assert_eq(containment_signal(&one, SIGKILL, 0, false), 3);
	wait_empty(&one);
	cr_assert_eq(containment_processes(&two, pids, 8), 3);
	cr_assert_eq(containment_signal(&two, SIGKILL, 0, false), 3);
	wait_empty(&two);
	process_close(&first);
	process_close(&second);
	close_root();
}
