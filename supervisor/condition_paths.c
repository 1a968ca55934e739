/* Conditions on the file system. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/parse.h"
#include "supervisor/condition_tests.h"

/* Without waiting for a server or an automount. */
static bool look_at(const char *path, int flags, struct statx *status)
{
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | flags,
		     STATX_TYPE | STATX_MODE | STATX_SIZE | STATX_MTIME, status) == 0;
}

bool condition_path_exists(const char *path)
{
	struct statx status;

	return look_at(path, 0, &status);
}

bool condition_path_exists_glob(const char *pattern)
{
	glob_t found = { 0 };
	bool any = glob(pattern, GLOB_NOSORT, NULL, &found) == 0 && found.gl_pathc > 0;

	globfree(&found);
	return any;
}

static bool has_type(const char *path, int flags, mode_t type)
{
	struct statx status;

	return look_at(path, flags, &status) && (status.stx_mode & S_IFMT) == type;
}

bool condition_path_is_directory(const char *path)
{
	return has_type(path, 0, S_IFDIR);
}

bool condition_path_is_symbolic_link(const char *path)
{
	return has_type(path, AT_SYMLINK_NOFOLLOW, S_IFLNK);
}

bool condition_path_is_mount_point(const char *path)
{
	struct statx status;

	return look_at(path, 0, &status) && (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

bool condition_path_is_read_write(const char *path)
{
	return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 || (errno != EROFS && errno != ENOENT);
}

/* Which devices are encrypted cannot be seen from in here. */
bool condition_path_is_encrypted(const char *path)
{
	(void)path;
	return false;
}

bool condition_directory_not_empty(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item = NULL;

	if (!directory)
		return false;
	do
		item = readdir(directory);
	while (item && (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0));
	closedir(directory);
	return item;
}

bool condition_file_not_empty(const char *path)
{
	struct statx status;

	return look_at(path, 0, &status) && S_ISREG(status.stx_mode) && status.stx_size > 0;
}

bool condition_file_is_executable(const char *path)
{
	struct statx status;

	return look_at(path, 0, &status) && S_ISREG(status.stx_mode) && (status.stx_mode & 0111);
}

/* /etc or /var is older than /usr: systemd-update-done(8) has not left its mark since. */
bool condition_needs_update(const char *path)
{
	struct statx usr, mark;
	char file[512];

	if (snprintf(file, sizeof file, "%s/.updated", path) >= (int)sizeof file ||
	    !condition_path_is_read_write(path) || !look_at("/usr", 0, &usr))
		return false;
	if (!look_at(file, AT_SYMLINK_NOFOLLOW, &mark))
		return true;
	if (usr.stx_mtime.tv_sec != mark.stx_mtime.tv_sec)
		return usr.stx_mtime.tv_sec > mark.stx_mtime.tv_sec;
	return usr.stx_mtime.tv_nsec > mark.stx_mtime.tv_nsec;
}

bool condition_first_boot(const char *wanted)
{
	bool expected;

	return parse_boolean(wanted, &expected) == 0 && condition_path_exists("/run/systemd/first-boot") == expected;
}
