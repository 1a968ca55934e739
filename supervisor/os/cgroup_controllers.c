#include "supervisor/os/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

enum { LIST_MAX = 512 };

static const char *const names[] = { "cpu", "cpuset", "io", "memory", "pids" };

static unsigned read_list(int fd, const char *file)
{
	char text[LIST_MAX], *rest = NULL;
	unsigned found = 0;

	if (read_small_file_at(fd, file, text, sizeof text) < 0)
		return 0;
	for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
		for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
			if (strcmp(word, names[i]) == 0)
				found |= 1U << i;
	return found;
}

unsigned cgroup_controllers(int fd)
{
	return read_list(fd, "cgroup.controllers");
}

unsigned cgroup_controllers_below(int fd)
{
	return read_list(fd, "cgroup.subtree_control");
}

/* One write for each: one that cannot be given would keep the others back. */
int cgroup_enable_below(int fd, unsigned controllers)
{
	int first = 0;

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		char text[16];
		if (!(controllers & 1U << i))
			continue;
		snprintf(text, sizeof text, "+%s", names[i]);
		int r = write_file_at(fd, "cgroup.subtree_control", text);
		if (r < 0 && first == 0)
			first = r;
	}
	return first;
}

int cgroup_delegate(int fd, uid_t user, gid_t group)
{
	static const char *const files[] = { "cgroup.procs", "cgroup.subtree_control", "cgroup.threads",
					     "memory.oom.group", "memory.reclaim" };

	if (fchownat(fd, "", user, group, AT_EMPTY_PATH) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (fchownat(fd, files[i], user, group, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
			return -errno;
	return 0;
}

int cgroup_move(int fd, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof text, "%d", (int)pid);
	return write_file_at(fd, "cgroup.procs", text);
}
