#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/exec_directory.h"
#include "supervisor/os/pid_file.h"
#include "supervisor/os/runtime_directory.h"

static char base[] = "/tmp/svinit-dir-XXXXXX";
static struct cause cause;

static const char *in(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", base, name);
	return path;
}

static void set_up(void)
{
	umask(022);
	cr_assert(mkdtemp(base));
}

static void tear_down(void)
{
	cr_assert_eq(exec_directory_remove("/tmp", base + 5, &cause), 0, "%s", cause.text);
	cr_assert_eq(access(base, F_OK), -1);
}

TestSuite(directory, .init = set_up, .fini = tear_down);

static int make(const char *name, mode_t mode, uid_t uid)
{
	return exec_directory_make(&(struct exec_directory_recipe){ base, name, mode, uid, uid }, &cause);
}

static void touch(const char *name, const char *text)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

Test(directory, made_with_mode_and_owner)
{
	struct stat status;
	uid_t other = geteuid() == 0 ? 65534 : geteuid();

	cr_assert_eq(make("a/b", 02750, other), 0, "%s", cause.text);
	cr_assert_eq(stat(in("a/b"), &status), 0);
	cr_assert_eq(status.st_mode & 07777, 02750);
	cr_assert_eq(status.st_uid, other);
	cr_assert_eq(stat(in("a"), &status), 0);
	cr_assert_eq(status.st_uid, geteuid());
	cr_assert_eq(status.st_mode & 07777, 0755);
	cr_assert_eq(make("a/b", 0700, (uid_t)-1), 0);
	cr_assert_eq(stat(in("a/b"), &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0700);
}

Test(directory, leads_nowhere_else)
{
	cr_assert_eq(make("../x", 0755, (uid_t)-1), -EINVAL);
	cr_assert_eq(make("a/../x", 0755, (uid_t)-1), -EINVAL);
	cr_assert_eq(make("a/..", 0755, (uid_t)-1), -EINVAL);
	cr_assert_eq(make("", 0755, (uid_t)-1), -EINVAL);
	cr_assert_eq(symlink("/etc", in("link")), 0);
	cr_assert_lt(make("link", 0700, (uid_t)-1), 0);
	cr_assert_lt(make("link/below", 0700, (uid_t)-1), 0);
	cr_assert_eq(access("/etc/below", F_OK), -1);
	touch("file", "x");
	cr_assert_eq(make("file", 0700, (uid_t)-1), -ENOTDIR);
}

Test(directory, removal_follows_no_link)
{
	cr_assert_eq(make("keep", 0755, (uid_t)-1), 0);
	touch("keep/file", "x");
	cr_assert_eq(make("gone/deep/er", 0755, (uid_t)-1), 0);
	touch("gone/deep/file", "x");
	cr_assert_eq(symlink("../keep", in("gone/link")), 0);
	cr_assert_eq(mkfifo(in("gone/fifo"), 0600), 0);
	cr_assert_eq(exec_directory_remove(base, "gone", &cause), 0, "%s", cause.text);
	cr_assert_eq(access(in("gone"), F_OK), -1);
	cr_assert_eq(access(in("keep/file"), F_OK), 0);
	cr_assert_eq(exec_directory_remove(base, "gone", &cause), 0);
	cr_assert_eq(exec_directory_remove(base, "gone/below", &cause), 0);
	cr_assert_lt(exec_directory_remove(base, "..", &cause), 0);
}

Test(directory, link_beside)
{
	char target[PATH_MAX] = "";

	cr_assert_eq(make("name", 0755, (uid_t)-1), 0);
	cr_assert_eq(exec_directory_link(base, "name", "sub/alias", &cause), 0, "%s", cause.text);
	cr_assert_eq(exec_directory_link(base, "name", "sub/alias", &cause), 0, "%s", cause.text);
	cr_assert_gt(readlink(in("sub/alias"), target, sizeof target - 1), 0);
	cr_assert_str_eq(target, "../name");
	cr_assert_eq(exec_directory_link(base, "other", "sub/alias", &cause), -EEXIST);
}

static int read_pid(const char *text, pid_t *pid, bool *trusted)
{
	touch("pid", text);
	return pid_file_read(in("pid"), pid, trusted, &cause);
}

Test(directory, pid_file)
{
	bool trusted = false;
	pid_t pid = 0;

	cr_assert_eq(pid_file_read(in("pid"), &pid, &trusted, &cause), -ENOENT);
	cr_assert_eq(read_pid(" 4711\n", &pid, &trusted), 0, "%s", cause.text);
	cr_assert_eq(pid, 4711);
	cr_assert(trusted);
	cr_assert_eq(read_pid("", &pid, &trusted), -EAGAIN);
	cr_assert_eq(read_pid("12x", &pid, &trusted), -EINVAL);
	cr_assert_eq(read_pid("-5", &pid, &trusted), -EINVAL);
	cr_assert_eq(read_pid("1", &pid, &trusted), -EINVAL);
	cr_assert_eq(read_pid("99999999999999999999", &pid, &trusted), -EINVAL);
	cr_assert_eq(mkdir(in("dir"), 0755), 0);
	cr_assert_lt(pid_file_read(in("dir"), &pid, &trusted, &cause), 0);
	cr_assert_eq(mkfifo(in("fifo"), 0644), 0);
	cr_assert_eq(pid_file_read(in("fifo"), &pid, &trusted, &cause), -EINVAL);
}

Test(directory, pid_file_of_others)
{
	bool trusted = true;
	pid_t pid = 0;

	if (geteuid() != 0)
		cr_skip_test("giving files away takes root");
	touch("real", "4711\n");
	cr_assert_eq(symlink("real", in("link")), 0);
	cr_assert_eq(pid_file_read(in("link"), &pid, &trusted, &cause), 0);
	cr_assert_eq(lchown(in("link"), 65534, 65534), 0);
	cr_assert_eq(pid_file_read(in("link"), &pid, &trusted, &cause), -EPERM);
	cr_assert_eq(chown(in("real"), 65534, 65534), 0);
	cr_assert_eq(pid_file_read(in("real"), &pid, &trusted, &cause), 0);
	cr_assert_not(trusted);
}

Test(directory, second_svinit_is_kept_out)
{
	struct stat status;
	char wanted[64];

	int lock = runtime_directory_open(in("run/svinit"), false, &cause);
	cr_assert_geq(lock, 0, "%s", cause.text);
	cr_assert_eq(stat(in("run/svinit"), &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0755);
	cr_assert_eq(runtime_directory_open(in("run/svinit"), false, &cause), -EBUSY);
	snprintf(wanted, sizeof wanted, "(pid %d)", (int)getpid());
	cr_assert(strstr(cause.text, wanted), "%s", cause.text);
	close(lock);
	lock = runtime_directory_open(in("run/svinit"), true, &cause);
	cr_assert_geq(lock, 0);
	cr_assert_eq(stat(in("run/svinit"), &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0700);
	close(lock);
}
