#include "supervisor/os/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

enum { STAT_MAX = 2048, CGROUP_FILE_MAX = 16384, CHILDREN_MAX = 1 << 20, ENVIRONMENT_MAX = 1 << 18 };
enum { FLAG_KERNEL_THREAD = 0x00200000 };

static void proc_path(char path[64], pid_t pid, const char *file)
{
	if (pid == 0)
		snprintf(path, 64, "/proc/self/%s", file);
	else
		snprintf(path, 64, "/proc/%d/%s", (int)pid, file);
}

/* Reads a file of a process; ENOENT and ESRCH both mean that it is gone. */
static ssize_t read_of(pid_t pid, const char *file, char *buffer, size_t size)
{
	char path[64];

	proc_path(path, pid, file);
	ssize_t n = read_file_at(AT_FDCWD, path, buffer, size);
	return n == -ENOENT ? -ESRCH : n;
}

/* The comm may hold blanks and ')': the last ')' ends it. */
static int parse_stat(const char *text, struct proc_stat *stat)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	int parent, group, session;
	unsigned int flags;
	unsigned long long start;

	if (!open || !close || close < open)
		return -EIO;
	if (sscanf(close + 1, " %c %d %d %d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &stat->state, &parent, &group, &session, &flags, &start) != 6)
		return -EIO;
	size_t length = (size_t)(close - open - 1);
	if (length >= sizeof stat->comm)
		length = sizeof stat->comm - 1;
	memcpy(stat->comm, open + 1, length);
	stat->comm[length] = '\0';
	stat->parent = parent;
	stat->group = group;
	stat->session = session;
	stat->kernel_thread = flags & FLAG_KERNEL_THREAD;
	stat->start_time = start;
	return 0;
}

int proc_read_stat(pid_t pid, struct proc_stat *stat)
{
	char text[STAT_MAX];

	ssize_t n = read_of(pid, "stat", text, sizeof text);
	if (n < 0)
		return (int)n;
	stat->pid = pid ? pid : getpid();
	return n == 0 ? -ESRCH : parse_stat(text, stat);
}

static void make_printable(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\0')
			text[i] = ' ';
		else if (c < ' ' || c == 0x7f)
			text[i] = '?';
	}
}

int proc_read_command_line(pid_t pid, char *text, size_t size)
{
	struct proc_stat stat;

	ssize_t n = read_of(pid, "cmdline", text, size);
	if (n < 0)
		return (int)n;
	while (n > 0 && text[n - 1] == '\0')
		n--;
	if (n == 0) {
		int r = proc_read_stat(pid, &stat);
		if (r < 0)
			return r;
		n = snprintf(text, size, "[%s]", stat.comm);
		if ((size_t)n >= size)
			n = (ssize_t)size - 1;
	}
	make_printable(text, (size_t)n);
	text[n] = '\0';
	return (int)n;
}

int proc_get_environment(pid_t pid, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);
	char *text = malloc(ENVIRONMENT_MAX);
	int found = 0;

	if (!text)
		return -ENOMEM;
	ssize_t n = read_of(pid, "environ", text, ENVIRONMENT_MAX);
	for (const char *at = text; n > 0 && !found && at < text + n; at += strlen(at) + 1)
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			found = (size_t)snprintf(value, size, "%s", at + length + 1) < size ? 1 : -ENAMETOOLONG;
	free(text);
	return n < 0 ? (int)n : found;
}

int proc_read_cgroup(pid_t pid, char *path, size_t size)
{
	char text[CGROUP_FILE_MAX];

	ssize_t n = read_of(pid, "cgroup", text, sizeof text);
	if (n < 0)
		return (int)n;
	for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		size_t length = strcspn(line + 3, "\n");
		if (length >= size)
			return -ENAMETOOLONG;
		memcpy(path, line + 3, length);
		path[length] = '\0';
		return 0;
	}
	return -ENODATA;
}

struct children {
	pid_t *pids;
	size_t max;
	int count;
};

static int read_children_of_thread(pid_t pid, pid_t thread, struct children *children)
{
	char path[64], *text = malloc(CHILDREN_MAX);

	if (!text)
		return -ENOMEM;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)thread);
	ssize_t n = read_file_at(AT_FDCWD, path, text, CHILDREN_MAX);
	char *at = text, *end;
	for (long child; n > 0 && (child = strtol(at, &end, 10)) > 0 && end != at; at = end, children->count++)
		if ((size_t)children->count < children->max)
			children->pids[children->count] = (pid_t)child;
	free(text);
	return n < 0 ? (int)n : 0;
}

/* Two links, and one for each thread. */
static bool has_threads(const char *tasks)
{
	struct stat status;

	return stat(tasks, &status) == 0 && status.st_nlink > 3;
}

int proc_read_children(pid_t pid, pid_t *pids, size_t max)
{
	struct children children = { .pids = pids, .max = max };
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *directory = has_threads(path) ? opendir(path) : NULL;
	if (!directory) {
		int r = read_children_of_thread(pid, pid, &children);
		return r < 0 ? r : children.count;
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		long thread = strtol(entry->d_name, NULL, 10);
		if (thread > 0)
			(void)read_children_of_thread(pid, (pid_t)thread, &children);
	}
	closedir(directory);
	return children.count;
}
