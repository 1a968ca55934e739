#include "supervisor/os/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

enum { EVENTS_FILE_MAX = 1024, PROCS_CHUNK = 4096 };

bool cgroup_escape(const char *unit_name, char *to, size_t size)
{
	static const char *const reserved[] = { "cgroup.", "cpu.",     "cpuset.", "io.",  "memory.", "pids.",
						"rdma.",   "hugetlb.", "misc.",   "irq.", "dmem.",   "debug." };
	bool escape = unit_name[0] == '_' || unit_name[0] == '.';

	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		escape = escape || strncmp(unit_name, reserved[i], strlen(reserved[i])) == 0;
	return !strchr(unit_name, '/') && (size_t)snprintf(to, size, "%s%s", escape ? "_" : "", unit_name) < size;
}

int cgroup_open(int parent_fd, const char *name)
{
	/* One that an earlier svinit left may have met cgroup.kill: an empty one is made anew (see drop_killed()). */
	if (mkdirat(parent_fd, name, 0755) < 0 &&
	    (errno != EEXIST || (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 && mkdirat(parent_fd, name, 0755) < 0)))
		return -errno;
	int fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The number behind "KEY " at the start of a line; -1: not there. */
static long field(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtol(line + length + 1, NULL, 10);
	return -1;
}

int cgroup_is_populated(int fd)
{
	char text[EVENTS_FILE_MAX];

	ssize_t n = read_small_file_at(fd, "cgroup.events", text, sizeof text);
	if (n == -ENODEV || n == -ENOENT)
		return 0;
	if (n < 0)
		return (int)n;
	long value = field(text, "populated");
	return value < 0 ? -EIO : value > 0;
}

int cgroup_kill(int fd)
{
	return write_file_at(fd, "cgroup.kill", "1");
}

int cgroup_freeze(int fd, bool frozen)
{
	return write_file_at(fd, "cgroup.freeze", frozen ? "1" : "0");
}

bool cgroup_counts_memory(int fd)
{
	return faccessat(fd, "memory.events", R_OK, AT_EACCESS) == 0;
}

unsigned long cgroup_oom_kills(int fd)
{
	char text[EVENTS_FILE_MAX];

	if (read_small_file_at(fd, "memory.events", text, sizeof text) < 0)
		return 0;
	long value = field(text, "oom_kill");
	return value < 0 ? 0 : (unsigned long)value;
}

struct collection {
	pid_t *pids;
	size_t max;
	int count;
};

static void collect(struct collection *collection, pid_t pid)
{
	if (pid <= 0)
		return;
	if ((size_t)collection->count < collection->max)
		collection->pids[collection->count] = pid;
	if (collection->count < INT_MAX)
		collection->count++;
}

/* cgroup.procs is read in pieces; a number may be cut in two by them. */
static int read_processes(int fd, struct collection *collection)
{
	char chunk[PROCS_CHUNK];
	pid_t pid = 0;
	ssize_t n;

	int file = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	while ((n = read(file, chunk, sizeof chunk)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] >= '0' && chunk[i] <= '9' && pid < INT_MAX / 10 - 1) {
				pid = pid * 10 + (chunk[i] - '0');
			} else {
				collect(collection, pid);
				pid = 0;
			}
		}
	}
	int r = n < 0 ? -errno : 0;
	close(file);
	collect(collection, pid);
	/* A threaded cgroup lists its processes at the root of its domain alone; a removed one has none. */
	return r == -EOPNOTSUPP || r == -ENODEV ? 0 : r;
}

/* Calls `act` for each cgroup right below; stops at the first error. */
static int each_below(int fd, int (*act)(int parent_fd, const char *name, void *context), void *context)
{
	int r = 0;

	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return -errno;
	DIR *directory = fdopendir(own);
	if (!directory) {
		r = -errno;
		close(own);
		return r;
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(directory));)
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = act(fd, entry->d_name, context);
	closedir(directory);
	return r;
}

/* Cgroups have no entries but directories and the kernel's files, so the link count tells whether one has any below. */
static bool has_below(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink > 2;
}

struct descent {
	struct collection *collection;
	int depth;
};

static int collect_tree(int fd, struct descent *descent);

static int collect_below(int parent_fd, const char *name, void *context)
{
	struct descent *descent = context, below = { descent->collection, descent->depth + 1 };

	int fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	int r = collect_tree(fd, &below);
	close(fd);
	return r;
}

static int collect_tree(int fd, struct descent *descent)
{
	if (descent->depth > CGROUP_DEPTH_MAX)
		return -ELOOP;
	int r = read_processes(fd, descent->collection);
	if (r == 0 && has_below(fd))
		r = each_below(fd, collect_below, descent);
	return r;
}

int cgroup_processes(int fd, pid_t *pids, size_t max)
{
	struct collection collection = { .pids = pids, .max = max };
	struct descent descent = { .collection = &collection };

	int r = collect_tree(fd, &descent);
	return r < 0 ? r : collection.count;
}

int cgroup_processes_here(int fd, pid_t *pids, size_t max)
{
	struct collection collection = { .pids = pids, .max = max };
	int r = read_processes(fd, &collection);

	return r < 0 ? r : collection.count;
}

static int remove_tree(int parent_fd, const char *name, int depth);

static int remove_below(int parent_fd, const char *name, void *context)
{
	return remove_tree(parent_fd, name, *(int *)context + 1);
}

static int remove_tree(int parent_fd, const char *name, int depth)
{
	if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY || depth > CGROUP_DEPTH_MAX)
		return -errno;
	int fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = has_below(fd) ? each_below(fd, remove_below, &depth) : -EBUSY;
	close(fd);
	if (r == 0 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

int cgroup_remove(int parent_fd, const char *name)
{
	return remove_tree(parent_fd, name, 0);
}

static int remove_if_empty(int parent_fd, const char *name, void *context)
{
	(void)context;
	(void)cgroup_remove(parent_fd, name);
	return 0;
}

void cgroup_remove_empty(int fd)
{
	(void)each_below(fd, remove_if_empty, NULL);
}
