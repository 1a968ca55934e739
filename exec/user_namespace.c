#include "exec/user_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

int user_namespace_enter_alone(void)
{
	char uids[64], gids[64];

	snprintf(uids, sizeof uids, "%u %u 1", geteuid(), geteuid());
	snprintf(gids, sizeof gids, "%u %u 1", getegid(), getegid());
	if (unshare(CLONE_NEWUSER) < 0)
		return -errno;
	int r = write_file_at(AT_FDCWD, "/proc/self/setgroups", "deny");
	if (r == 0 || r == -ENOENT)
		r = write_file_at(AT_FDCWD, "/proc/self/gid_map", gids);
	return r < 0 ? r : write_file_at(AT_FDCWD, "/proc/self/uid_map", uids);
}

static void write_map(char *map, size_t size, enum private_users kind, unsigned id)
{
	if (kind == PRIVATE_USERS_IDENTITY)
		snprintf(map, size, "0 0 65536");
	else if (kind == PRIVATE_USERS_FULL)
		snprintf(map, size, "0 0 4294967295");
	else if (id == 0)
		snprintf(map, size, "0 0 1");
	else
		snprintf(map, size, "0 0 1\n%u %u 1", id, id);
}

/* Only who stayed outside may map more than himself: a child of ours, which waits until we have gone in. */
static int map_from_outside(int go, enum private_users kind, uid_t uid, gid_t gid)
{
	char map[64], path[64], byte;
	int pid = getppid();

	if (read(go, &byte, 1) != 1)
		return ECANCELED;
	snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
	write_map(map, sizeof map, kind, gid);
	int r = write_file_at(AT_FDCWD, path, map);
	snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
	write_map(map, sizeof map, kind, uid);
	if (r == 0)
		r = write_file_at(AT_FDCWD, path, map);
	return -r;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EIO;
	return -WEXITSTATUS(status);
}

int user_namespace_enter(enum private_users kind, uid_t uid, gid_t gid)
{
	int go[2];

	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	pid_t child = fork();
	if (child == 0) {
		close(go[1]);
		_exit(map_from_outside(go[0], kind, uid, gid));
	}
	int r = child < 0 ? -errno : unshare(CLONE_NEWUSER) < 0 ? -errno : 0;
	if (r == 0 && write(go[1], "", 1) != 1)
		r = -errno;
	close(go[0]);
	close(go[1]);
	int mapped = child < 0 ? 0 : wait_for(child);
	return r < 0 ? r : mapped;
}
