#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/keeper_protocol.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/signals.h"
#include "supervisor/os/spawn.h"
#include "tests/unit/valgrind.h"

static char *const environment[] = { "A=1", NULL };

/* Those of the test's own framework, as svinit does with what it is started with. */
static void keep_foreign_descriptors_out(void)
{
	cr_assert_eq(descriptors_keep_from_children(3), 0);
}

TestSuite(spawn, .init = skip_spawn_under_valgrind);

static struct spawn_recipe recipe_of(char *const *argv)
{
	return (struct spawn_recipe){
		.path = argv[0],
		.argv = argv,
		.envp = environment,
		.cgroup_fd = -1,
		.umask = 022,
		.secure_bits = -1,
		.streams = { { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_KEEP } },
	};
}

static int wait_status(const struct process *process)
{
	siginfo_t info;

	alarm(20);
	cr_assert_eq(waitid(P_PID, (id_t)process->pid, &info, WEXITED), 0);
	alarm(0);
	return info.si_code == CLD_EXITED ? info.si_status : 1000 + info.si_status;
}

/* Runs a shell command, gives back what it printed. */
static int run_recipe(struct spawn_recipe *recipe, char *output, size_t size)
{
	struct process process;
	struct spawn_error error;
	int ends[2];
	size_t used = 0;
	ssize_t n;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	recipe->streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = ends[1] };
	int r = spawn(recipe, &process, &error);
	cr_assert_eq(r, 0, "spawn: step %s: %s", spawn_step_name(error.step), strerror(error.error));
	close(ends[1]);
	alarm(20);
	while ((n = read(ends[0], output + used, size - 1 - used)) > 0)
		used += (size_t)n;
	alarm(0);
	output[used] = '\0';
	close(ends[0]);
	int status = wait_status(&process);
	process_close(&process);
	return status;
}

static int run_shell(struct spawn_recipe *change, const char *command, char *output, size_t size)
{
	char *argv[] = { "/bin/sh", "-c", (char *)command, NULL };
	struct spawn_recipe recipe = recipe_of(argv);

	if (change) {
		recipe = *change;
		recipe.path = argv[0];
		recipe.argv = argv;
	}
	return run_recipe(&recipe, output, size);
}

static struct spawn_recipe plain(void)
{
	static char *argv[] = { "/bin/true", NULL };

	return recipe_of(argv);
}

Test(spawn, runs_a_program_and_gives_its_status)
{
	char output[256];

	cr_assert_eq(run_shell(NULL, "echo hello; exit 7", output, sizeof output), 7);
	cr_assert_str_eq(output, "hello\n");
}

Test(spawn, gives_a_pidfd)
{
	char *argv[] = { "/bin/sleep", "100", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct process process;
	struct spawn_error error;

	cr_assert_eq(spawn(&recipe, &process, &error), 0);
	cr_assert_geq(process.pidfd, 0);
	cr_assert(fcntl(process.pidfd, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(process_signal(&process, SIGTERM), 0);
	cr_assert_eq(wait_status(&process), 1000 + SIGTERM);
	process_close(&process);
	cr_assert_eq(process.pid, 0);
}

static void expect_failure(const struct spawn_recipe *recipe, enum spawn_step step, int number, int exit_status)
{
	struct process process;
	struct spawn_error error;
	siginfo_t info;

	cr_assert_eq(spawn(recipe, &process, &error), -number);
	cr_assert_eq(error.step, step, "step %s, errno %d", spawn_step_name(error.step), error.error);
	cr_assert_eq(error.error, number);
	cr_assert_eq(error.exit_status, exit_status);
	cr_assert_eq(process.pid, 0);
	cr_assert_eq(process.pidfd, -1);
	cr_assert_eq(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), -1);
	cr_assert_eq(errno, ECHILD);
}

Test(spawn, missing_program_fails_at_exec)
{
	char *argv[] = { "/nonexistent/program", NULL };
	struct spawn_recipe recipe = recipe_of(argv);

	expect_failure(&recipe, SPAWN_STEP_EXEC, ENOENT, 203);
}

Test(spawn, file_without_format_is_given_to_no_shell)
{
	char path[] = "/tmp/svinit-spawn-XXXXXX";
	int fd = mkstemp(path);
	char *argv[] = { path, NULL };
	struct spawn_recipe recipe = recipe_of(argv);

	cr_assert_eq(write(fd, "echo hello\n", 11), 11);
	cr_assert_eq(fchmod(fd, 0755), 0);
	close(fd);
	expect_failure(&recipe, SPAWN_STEP_EXEC, ENOEXEC, 203);
	unlink(path);
}

Test(spawn, not_executable_is_eacces)
{
	char *argv[] = { "/etc/passwd", NULL };
	struct spawn_recipe recipe = recipe_of(argv);

	expect_failure(&recipe, SPAWN_STEP_EXEC, EACCES, 203);
}

Test(spawn, bare_name_is_looked_up)
{
	char *argv[] = { "true", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct process process;
	struct spawn_error error;

	recipe.search_path = "/nonexistent:/etc:/usr/bin:/bin";
	cr_assert_eq(spawn(&recipe, &process, &error), 0);
	cr_assert_eq(wait_status(&process), 0);
	process_close(&process);
	recipe.search_path = NULL;
	cr_assert_eq(spawn(&recipe, &process, &error), 0);
	cr_assert_eq(wait_status(&process), 0);
	process_close(&process);
	recipe.search_path = "/nonexistent";
	expect_failure(&recipe, SPAWN_STEP_EXEC, ENOENT, 203);
	argv[0] = "passwd";
	recipe.path = "passwd";
	recipe.search_path = "/etc:/nonexistent";
	expect_failure(&recipe, SPAWN_STEP_EXEC, EACCES, 203);
}

Test(spawn, missing_working_directory)
{
	struct spawn_recipe recipe = plain();
	struct process process;
	struct spawn_error error;

	recipe.working_directory = "/nonexistent";
	expect_failure(&recipe, SPAWN_STEP_CHDIR, ENOENT, 200);
	recipe.working_directory_missing_ok = true;
	cr_assert_eq(spawn(&recipe, &process, &error), 0);
	cr_assert_eq(wait_status(&process), 0);
	process_close(&process);
}

Test(spawn, missing_input_file_and_fifo_without_reader)
{
	struct spawn_recipe recipe = plain();
	char directory[] = "/tmp/svinit-spawn-XXXXXX", fifo[64];

	recipe.streams[0] = (struct spawn_stream){ .kind = SPAWN_STREAM_OPEN, .path = "/nonexistent/x" };
	expect_failure(&recipe, SPAWN_STEP_STDIN, ENOENT, 208);
	cr_assert(mkdtemp(directory));
	snprintf(fifo, sizeof fifo, "%s/fifo", directory);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	recipe = plain();
	recipe.streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_OPEN, .path = fifo, .open_flags = O_WRONLY };
	expect_failure(&recipe, SPAWN_STEP_STDOUT, ENXIO, 209);
	unlink(fifo);
	rmdir(directory);
}

Test(spawn, output_file_gets_the_umask_of_the_service)
{
	char directory[] = "/tmp/svinit-spawn-XXXXXX", file[64];
	char *argv[] = { "/bin/sh", "-c", "echo text", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct process process;
	struct spawn_error error;
	struct stat status;

	cr_assert(mkdtemp(directory));
	snprintf(file, sizeof file, "%s/out", directory);
	recipe.umask = 027;
	recipe.streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_OPEN,
						   .path = file,
						   .open_flags = O_WRONLY | O_CREAT | O_APPEND };
	cr_assert_eq(spawn(&recipe, &process, &error), 0);
	cr_assert_eq(wait_status(&process), 0);
	process_close(&process);
	cr_assert_eq(stat(file, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0640);
	cr_assert_eq(status.st_size, 5);
	unlink(file);
	rmdir(directory);
}

Test(spawn, child_has_only_what_it_was_granted)
{
	char output[4096];
	int stray = open("/dev/null", O_RDONLY | O_CLOEXEC);

	keep_foreign_descriptors_out();
	cr_assert_eq(fcntl(stray, F_DUPFD_CLOEXEC, 500), 500);
	cr_assert_eq(run_shell(NULL, "ls /proc/$$/fd", output, sizeof output), 0);
	cr_assert_str_eq(output, "0\n1\n2\n");
}

/* Which file each of the child's descriptors is must not depend on where it stood in svinit. */
static void check_extra(const int *order, size_t count)
{
	char *argv[] = { "/bin/sh", "-c", "cat /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5; ls /proc/$$/fd", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	char output[4096];

	keep_foreign_descriptors_out();
	recipe.extra_fds = order;
	recipe.extra_fd_count = count;
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_str_eq(output, "abc0\n1\n2\n3\n4\n5\n");
}

static int file_with(char letter)
{
	char path[] = "/tmp/svinit-spawn-XXXXXX";
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, &letter, 1), 1);
	cr_assert_eq(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	unlink(path);
	return fd;
}

static int move(int fd, int to)
{
	cr_assert_eq(dup3(fd, to, O_CLOEXEC), to);
	close(fd);
	return to;
}

Test(spawn, granted_descriptors_may_stand_anywhere)
{
	struct spawn_recipe first = plain();
	struct process process;
	struct spawn_error error;

	/* Reserves the slots low, then puts files high, low and crosswise. */
	cr_assert_eq(spawn(&first, &process, &error), 0);
	wait_status(&process);
	process_close(&process);

	int high[3] = { move(file_with('a'), 702), move(file_with('b'), 700), move(file_with('c'), 701) };
	check_extra(high, 3);
}

/* In a process of its own, because the test's framework uses the low numbers. Returns 0 when all went well. */
static int cross_low_descriptors(int a, int b, int c, int result)
{
	char *argv[] = { "/bin/sh", "-c", "cat /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5; ls /proc/$$/fd", NULL };
	static const int order[] = { 5, 3, 4 };
	struct spawn_recipe recipe = recipe_of(argv);
	struct process process;
	struct spawn_error error;
	siginfo_t info;

	if (dup3(a, 5, O_CLOEXEC) < 0 || dup3(b, 3, O_CLOEXEC) < 0 || dup3(c, 4, O_CLOEXEC) < 0)
		return 1;
	recipe.extra_fds = order;
	recipe.extra_fd_count = 3;
	recipe.streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = result };
	if (spawn(&recipe, &process, &error) < 0)
		return 2;
	return waitid(P_PID, (id_t)process.pid, &info, WEXITED) < 0 ? 3 : info.si_status;
}

Test(spawn, granted_descriptors_that_stand_crosswise)
{
	int a = move(file_with('a'), 50), b = move(file_with('b'), 51), c = move(file_with('c'), 52);
	int result = move(file_with(' '), 53), status;
	char text[64] = "";

	keep_foreign_descriptors_out();
	pid_t pid = fork();
	if (pid == 0)
		_exit(cross_low_descriptors(a, b, c, result));
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
	cr_assert_gt(pread(result, text, sizeof text - 1, 0), 0);
	cr_assert_str_eq(text, " abc0\n1\n2\n3\n4\n5\n");
}

Test(spawn, standard_streams_may_be_crossed)
{
	char *argv[] = { "/bin/sh", "-c", "echo out; echo err >&2", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct process process;
	struct spawn_error error;
	int out[2], err[2], saved[2];
	char text[16] = "";

	cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(err, O_CLOEXEC), 0);
	saved[0] = fcntl(1, F_DUPFD_CLOEXEC, 100);
	saved[1] = fcntl(2, F_DUPFD_CLOEXEC, 100);
	dup2(err[1], 1);
	dup2(out[1], 2);
	recipe.streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = 2 };
	recipe.streams[2] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = 1 };
	int r = spawn(&recipe, &process, &error);
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	cr_assert_eq(r, 0);
	cr_assert_eq(wait_status(&process), 0);
	process_close(&process);
	cr_assert_eq(read(out[0], text, sizeof text), 4);
	cr_assert_eq(strncmp(text, "out\n", 4), 0);
	cr_assert_eq(read(err[0], text, sizeof text), 4);
	cr_assert_eq(strncmp(text, "err\n", 4), 0);
}

Test(spawn, many_granted_descriptors)
{
	/* No pipeline: its pipe would be among them for a moment. What listed them is closed by the time of the test.
	 */
	char *argv[] = { "/bin/sh", "-c",
			 "n=0; for f in /proc/$$/fd/*; do [ -e \"$f\" ] && n=$((n + 1)); done; echo $n", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	char output[64];
	int fds[100];

	for (int i = 0; i < 100; i++)
		fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	keep_foreign_descriptors_out();
	recipe.extra_fds = fds;
	recipe.extra_fd_count = 100;
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_str_eq(output, "103\n");
}

Test(spawn, bad_descriptor_fails_at_its_step)
{
	struct spawn_recipe recipe = plain();

	recipe.streams[1] = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = 900 };
	expect_failure(&recipe, SPAWN_STEP_STDOUT, EBADF, 209);
}

Test(spawn, own_pid_is_filled_in)
{
	char listen_pid[] = "LISTEN_PID=0000000000";
	char *variables[] = { listen_pid, NULL };
	char *const envp[] = { listen_pid, NULL };
	char *argv[] = { "/bin/sh", "-c", "test $LISTEN_PID = $$", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	char output[64];

	recipe.envp = envp;
	recipe.pid_variables = variables;
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
}

Test(spawn, mask_and_dispositions_are_clean)
{
	char output[512];
	signal(SIGUSR1, SIG_IGN);
	cr_assert_geq(signals_open(), 0);
	char *argv[] = { "/bin/grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_str_eq(output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	recipe.ignore_sigpipe = true;
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_str_eq(output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001000\n");
}

Test(spawn, inherited_ignored_signals_are_reset_without_signals_open)
{
	char output[512];
	char *argv[] = { "/bin/grep", "-E", "^SigIgn:", "/proc/self/status", NULL };
	struct spawn_recipe recipe = recipe_of(argv);

	signal(SIGHUP, SIG_IGN);
	signal(SIGRTMIN + 5, SIG_IGN);
	cr_assert_eq(run_recipe(&recipe, output, sizeof output), 0);
	cr_assert_str_eq(output, "SigIgn:\t0000000000000000\n");
}

Test(spawn, session_and_group)
{
	struct spawn_recipe recipe = plain();
	char output[128];
	const char *command = "read pid comm state ppid pgrp session rest </proc/self/stat; "
			      "test $pgrp = $$ && echo group; test $session = $$ && echo session";

	recipe.new_session = true;
	run_shell(&recipe, command, output, sizeof output);
	cr_assert_str_eq(output, "group\nsession\n");
	recipe.new_session = false;
	recipe.new_group = true;
	run_shell(&recipe, command, output, sizeof output);
	cr_assert_str_eq(output, "group\n");
	recipe.new_group = false;
	run_shell(&recipe, command, output, sizeof output);
	cr_assert_str_eq(output, "");
}

Test(spawn, limits_nice_oom_and_slack)
{
	struct spawn_recipe recipe = plain();
	struct spawn_limit limits[] = { { RLIMIT_NOFILE, { 64, 128 } }, { RLIMIT_CORE, { 0, 0 } } };
	char output[256];

	recipe.limits = limits;
	recipe.limit_count = 2;
	recipe.nice_set = true;
	recipe.nice = 3;
	recipe.oom_score_adjust_set = true;
	recipe.oom_score_adjust = 500;
	cr_assert_eq(run_shell(&recipe, "ulimit -Sn; ulimit -Hn; nice; cat /proc/self/oom_score_adj; umask", output,
			       sizeof output),
		     0);
	cr_assert_str_eq(output, "64\n128\n3\n500\n0022\n");
	/* Nothing of that stays with us. */
	cr_assert_neq(run_shell(NULL, "test $(nice) = 3", output, sizeof output), 0);
	cr_assert_neq(run_shell(NULL, "test $(cat /proc/self/oom_score_adj) = 500", output, sizeof output), 0);
}

Test(spawn, user_and_groups)
{
	static const gid_t groups[] = { 65534, 7, 8 };
	struct spawn_recipe recipe = plain();
	char output[256];

	if (geteuid() != 0)
		cr_skip_test("changing the user takes root");
	recipe.set_ids = true;
	recipe.uid = 65534;
	recipe.gid = 65534;
	recipe.groups = groups;
	recipe.group_count = 3;
	recipe.no_new_privileges = true;
	cr_assert_eq(run_shell(&recipe, "id -u; id -g; id -G; grep -E '^(NoNewPrivs|CapEff)' /proc/self/status", output,
			       sizeof output),
		     0);
	cr_assert_str_eq(output, "65534\n65534\n65534 7 8\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
	cr_assert_eq(geteuid(), 0);
}

Test(spawn, ambient_and_bounding_set)
{
	struct spawn_recipe recipe = plain();
	uint64_t bind_service = UINT64_C(1) << 10;
	char output[256];

	if (geteuid() != 0)
		cr_skip_test("capabilities take root");
	recipe.set_ids = true;
	recipe.uid = recipe.gid = 65534;
	recipe.ambient_set = bind_service;
	recipe.bounding_set_given = true;
	recipe.bounding_set = bind_service | 1;
	cr_assert_eq(run_shell(&recipe, "grep -E '^Cap' /proc/self/status", output, sizeof output), 0);
	cr_assert_str_eq(output, "CapInh:\t0000000000000400\nCapPrm:\t0000000000000400\nCapEff:\t0000000000000400\n"
				 "CapBnd:\t0000000000000401\nCapAmb:\t0000000000000400\n");
	recipe.secure_bits = 1 << 2; /* NO_SETUID_FIXUP */
	cr_assert_eq(run_shell(&recipe, "grep -E '^CapAmb' /proc/self/status", output, sizeof output), 0);
	cr_assert_str_eq(output, "CapAmb:\t0000000000000400\n");
}

Test(spawn, chroot_without_program)
{
	struct spawn_recipe recipe = plain();

	if (geteuid() != 0)
		cr_skip_test("chroot takes root");
	recipe.root_directory = "/proc";
	expect_failure(&recipe, SPAWN_STEP_EXEC, ENOENT, 203);
	recipe.root_directory = "/nonexistent";
	expect_failure(&recipe, SPAWN_STEP_CHROOT, ENOENT, 210);
}

Test(spawn, without_descriptors_left_there_is_no_pidfd)
{
	struct spawn_recipe recipe = plain();
	struct process process;
	struct spawn_error error;
	struct rlimit limit = { 64, 64 };

	cr_assert_eq(spawn_prepare(), 0);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
		continue;
	cr_assert_eq(spawn(&recipe, &process, &error), 0, "%s", strerror(error.error));
	cr_assert_eq(process.pidfd, -1);
	cr_assert_eq(wait_status(&process), 0);
}

Test(spawn, leaves_no_descriptor_behind)
{
	struct spawn_recipe recipe = plain();
	struct process process;
	struct spawn_error error;

	cr_assert_eq(spawn_prepare(), 0);
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(before);
	for (int i = 0; i < 10; i++) {
		recipe.path = i % 2 ? "/bin/true" : "/nonexistent";
		if (spawn(&recipe, &process, &error) == 0) {
			wait_status(&process);
			process_close(&process);
		}
	}
	int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(before, after);
}

Test(spawn, steps_have_names_and_statuses)
{
	cr_assert_str_eq(spawn_step_name(SPAWN_STEP_CHDIR), "chdir");
	cr_assert_eq(spawn_step_exit_status(SPAWN_STEP_GROUP), 216);
	cr_assert_eq(spawn_step_exit_status(SPAWN_STEP_CAPABILITIES), 218);
	for (int step = 0; step < SPAWN_STEP_COUNT; step++)
		cr_assert_not_null(spawn_step_name((enum spawn_step)step), "step %d", step);
	cr_assert_str_eq(spawn_step_name((enum spawn_step)99), "unknown");
}

/* ---- With a keeper ---- */

static int open_keeper(struct spawn_keeper *keeper)
{
	const char *build = getenv("SVINIT_BUILD");
	char path[PATH_MAX];
	int ends[2];

	snprintf(path, sizeof path, "%s/svkeeper", build ? build : "build");
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	*keeper = (struct spawn_keeper){
		.program_fd = open(path, O_PATH | O_CLOEXEC),
		.report_fd = ends[1],
		.name = "test.service",
	};
	if (keeper->program_fd < 0)
		cr_skip_test("no svkeeper");
	return ends[0];
}

Test(spawn, with_a_keeper_that_reports_how_it_ended)
{
	char *const argv[] = { "/bin/sh", "-c", "exit 9", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct keeper_report report;
	struct spawn_keeper keeper;
	struct process process;
	struct spawn_error error;
	pid_t pid;

	keep_foreign_descriptors_out();
	int reports = open_keeper(&keeper);
	recipe.keeper = &keeper;
	cr_assert_eq(spawn_kept(&recipe, &process, &pid, &error), 0);
	cr_assert_gt(pid, 0);
	cr_expect_neq(process.pid, pid);
	cr_expect_geq(process.pidfd, 0);
	cr_assert_eq(read(reports, &report, sizeof report), (ssize_t)sizeof report);
	cr_expect_eq(report.keeper, pid);
	cr_expect_eq(report.pid, process.pid);
	cr_expect_eq(report.code, CLD_EXITED);
	cr_expect_eq(report.status, 9);
	cr_expect(report.empty);
	struct process keeper_process = { .pid = pid, .pidfd = -1 };
	cr_expect_eq(wait_status(&keeper_process), 0);
	process_close(&process);
}

Test(spawn, with_a_keeper_a_failed_step_is_told_and_nobody_is_left)
{
	char *const argv[] = { "/nonexistent/program", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct spawn_keeper keeper;
	struct process process;
	struct spawn_error error;
	siginfo_t info;
	pid_t pid;

	open_keeper(&keeper);
	recipe.keeper = &keeper;
	cr_assert_eq(spawn_kept(&recipe, &process, &pid, &error), -ENOENT);
	cr_expect_eq(error.step, SPAWN_STEP_EXEC);
	cr_expect_eq(pid, 0);
	cr_expect_eq(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), -1);
}

Test(spawn, a_keeper_that_cannot_be_executed_leaves_the_service_to_us)
{
	char *const argv[] = { "/bin/sh", "-c", "exit 4", NULL };
	struct spawn_recipe recipe = recipe_of(argv);
	struct spawn_keeper keeper;
	struct process process;
	struct spawn_error error;
	pid_t pid;

	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	open_keeper(&keeper);
	keeper.program_fd = open("/dev/null", O_PATH | O_CLOEXEC);
	recipe.keeper = &keeper;
	cr_assert_eq(spawn_kept(&recipe, &process, &pid, &error), 0);
	cr_expect_eq(pid, 0);
	cr_expect_eq(wait_status(&process), 4);
	process_close(&process);
}
