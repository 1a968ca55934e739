#include "supervisor/os/runtime_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

static int make_parents(const char *path)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof part)
		return -ENAMETOOLONG;
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* The directory must be ours, or whoever owns it could put another control socket in the place of ours. */
static int open_own(const char *path, mode_t mode, struct cause *cause)
{
	struct stat status;

	int r = *path ? make_parents(path) : -ENOENT;
	if (r == 0 && mkdir(path, mode) < 0 && errno != EEXIST)
		r = -errno;
	int fd = r < 0 ? r : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cause_set_errno(cause, r < 0 ? -r : errno, "cannot make the runtime directory %s", path);
	if (fstat(fd, &status) < 0)
		r = cause_set_errno(cause, errno, "%s", path);
	else if (status.st_uid != geteuid())
		r = cause_set(cause, EPERM, "the runtime directory %s belongs to user %u", path,
			      (unsigned)status.st_uid);
	else if ((status.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
		r = cause_set_errno(cause, errno, "cannot set the mode of %s", path);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int explain_holder(const char *path, int lock, struct cause *cause)
{
	char text[32];

	ssize_t n = read_descriptor(lock, text, sizeof text);
	if (n > 0)
		text[strspn(text, "0123456789")] = '\0';
	if (n > 0 && text[0])
		return cause_set(cause, EBUSY, "another svinit (pid %s) runs with the runtime directory %s", text,
				 path);
	return cause_set(cause, EBUSY, "another svinit runs with the runtime directory %s", path);
}

static int take_lock(const char *path, int directory, struct cause *cause)
{
	char text[16];

	int lock = openat(directory, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (lock < 0)
		return cause_set_errno(cause, errno, "cannot open %s/lock", path);
	if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		int r = errno == EWOULDBLOCK ? explain_holder(path, lock, cause)
					     : cause_set_errno(cause, errno, "cannot lock %s/lock", path);
		close(lock);
		return r;
	}
	/* The pid is for people; a full disk does not weaken the lock. */
	int length = snprintf(text, sizeof text, "%d\n", (int)getpid());
	if (ftruncate(lock, 0) < 0 || pwrite(lock, text, (size_t)length, 0) != length)
		(void)!ftruncate(lock, 0);
	return lock;
}

int runtime_directory_open(const char *path, bool user_mode, struct cause *cause)
{
	int directory = open_own(path, user_mode ? 0700 : 0755, cause);

	if (directory < 0)
		return directory;
	int lock = take_lock(path, directory, cause);
	close(directory);
	return lock;
}

int directory_make_writable(const char *path, struct cause *cause)
{
	int r = *path ? make_parents(path) : -ENOENT;

	if (r == 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0 && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) < 0)
		r = -errno;
	return r < 0 ? cause_set_errno(cause, -r, "cannot write to the directory %s", path) : 0;
}
