#include "supervisor/os/exec_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/remove_tree.h"

enum { OPEN_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK };

/* Cuts the first component off. false: there is none left, or it is one that leads elsewhere (then *at is NULL). */
static bool next_component(const char **at, char component[NAME_MAX + 1])
{
	*at += strspn(*at, "/");
	size_t length = strcspn(*at, "/");
	if (length == 0)
		return false;
	if (length > NAME_MAX || (length <= 2 && strncmp(*at, "..", length) == 0)) {
		*at = NULL;
		return false;
	}
	memcpy(component, *at, length);
	component[length] = '\0';
	*at += length;
	return true;
}

/* Makes and opens one component; takes over the descriptor of its parent. `made` tells whether it was not there. */
static int descend(int parent, const char *component, mode_t mode, bool make, bool *made)
{
	*made = make && mkdirat(parent, component, mode) == 0;
	int error = *made || !make || errno == EEXIST ? 0 : errno;
	int fd = error ? -1 : openat(parent, component, OPEN_FLAGS);
	if (!error && fd < 0)
		error = errno;
	close(parent);
	return error ? -error : fd;
}

static int make_base(const char *base)
{
	int fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && mkdir(base, 0755) == 0)
		fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Opens what holds the last component of `name`, which is put into `last`. fd or -errno. */
static int open_parent(const char *base, const char *name, bool make, char last[NAME_MAX + 1])
{
	char following[NAME_MAX + 1];
	bool made;

	int fd = make ? make_base(base) : open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return make ? fd : -errno;
	bool more = next_component(&name, last);
	while (more && fd >= 0 && next_component(&name, following)) {
		fd = descend(fd, last, 0755, make, &made);
		memcpy(last, following, sizeof following);
	}
	if (fd >= 0 && (!more || !name)) {
		close(fd);
		fd = -EINVAL;
	}
	return fd;
}

static int give(int fd, const struct exec_directory_recipe *recipe)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	bool other_owner = (recipe->uid != (uid_t)-1 && status.st_uid != recipe->uid) ||
			   (recipe->gid != (gid_t)-1 && status.st_gid != recipe->gid);
	/* The mode first: with the owner changed, the directory is no longer ours to restrict. */
	if ((status.st_mode & 07777) != recipe->mode && fchmod(fd, recipe->mode) < 0)
		return -errno;
	return other_owner && fchown(fd, recipe->uid, recipe->gid) < 0 ? -errno : 0;
}

int exec_directory_make(const struct exec_directory_recipe *recipe, struct cause *cause)
{
	char last[NAME_MAX + 1];
	bool made;

	int fd = open_parent(recipe->base, recipe->name, true, last);
	if (fd >= 0)
		fd = descend(fd, last, recipe->mode & 0700, true, &made);
	int r = fd < 0 ? fd : give(fd, recipe);
	if (fd >= 0)
		close(fd);
	if (r < 0)
		return cause_set_errno(cause, -r, "cannot make the directory %s/%s", recipe->base, recipe->name);
	return 0;
}

/* How deep a path lies, for as many ".." lead out of it again. */
static int write_target(const char *name, const char *link, char *target, size_t size)
{
	size_t used = 0;

	for (const char *slash = strchr(link, '/'); slash; slash = strchr(slash + 1, '/')) {
		if (used + 3 >= size)
			return -ENAMETOOLONG;
		memcpy(target + used, "../", 3);
		used += 3;
	}
	return (size_t)snprintf(target + used, size - used, "%s", name) < size - used ? 0 : -ENAMETOOLONG;
}

static int link_at(int parent, const char *last, const char *target)
{
	char there[PATH_MAX];

	if (symlinkat(target, parent, last) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	ssize_t n = readlinkat(parent, last, there, sizeof there - 1);
	if (n < 0)
		return -EEXIST;
	there[n] = '\0';
	return strcmp(there, target) == 0 ? 0 : -EEXIST;
}

int exec_directory_link(const char *base, const char *name, const char *symlink, struct cause *cause)
{
	char last[NAME_MAX + 1], target[PATH_MAX];

	int r = write_target(name, symlink, target, sizeof target);
	int fd = r < 0 ? r : open_parent(base, symlink, true, last);
	if (fd >= 0) {
		r = link_at(fd, last, target);
		close(fd);
	} else {
		r = fd;
	}
	return r < 0 ? cause_set_errno(cause, -r, "cannot make the symbolic link %s/%s", base, symlink) : 0;
}

int exec_directory_remove(const char *base, const char *name, struct cause *cause)
{
	char last[NAME_MAX + 1];

	int fd = open_parent(base, name, false, last);
	if (fd == -ENOENT)
		return 0;
	int r = fd < 0 ? fd : remove_tree(fd, last, EXEC_DIRECTORY_DEPTH_MAX, EXEC_DIRECTORY_REMOVE_MAX);
	if (fd >= 0)
		close(fd);
	return r < 0 ? cause_set_errno(cause, -r, "cannot remove the directory %s/%s", base, name) : 0;
}
