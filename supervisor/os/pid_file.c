#include "supervisor/os/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

enum { PID_FILE_MAX = 4096 };

static bool is_ours(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

/* Looks at each leading part of the path: nobody else may have put a symbolic link there. */
static int check_links(const char *path, struct cause *cause)
{
	char part[PATH_MAX];
	struct stat status;

	for (const char *end = path; *end;) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		size_t length = (size_t)(end - path);
		if (length >= sizeof part)
			return cause_set_errno(cause, ENAMETOOLONG, "%s", path);
		memcpy(part, path, length);
		part[length] = '\0';
		if (lstat(part, &status) < 0)
			return cause_set_errno(cause, errno, "%s", part);
		if (S_ISLNK(status.st_mode) && !is_ours(status.st_uid))
			return cause_set(cause, EPERM, "%s is a symbolic link of user %u, not followed", part,
					 (unsigned)status.st_uid);
	}
	return 0;
}

static int parse(const char *path, const char *text, pid_t *pid, struct cause *cause)
{
	char *end;

	text += strspn(text, " \t\r\n");
	if (!*text)
		return cause_set(cause, EAGAIN, "%s is empty", path);
	errno = 0;
	long number = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
	if (number <= 0 || number > INT_MAX || errno || end[strspn(end, " \t\r\n")] != '\0')
		return cause_set(cause, EINVAL, "%s does not hold a process ID", path);
	if (number == 1 || number == getpid())
		return cause_set(cause, EINVAL, "%s names process %ld, which is no service", path, number);
	*pid = (pid_t)number;
	return 0;
}

static int read_open(const char *path, int fd, pid_t *pid, bool *trusted, struct cause *cause)
{
	char text[PID_FILE_MAX];
	struct stat status;

	if (fstat(fd, &status) < 0)
		return cause_set_errno(cause, errno, "%s", path);
	if (!S_ISREG(status.st_mode))
		return cause_set(cause, EINVAL, "%s is not a regular file", path);
	*trusted = is_ours(status.st_uid);
	ssize_t n = read_descriptor(fd, text, sizeof text);
	if (n < 0)
		return cause_set_errno(cause, (int)-n, "cannot read %s", path);
	if (n == PID_FILE_MAX - 1 || memchr(text, '\0', (size_t)n))
		return cause_set(cause, EINVAL, "%s does not hold a process ID", path);
	return parse(path, text, pid, cause);
}

int pid_file_read(const char *path, pid_t *pid, bool *trusted, struct cause *cause)
{
	int r = check_links(path, cause);

	if (r < 0)
		return r;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return cause_set_errno(cause, errno, "cannot open %s", path);
	r = read_open(path, fd, pid, trusted, cause);
	close(fd);
	return r;
}
