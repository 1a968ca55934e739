#include "supervisor/os/remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct removal {
	dev_t device;
	int depth, entries; /* what is still allowed */
	int error;          /* the first that does not keep the rest from being removed */
};

static int remove_entry(struct removal *removal, int parent_fd, const char *name);

/* All in the directory that `fd` is open on; takes it over. */
static int remove_contents(struct removal *removal, int fd)
{
	int r = 0;

	DIR *directory = fdopendir(fd);
	if (!directory) {
		r = -errno;
		close(fd);
		return r;
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(directory));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_entry(removal, dirfd(directory), entry->d_name);
	closedir(directory);
	return r;
}

static int open_same_device(const struct removal *removal, int parent_fd, const char *name)
{
	struct stat status;

	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	int r = fstat(fd, &status) < 0 ? -errno : status.st_dev != removal->device ? -EXDEV : fd;
	if (r < 0)
		close(fd);
	return r;
}

static int remove_directory(struct removal *removal, int parent_fd, const char *name)
{
	if (removal->depth == 0)
		return -ELOOP;
	int fd = open_same_device(removal, parent_fd, name);
	if (fd < 0)
		return fd;
	removal->depth--;
	int r = remove_contents(removal, fd);
	removal->depth++;
	if (r < 0)
		return r;
	return unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* Only what ends the whole work is returned; what concerns this entry alone is noted. */
static int remove_entry(struct removal *removal, int parent_fd, const char *name)
{
	if (removal->entries-- <= 0)
		return -EAGAIN;
	int r = unlinkat(parent_fd, name, 0) < 0 ? -errno : 0;
	if (r == -EISDIR || r == -EPERM)
		r = remove_directory(removal, parent_fd, name);
	if (r == 0 || r == -ENOENT)
		return 0;
	if (r == -EAGAIN)
		return r;
	if (removal->error == 0)
		removal->error = r;
	return 0;
}

int remove_tree(int parent_fd, const char *name, int depth, int entries)
{
	struct removal removal = { .depth = depth, .entries = entries };
	struct stat status;

	if (fstatat(parent_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	removal.device = status.st_dev;
	int r = remove_entry(&removal, parent_fd, name);
	return r < 0 ? r : removal.error;
}
