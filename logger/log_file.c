#include "logger/log_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log_record.h"
#include "logger/retention.h"

/* The name that follows another one. */
static void following_name(char to[LOG_NAME_LENGTH + 1], const char *name)
{
	usec time = log_name_time(name);

	if (time != USEC_INFINITY)
		log_name_make(to, time + 1);
}

/* The unit's directory, made if missing; a descriptor or -errno. */
static int open_directory(int log_directory, const struct log_unit *unit)
{
	static const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(log_directory, unit->name, flags);

	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(log_directory, unit->name, 0750) < 0 && errno != EEXIST)
			return -errno;
		fd = openat(log_directory, unit->name, flags);
	}
	return fd < 0 ? -errno : fd;
}

static int open_current(int directory, struct log_unit *unit, struct stat *status)
{
	/* Never waits for a reader should somebody have put a FIFO there. */
	int fd =
		openat(directory, "current", O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	if (fstat(fd, status) < 0 || !S_ISREG(status->st_mode)) {
		close(fd);
		return -EBADFD;
	}
	unit->fd = fd;
	return 0;
}

static void forget(struct log_unit *unit)
{
	if (unit->fd >= 0)
		close(unit->fd);
	unit->fd = -1;
	unit->size = 0;
}

/* When the first record of the current file was written; 0: it does not tell. */
static usec first_time(int directory)
{
	char head[64];
	usec time = 0;
	int fd = openat(directory, "current", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : pread(fd, head, sizeof head, 0);

	if (length > 0)
		(void)log_line_time(head, (size_t)length, &time);
	if (fd >= 0)
		close(fd);
	return time;
}

static int open_anew(int log_directory, struct log_unit *unit, usec now, struct stat *status)
{
	int directory = open_directory(log_directory, unit);

	if (directory < 0)
		return directory;
	int result = open_current(directory, unit, status);
	if (result == 0) {
		(void)retention_apply(directory, unit, retention_share(unit), now);
		unit->begun = status->st_size > 0 ? first_time(directory) : 0;
		log_unit_wants_upkeep(unit, now + LOG_UNIT_COMPRESSION_DELAY);
	}
	close(directory);
	return result;
}

/* Whether the file under the name `current` is the one that is open. */
static bool is_current(int log_directory, const struct log_unit *unit, struct stat *status)
{
	char path[sizeof "/current" + 256];
	struct stat open_status;

	if (unit->fd < 0)
		return false;
	snprintf(path, sizeof path, "%s/current", unit->name);
	return fstatat(log_directory, path, status, AT_SYMLINK_NOFOLLOW) == 0 && fstat(unit->fd, &open_status) == 0 &&
	       status->st_ino == open_status.st_ino && status->st_dev == open_status.st_dev;
}

static uint64_t count_lines(int fd, uint64_t size)
{
	char path[sizeof "/proc/self/fd/2147483647"], block[16384];
	uint64_t lines = 0;
	ssize_t count = 1;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int reader = open(path, O_RDONLY | O_CLOEXEC);
	for (; reader >= 0 && size > 0 && count > 0; size -= (uint64_t)count) {
		count = read(reader, block, size < sizeof block ? (size_t)size : sizeof block);
		for (const char *at = block; count > 0 && (at = memchr(at, '\n', (size_t)(block + count - at))); at++)
			lines++;
		if (count < 0)
			break;
	}
	if (reader >= 0)
		close(reader);
	return lines;
}

/* A file that has no name any more is gone with what is in it, but for a write that is not finished, which is made
 * again; one that was renamed is somebody's. */
static bool was_removed(struct log_unit *unit)
{
	struct stat status;

	if (unit->fd < 0 || fstat(unit->fd, &status) < 0 || status.st_nlink > 0)
		return false;
	uint64_t size = (uint64_t)status.st_size;
	if (unit->blocker != LOG_UNIT_FREE && unit->write_start < size)
		size = unit->write_start;
	unit->lost_lines += count_lines(unit->fd, size);
	unit->lost_bytes += size;
	return size > 0;
}

static bool was_cut(struct log_unit *unit, const struct stat *status)
{
	uint64_t size = (uint64_t)status->st_size;

	if (size >= unit->size)
		return false;
	unit->lost_bytes += unit->size - size;
	unit->size = size;
	return true;
}

bool log_file_is_open(const struct log_unit *unit, uint64_t device, uint64_t inode, struct log_position *position)
{
	struct stat status;

	if (unit->fd < 0 || fstat(unit->fd, &status) < 0 || status.st_nlink == 0 || status.st_dev != device ||
	    status.st_ino != inode)
		return false;
	*position = (struct log_position){ status.st_dev, status.st_ino, (uint64_t)status.st_size };
	return true;
}

static int open_inode(int directory, const char *name, struct log_position *position)
{
	int fd = openat(directory, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd >= 0 && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_dev != position->device ||
			status.st_ino != position->inode)) {
		close(fd);
		return -ENOENT;
	}
	if (fd >= 0)
		position->size = (uint64_t)status.st_size;
	return fd < 0 ? -errno : fd;
}

int log_file_find(int log_directory, const struct log_unit *unit, struct log_position *position)
{
	int directory = openat(log_directory, unit->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *entries = directory < 0 ? NULL : fdopendir(directory);
	int found = -ENOENT;
	struct dirent *entry;

	if (!entries && directory >= 0)
		close(directory);
	while (entries && found < 0 && (entry = readdir(entries))) {
		if (entry->d_ino == position->inode)
			found = open_inode(directory, entry->d_name, position);
	}
	if (entries)
		closedir(entries);
	return found;
}

int log_file_open(int log_directory, struct log_unit *unit, usec now, struct log_position *position)
{
	struct stat status = { 0 };

	if (!is_current(log_directory, unit, &status)) {
		bool removed = was_removed(unit);

		forget(unit);
		if (removed)
			return -ESTALE;
		int result = open_anew(log_directory, unit, now, &status);
		if (result < 0)
			return result;
	} else if (was_cut(unit, &status)) {
		return -ESTALE;
	}
	*position = (struct log_position){ status.st_dev, status.st_ino, (uint64_t)status.st_size };
	return 0;
}

static int rename_current(int directory, struct log_unit *unit, uint64_t reserve, usec now)
{
	char name[LOG_NAME_LENGTH + 1];
	struct rotated_files rotated;
	int result = rotated_files_list(&rotated, directory);

	if (result < 0)
		return result;
	log_name_make(name, now);
	for (size_t i = rotated.count; i-- > 0;) {
		const struct rotated_file *newest = &rotated.files[i];

		if (newest->temporary)
			continue;
		if (strncmp(name, newest->name, LOG_NAME_LENGTH) <= 0)
			following_name(name, newest->name);
		break;
	}
	rotated_files_finish(&rotated);
	if (renameat2(directory, "current", directory, name, RENAME_NOREPLACE) < 0 &&
	    (errno != EINVAL || renameat(directory, "current", directory, name) < 0))
		return errno == ENOENT ? 0 : -errno;
	log_unit_wants_upkeep(unit, now + LOG_UNIT_COMPRESSION_DELAY);
	return retention_apply(directory, unit, reserve, now);
}

static int rotate(int log_directory, struct log_unit *unit, uint64_t reserve, usec now)
{
	int directory = openat(log_directory, unit->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	int result = 0;

	if (directory < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstatat(directory, "current", &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_size > 0)
		result = rename_current(directory, unit, reserve, now);
	close(directory);
	if (result == 0)
		forget(unit);
	return result;
}

int log_file_rotate(int log_directory, struct log_unit *unit, usec now)
{
	return rotate(log_directory, unit, retention_share(unit), now);
}

bool log_file_is_aged(const struct log_unit *unit, usec now)
{
	return unit->max_age > 0 && unit->begun > 0 && now > unit->begun &&
	       now - unit->begun >= log_unit_rotation_age(unit);
}

int log_file_make_room(int log_directory, struct log_unit *unit, size_t length, usec now, struct log_position *position)
{
	uint64_t share = retention_share(unit);
	int result = log_file_open(log_directory, unit, now, position);

	if (result == 0 && position->size > 0 && (position->size + length > share || log_file_is_aged(unit, now))) {
		result = rotate(log_directory, unit, length > share ? length : share, now);
		if (result == 0)
			result = log_file_open(log_directory, unit, now, position);
	}
	if (result == 0 && position->size == 0) {
		unit->begun = now;
		if (unit->max_age > 0)
			log_unit_wants_upkeep(unit, now + log_unit_rotation_age(unit));
	}
	return result;
}
