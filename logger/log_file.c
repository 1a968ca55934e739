#include "logger/log_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROTATED_NAME_LENGTH = 27 };

/* What is in a unit's directory beside the current file. */
struct rotated {
	uint32_t count;
	uint64_t bytes;
	char oldest[ROTATED_NAME_LENGTH + 1], newest[ROTATED_NAME_LENGTH + 1];
};

static uint32_t files_of(const struct log_unit *unit)
{
	uint64_t fit = (unit->max_bytes ? unit->max_bytes : LOG_BYTES_DEFAULT) / LOG_FILE_BYTES_MIN;
	uint32_t files = unit->max_files ? unit->max_files : LOG_FILES_DEFAULT;

	if (files > fit)
		files = (uint32_t)fit;
	return files < LOG_FILES_MIN ? LOG_FILES_MIN : files;
}

static uint64_t bytes_of(const struct log_unit *unit)
{
	uint64_t bytes = unit->max_bytes ? unit->max_bytes : LOG_BYTES_DEFAULT;

	return bytes < LOG_FILES_MIN * LOG_FILE_BYTES_MIN ? LOG_FILES_MIN * LOG_FILE_BYTES_MIN : bytes;
}

static bool is_rotated_name(const char *name)
{
	static const char pattern[] = "00000000T000000.000000Z.log";

	if (strlen(name) != ROTATED_NAME_LENGTH)
		return false;
	for (size_t i = 0; i < ROTATED_NAME_LENGTH; i++) {
		bool is_digit = name[i] >= '0' && name[i] <= '9';

		if (pattern[i] == '0' ? !is_digit : name[i] != pattern[i])
			return false;
	}
	return true;
}

static void rotated_name(char to[ROTATED_NAME_LENGTH + 1], usec time)
{
	time_t second = (time_t)(time / USEC_PER_SEC);
	struct tm parts = { 0 };

	gmtime_r(&second, &parts);
	snprintf(to, ROTATED_NAME_LENGTH + 1, "%04u%02u%02uT%02u%02u%02u.%06uZ.log",
		 (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)(parts.tm_mon + 1) % 100,
		 (unsigned)parts.tm_mday % 100, (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
		 (unsigned)parts.tm_sec % 100, (unsigned)(time % USEC_PER_SEC) % 1000000);
}

/* The time that a rotated file's name tells, one microsecond later, as a name again. */
static void following_name(char to[ROTATED_NAME_LENGTH + 1], const char *name)
{
	struct tm parts = { 0 };
	unsigned fraction = 0;

	if (sscanf(name, "%4d%2d%2dT%2d%2d%2d.%6uZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
		   &parts.tm_min, &parts.tm_sec, &fraction) != 7)
		return;
	parts.tm_year -= 1900;
	parts.tm_mon -= 1;
	rotated_name(to, (usec)timegm(&parts) * USEC_PER_SEC + fraction + 1);
}

static void note_rotated(struct rotated *rotated, int directory, const char *name)
{
	struct stat status;

	if (!is_rotated_name(name) || fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	rotated->count++;
	rotated->bytes += (uint64_t)status.st_size;
	if (rotated->oldest[0] == '\0' || strcmp(name, rotated->oldest) < 0)
		memcpy(rotated->oldest, name, ROTATED_NAME_LENGTH + 1);
	if (strcmp(name, rotated->newest) > 0)
		memcpy(rotated->newest, name, ROTATED_NAME_LENGTH + 1);
}

static int list_rotated(int directory, struct rotated *rotated)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*rotated = (struct rotated){ 0 };
	if (!entries) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(entries)))
		note_rotated(rotated, directory, entry->d_name);
	closedir(entries);
	return 0;
}

static bool is_too_old(const struct log_unit *unit, const char *name, usec now)
{
	char limit[ROTATED_NAME_LENGTH + 1];

	if (unit->max_age == 0 || unit->max_age >= now)
		return false;
	rotated_name(limit, now - unit->max_age);
	return strcmp(name, limit) < 0;
}

/* Removes the oldest files until `reserve` more bytes are within the unit's cap. */
static int remove_surplus(int directory, const struct log_unit *unit, uint64_t reserve, usec now)
{
	struct rotated rotated;

	for (;;) {
		int result = list_rotated(directory, &rotated);

		if (result < 0 || rotated.count == 0)
			return result;
		if (rotated.count < files_of(unit) && rotated.bytes + reserve <= bytes_of(unit) &&
		    !is_too_old(unit, rotated.oldest, now))
			return 0;
		if (unlinkat(directory, rotated.oldest, 0) < 0 && errno != ENOENT)
			return -errno;
	}
}

static uint64_t share_of(const struct log_unit *unit)
{
	return bytes_of(unit) / files_of(unit);
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
}

static int open_anew(int log_directory, struct log_unit *unit, usec now, struct stat *status)
{
	int directory = open_directory(log_directory, unit);

	if (directory < 0)
		return directory;
	int result = open_current(directory, unit, status);
	if (result == 0)
		(void)remove_surplus(directory, unit, share_of(unit), now);
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

int log_file_open(int log_directory, struct log_unit *unit, usec now, struct log_position *position)
{
	struct stat status;

	if (!is_current(log_directory, unit, &status)) {
		forget(unit);
		int result = open_anew(log_directory, unit, now, &status);
		if (result < 0)
			return result;
	}
	*position = (struct log_position){ status.st_dev, status.st_ino, (uint64_t)status.st_size };
	return 0;
}

static int rename_current(int directory, const struct log_unit *unit, uint64_t reserve, usec now)
{
	char name[ROTATED_NAME_LENGTH + 1];
	struct rotated rotated;
	int result = list_rotated(directory, &rotated);

	if (result < 0)
		return result;
	rotated_name(name, now);
	if (strcmp(name, rotated.newest) <= 0)
		following_name(name, rotated.newest);
	if (renameat2(directory, "current", directory, name, RENAME_NOREPLACE) < 0 &&
	    (errno != EINVAL || renameat(directory, "current", directory, name) < 0))
		return errno == ENOENT ? 0 : -errno;
	return remove_surplus(directory, unit, reserve, now);
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
	return rotate(log_directory, unit, share_of(unit), now);
}

int log_file_make_room(int log_directory, struct log_unit *unit, size_t length, usec now, struct log_position *position)
{
	int result = log_file_open(log_directory, unit, now, position);

	if (result < 0 || position->size == 0 || position->size + length <= share_of(unit))
		return result;
	result = rotate(log_directory, unit, length > share_of(unit) ? length : share_of(unit), now);
	return result < 0 ? result : log_file_open(log_directory, unit, now, position);
}
