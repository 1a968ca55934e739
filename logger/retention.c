#include "logger/retention.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROTATED_FILES_MAX = 4096 };

static uint64_t bytes_of(const struct log_unit *unit)
{
	uint64_t bytes = unit->max_bytes ? unit->max_bytes : LOG_BYTES_DEFAULT;

	return bytes < LOG_FILES_MIN * LOG_FILE_BYTES_MIN ? LOG_FILES_MIN * LOG_FILE_BYTES_MIN : bytes;
}

/* In how many files the bytes are to be divided. */
static uint32_t shares_of(const struct log_unit *unit)
{
	uint64_t fit = bytes_of(unit) / LOG_FILE_BYTES_MIN;
	uint32_t shares = unit->max_files ? unit->max_files : LOG_SHARES_DEFAULT;

	if (shares > fit)
		shares = (uint32_t)fit;
	return shares < LOG_FILES_MIN ? LOG_FILES_MIN : shares;
}

static uint32_t files_of(const struct log_unit *unit)
{
	uint32_t files = unit->max_files ? unit->max_files : LOG_FILES_DEFAULT;

	return files < LOG_FILES_MIN ? LOG_FILES_MIN : files;
}

uint64_t retention_share(const struct log_unit *unit)
{
	return bytes_of(unit) / shares_of(unit);
}

bool retention_allows_compression(const struct log_unit *unit)
{
	return unit->compress && shares_of(unit) >= LOG_FILES_TO_COMPRESS;
}

static bool note(struct rotated_files *rotated, int directory, const char *name)
{
	bool compressed = false, temporary = log_name_is_temporary(name);
	struct stat status;

	if (!temporary && !log_name_is_rotated(name, &compressed))
		return true;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	if (rotated->count == rotated->room) {
		size_t room = rotated->room ? rotated->room * 2 : 8;
		struct rotated_file *files =
			room > ROTATED_FILES_MAX ? NULL : reallocarray(rotated->files, room, sizeof *files);

		if (!files)
			return false;
		rotated->files = files;
		rotated->room = room;
	}
	struct rotated_file *file = &rotated->files[rotated->count++];
	*file = (struct rotated_file){ .bytes = (uint64_t)status.st_size,
				       .compressed = compressed,
				       .temporary = temporary };
	snprintf(file->name, sizeof file->name, "%s", name);
	rotated->bytes += file->bytes;
	return true;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct rotated_file *)left)->name, ((const struct rotated_file *)right)->name);
}

int rotated_files_list(struct rotated_files *rotated, int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*rotated = (struct rotated_files){ 0 };
	if (!entries) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(entries)) && note(rotated, directory, entry->d_name))
		;
	closedir(entries);
	if (rotated->count > 1)
		qsort(rotated->files, rotated->count, sizeof *rotated->files, compare);
	return 0;
}

void rotated_files_finish(struct rotated_files *rotated)
{
	free(rotated->files);
	*rotated = (struct rotated_files){ 0 };
}

static bool is_too_old(const struct log_unit *unit, const char *name, usec now)
{
	usec rotated = log_name_time(name);

	return unit->max_age > 0 && rotated != USEC_INFINITY && rotated < now && now - rotated > unit->max_age;
}

/* What is half compressed is of no use without the file that it is made of. */
static bool is_stale(const struct rotated_files *rotated, const struct rotated_file *file)
{
	for (size_t i = 0; file->temporary && i < rotated->count; i++) {
		const struct rotated_file *other = &rotated->files[i];

		if (!other->temporary && !other->compressed &&
		    strncmp(other->name, file->name + 1, LOG_NAME_LENGTH) == 0)
			return false;
	}
	return file->temporary;
}

static int remove_surplus(int directory, const struct log_unit *unit, struct rotated_files *rotated, uint64_t reserve,
			  usec now)
{
	size_t left = rotated->count;

	for (size_t i = 0; i < rotated->count; i++) {
		const struct rotated_file *file = &rotated->files[i];
		bool is_surplus = left >= files_of(unit) || rotated->bytes + reserve > bytes_of(unit) ||
				  is_too_old(unit, file->name, now);

		if (file->temporary ? !is_stale(rotated, file) : !is_surplus)
			continue;
		if (unlinkat(directory, file->name, 0) < 0 && errno != ENOENT)
			return -errno;
		rotated->bytes -= file->bytes;
		left--;
	}
	return 0;
}

int retention_apply(int directory, const struct log_unit *unit, uint64_t current, usec now)
{
	uint64_t reserve = current + (retention_allows_compression(unit) ? retention_share(unit) : 0);
	struct rotated_files rotated;
	int result = rotated_files_list(&rotated, directory);

	if (result == 0)
		result = remove_surplus(directory, unit, &rotated, reserve, now);
	rotated_files_finish(&rotated);
	return result;
}
