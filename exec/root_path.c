#include "exec/root_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec/mount_call.h"

static int open_in_root(int root_fd, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof how);

	if (fd >= 0 || errno != ENOSYS)
		return fd < 0 ? -errno : fd;
	/* Before Linux 5.6 there is no way to hold a path in a root but to be in it; in / there is nothing to leave. */
	char root[PATH_MAX];
	struct fd_path link = fd_path(root_fd);
	ssize_t length = readlink(link.text, root, sizeof root);
	if (length != 1 || root[0] != '/')
		return -ENOSYS;
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static ssize_t path_of(int fd, char *path, size_t size)
{
	struct fd_path link = fd_path(fd);
	ssize_t length = readlink(link.text, path, size - 1);

	if (length < 0)
		return -errno;
	path[length] = '\0';
	return length;
}

/* The path of `fd` without that of the root in front. */
static int path_in_root(int root_fd, int fd, char *resolved, size_t size)
{
	char root[PATH_MAX], path[PATH_MAX];
	ssize_t root_length = path_of(root_fd, root, sizeof root), length = path_of(fd, path, sizeof path);

	if (root_length < 0 || length < 0)
		return root_length < 0 ? (int)root_length : (int)length;
	size_t skip = strcmp(root, "/") == 0 ? 0 : (size_t)root_length;
	if (strncmp(path, root, skip) != 0)
		return -EXDEV;
	const char *rest = path[skip] ? path + skip : "/";
	if (strlen(rest) >= size)
		return -ENAMETOOLONG;
	memcpy(resolved, rest, strlen(rest) + 1);
	return 0;
}

int root_path_open(int root_fd, const char *path, char *resolved, size_t size)
{
	int fd = open_in_root(root_fd, path);
	int r = fd < 0 || !resolved ? 0 : path_in_root(root_fd, fd, resolved, size);

	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int make_one(int root_fd, const char *path, const char *name, bool is_file)
{
	int parent = open_in_root(root_fd, *path ? path : "/");

	if (parent < 0)
		return parent;
	int r = is_file ? mknodat(parent, name, S_IFREG | 0644, 0) : mkdirat(parent, name, 0755);
	int error = r < 0 && errno != EEXIST ? errno : 0;
	close(parent);
	return -error;
}

int root_path_make(int root_fd, const char *path, bool is_file)
{
	char parent[PATH_MAX], *slash;
	int r = 0;

	if (strlen(path) >= sizeof parent)
		return -ENAMETOOLONG;
	for (const char *end = path; r == 0 && *end;) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		memcpy(parent, path, (size_t)(end - path));
		parent[end - path] = '\0';
		slash = strrchr(parent, '/');
		if (!slash || !slash[1])
			continue;
		*slash = '\0';
		r = make_one(root_fd, parent, slash + 1, is_file && !end[strspn(end, "/")]);
	}
	return r;
}
