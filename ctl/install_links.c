/* Making and removing single links. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/install.h"

static void note_change(struct install *install, const char *type, const char *path, const char *source)
{
	json_array_append_new(install->changes,
			      json_pack("{s:s, s:s, s:s*}", "type", type, "path", path, "source", source));
}

/* mkdir -p for what a path lies in. */
static int make_parents(const char *path)
{
	char directory[PATH_MAX];
	snprintf(directory, sizeof(directory), "%s", path);
	for (char *slash = strchr(directory + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(directory, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static bool is_same_file(const struct install *install, const char *a, const char *b)
{
	char path[PATH_MAX], other[PATH_MAX];
	struct stat first, second;
	return unit_directories_on_disk(&install->directories, a, path) &&
	       unit_directories_on_disk(&install->directories, b, other) && stat(path, &first) == 0 &&
	       stat(other, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* Whether a link leads to the target already, by whatever way. */
static bool leads_to(const struct install *install, const char *path, const char *text, const char *target)
{
	char directory[PATH_MAX], destination[PATH_MAX];
	snprintf(directory, sizeof(directory), "%s", path);
	*strrchr(directory, '/') = '\0';
	if (!link_destination(directory, text, destination))
		return false;
	return strcmp(destination, target) == 0 || is_same_file(install, destination, target);
}

enum obstacle { NOTHING_THERE, SAME_LINK, OTHER_LINK, FILE_THERE };

static enum obstacle what_is_there(const struct install *install, const char *path, const char *on_disk,
				   const char *target, char text[PATH_MAX])
{
	ssize_t length = readlink(on_disk, text, PATH_MAX - 1);
	if (length < 0)
		return errno == EINVAL ? FILE_THERE : NOTHING_THERE;
	text[length] = '\0';
	return leads_to(install, path, text, target) ? SAME_LINK : OTHER_LINK;
}

/* Under another name first, so that at no time there is none. */
static int replace_link(const char *on_disk, const char *target)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof(temporary), "%s.%d~", on_disk, (int)getpid()) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	if (symlink(target, temporary) < 0)
		return -errno;
	if (rename(temporary, on_disk) == 0)
		return 0;
	int error = errno;
	unlink(temporary);
	return -error;
}

bool install_link(struct install *install, const char *path, const char *target, bool force)
{
	char on_disk[PATH_MAX], text[PATH_MAX];
	if (!unit_directories_on_disk(&install->directories, path, on_disk))
		return install_fail(install, "%s: the path is too long", path);
	int r = make_parents(on_disk);
	enum obstacle obstacle = what_is_there(install, path, on_disk, target, text);
	if (r == 0 && obstacle == SAME_LINK)
		return true;
	if (r == 0 && obstacle == FILE_THERE && !force)
		return install_fail(install, "%s is there already, and is no link; move it away", on_disk);
	if (r == 0 && obstacle == OTHER_LINK && !force)
		return install_fail(install, "%s leads to %s already; --force replaces it", on_disk, text);
	if (r == 0)
		r = replace_link(on_disk, target);
	if (r < 0)
		return install_fail(install, "cannot link %s to %s: %s", on_disk, target, strerror(-r));
	if (obstacle != NOTHING_THERE)
		note_change(install, "unlink", on_disk, NULL);
	note_change(install, "symlink", on_disk, target);
	return true;
}

bool install_is_mask(const struct install *install, const char *path)
{
	char on_disk[PATH_MAX], text[16];
	if (!unit_directories_on_disk(&install->directories, path, on_disk))
		return false;
	ssize_t length = readlink(on_disk, text, sizeof(text));
	return length == 9 && memcmp(text, "/dev/null", 9) == 0;
}

static bool is_dependency_directory(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && (strcmp(dot, ".wants") == 0 || strcmp(dot, ".requires") == 0 || strcmp(dot, ".upholds") == 0 ||
		       strcmp(dot, ".d") == 0);
}

bool install_remove(struct install *install, const char *path)
{
	char on_disk[PATH_MAX];
	if (!unit_directories_on_disk(&install->directories, path, on_disk))
		return install_fail(install, "%s: the path is too long", path);
	if (unlink(on_disk) < 0)
		return errno == ENOENT || install_fail(install, "cannot remove %s: %s", on_disk, strerror(errno));
	note_change(install, "unlink", on_disk, NULL);
	*strrchr(on_disk, '/') = '\0';
	if (is_dependency_directory(on_disk))
		rmdir(on_disk); /* fails while others are in it */
	return true;
}
