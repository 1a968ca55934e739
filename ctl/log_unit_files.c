#include "ctl/log_unit_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/log_json.h"

enum { READ_SIZE = 64 * 1024, LINE_MAX_SIZE = 1 << 20 };

/* The rotated files. Their names never change; `current` gets such a name when it is rotated, and later than those. */
struct listing {
	char (*names)[LOG_UNIT_FILE_NAME_MAX + 1]; /* oldest first */
	size_t count;
};

static bool is_rotated(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && length <= LOG_UNIT_FILE_NAME_MAX && name[0] >= '0' && name[0] <= '9' &&
	       strcmp(name + length - 4, ".log") == 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool listing_add(struct listing *listing, const char *name)
{
	void *names = realloc(listing->names, (listing->count + 1) * sizeof *listing->names);

	if (!names)
		return false;
	listing->names = names;
	snprintf(listing->names[listing->count++], sizeof *listing->names, "%s", name);
	return true;
}

static int list(const struct log_unit_files *files, struct listing *listing)
{
	int fd = openat(files->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*listing = (struct listing){ 0 };
	if (!directory) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(directory))) {
		if (is_rotated(entry->d_name) && !listing_add(listing, entry->d_name))
			break;
	}
	closedir(directory);
	if (listing->count > 0)
		qsort(listing->names, listing->count, sizeof *listing->names, compare_names);
	return 0;
}

int log_unit_files_open(struct log_unit_files *files, int log_directory, const char *unit)
{
	*files = (struct log_unit_files){ .directory = -1, .fd = -1 };
	files->unit = strdup(unit);
	if (!files->unit)
		return -ENOMEM;
	files->directory = openat(log_directory, unit, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return files->directory < 0 ? -errno : 0;
}

void log_unit_files_finish(struct log_unit_files *files)
{
	if (files->directory >= 0)
		close(files->directory);
	if (files->fd >= 0)
		close(files->fd);
	free(files->unit);
	free(files->buffer);
	free(files->decoded);
	*files = (struct log_unit_files){ .directory = -1, .fd = -1 };
}

static int open_log(const struct log_unit_files *files, const char *name, ino_t *inode)
{
	struct stat status;
	int fd = openat(files->directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return -EBADFD;
	}
	*inode = status.st_ino;
	return fd;
}

/* Reads from the beginning of an open file from now on. Takes `fd` over; -1: of none. */
static void adopt(struct log_unit_files *files, int fd, ino_t inode)
{
	if (files->fd >= 0)
		close(files->fd);
	files->fd = fd;
	files->inode = inode;
	files->begin = files->end = files->scanned = 0;
}

static void pass(struct log_unit_files *files, const char *name)
{
	snprintf(files->passed, sizeof files->passed, "%s", name);
}

static bool open_rotated(struct log_unit_files *files, const char *name)
{
	ino_t inode = 0;
	int fd = open_log(files, name, &inode);

	pass(files, name);
	if (fd >= 0)
		adopt(files, fd, inode);
	return fd >= 0;
}

/* Where in the listing the file is that is being read; the count if it is not there. */
static size_t position_of(const struct log_unit_files *files, const struct listing *listing)
{
	struct stat status;
	size_t i = 0;

	while (i < listing->count && (fstatat(files->directory, listing->names[i], &status, AT_SYMLINK_NOFOLLOW) < 0 ||
				      status.st_ino != files->inode))
		i++;
	return i;
}

/* The oldest that is to be read yet, or NULL. A file that was rotated while it was read has a name now. */
static const char *first_unread(struct log_unit_files *files, const struct listing *listing)
{
	size_t i = files->fd >= 0 ? position_of(files, listing) : listing->count;

	if (i < listing->count && strcmp(listing->names[i], files->passed) > 0)
		pass(files, listing->names[i]);
	for (i = 0; i < listing->count; i++) {
		if (strcmp(listing->names[i], files->passed) > 0)
			return listing->names[i];
	}
	return NULL;
}

static bool make_room(struct log_unit_files *files)
{
	if (files->begin > 0) {
		memmove(files->buffer, files->buffer + files->begin, files->end - files->begin);
		files->end -= files->begin;
		files->begin = 0;
	}
	if (files->capacity - files->end >= READ_SIZE)
		return true;
	size_t capacity = files->capacity + READ_SIZE;
	if (capacity > LINE_MAX_SIZE + READ_SIZE)
		return false;
	char *buffer = realloc(files->buffer, capacity);
	if (!buffer)
		return false;
	files->buffer = buffer;
	files->capacity = capacity;
	return true;
}

/* false: end of file, or a line that is too long for us, which is then cut. */
static bool read_more(struct log_unit_files *files)
{
	ssize_t count;

	if (files->fd < 0 || !make_room(files))
		return false;
	do {
		count = read(files->fd, files->buffer + files->end, files->capacity - files->end);
	} while (count < 0 && errno == EINTR);
	if (count > 0)
		files->end += (size_t)count;
	return count > 0;
}

enum following { FOLLOWING_OPENED, FOLLOWING_NONE, FOLLOWING_GONE };

/*
 * A listing that is made while svlog rotates may show a file and miss an older one that was renamed meanwhile. That one
 * had its name before the listing ended, so that another listing shows both.
 */
static enum following open_next_rotated(struct log_unit_files *files)
{
	enum following result = FOLLOWING_NONE;

	for (int look = 0; look < 2; look++) {
		struct listing listing;
		const char *name;

		if (list(files, &listing) < 0)
			return FOLLOWING_NONE;
		name = first_unread(files, &listing);
		if (look == 1)
			result = name && open_rotated(files, name) ? FOLLOWING_OPENED : FOLLOWING_GONE;
		free(listing.names);
		if (!name)
			break;
	}
	return result;
}

/* Opens the file that follows in time, or finds that there is more in this one. false: neither, for now. */
static bool open_following(struct log_unit_files *files)
{
	for (;;) {
		ino_t inode = 0;
		int current = open_log(files, "current", &inode);
		bool at_current = current >= 0 && files->fd >= 0 && inode == files->inode;
		/* What svlog wrote between our end of file and the rotation is read first. */
		bool more = !at_current && read_more(files);
		/* All older ones than `current` were rotated before a listing that is made now. */
		enum following result = at_current || more ? FOLLOWING_NONE : open_next_rotated(files);

		if (!at_current && !more && result == FOLLOWING_NONE && current >= 0) {
			adopt(files, current, inode);
			return true;
		}
		if (current >= 0)
			close(current);
		if (result != FOLLOWING_GONE)
			return more || result == FOLLOWING_OPENED;
	}
}

static const char *find_newline(struct log_unit_files *files)
{
	size_t from = files->begin + files->scanned;
	const char *newline = files->end > from ? memchr(files->buffer + from, '\n', files->end - from) : NULL;

	files->scanned = newline ? 0 : files->end - files->begin;
	return newline;
}

/* A line that svlog did not write is shown nevertheless. */
static void read_record(struct log_unit_files *files, const char *line, size_t length)
{
	struct log_record *record = &files->record;

	if (length > 0 && line[0] == '{' && log_json_parse(line, length, record, &files->decoded) == 0)
		files->last_time = record->time;
	else if (log_record_parse(line, length, record) == 0)
		files->last_time = record->time;
	else
		*record = (struct log_record){
			.time = files->last_time, .mark = LOG_MARK_OUTPUT, .priority = 6, .text = line, .length = length
		};
	files->has_record = true;
}

static bool take_line(struct log_unit_files *files, size_t length, size_t newline)
{
	const char *line = files->buffer + files->begin;

	files->begin += length + newline;
	files->scanned = 0;
	read_record(files, line, length);
	return true;
}

static bool next_line(struct log_unit_files *files)
{
	for (;;) {
		const char *newline = find_newline(files);

		if (newline)
			return take_line(files, (size_t)(newline - files->buffer) - files->begin, 1);
		if (read_more(files))
			continue;
		if (files->end - files->begin > LINE_MAX_SIZE)
			return take_line(files, files->end - files->begin, 0);
		if (!open_following(files))
			return false;
	}
}

const struct log_record *log_unit_files_peek(struct log_unit_files *files)
{
	if (!files->has_record && !next_line(files))
		return NULL;
	return &files->record;
}

void log_unit_files_take(struct log_unit_files *files)
{
	files->has_record = false;
}

/* Where the last *count lines of the open file begin; *count becomes how many are still missing. */
static off_t find_last_lines(int fd, size_t *count)
{
	char block[16384];
	struct stat status;
	off_t position = fstat(fd, &status) < 0 ? 0 : status.st_size;
	bool at_end = true;

	while (position > 0) {
		size_t size = position > (off_t)sizeof block ? sizeof block : (size_t)position;

		position -= (off_t)size;
		if (pread(fd, block, size, position) != (ssize_t)size)
			return position;
		for (size_t i = size; i-- > 0; at_end = false) {
			/* The newline at the very end ends the last line and begins none. */
			if (block[i] == '\n' && !at_end && --*count == 0)
				return position + (off_t)i + 1;
		}
	}
	if (!at_end)
		--*count;
	return 0;
}

static void seek_last_lines(const struct log_unit_files *files, size_t *count)
{
	if (*count == 0)
		lseek(files->fd, 0, SEEK_END);
	else
		lseek(files->fd, find_last_lines(files->fd, count), SEEK_SET);
}

int log_unit_files_seek_last(struct log_unit_files *files, size_t count)
{
	struct listing listing;
	int result = list(files, &listing);
	ino_t inode = 0;
	/* Opened after the listing was made: it is newer than all in there. */
	int current = open_log(files, "current", &inode);

	adopt(files, current, inode);
	files->has_record = false;
	pass(files, listing.count > 0 ? listing.names[listing.count - 1] : "");
	if (current >= 0)
		seek_last_lines(files, &count);
	for (size_t i = listing.count; (count > 0 || files->fd < 0) && i-- > 0;) {
		if (open_rotated(files, listing.names[i]))
			seek_last_lines(files, &count);
	}
	free(listing.names);
	return result;
}

/* The time at which a file was rotated, as its name tells: "20261121T003510.123456Z.log". */
static usec rotated_at(const char *name)
{
	char stamp[LOG_STAMP_LENGTH + 1];
	usec time;

	if (strlen(name) < 23)
		return USEC_INFINITY;
	snprintf(stamp, sizeof stamp, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.6s+00:00", name, name + 4, name + 6, name + 9,
		 name + 11, name + 13, name + 16);
	return log_stamp_parse(stamp, strlen(stamp), &time) == 0 ? time : USEC_INFINITY;
}

int log_unit_files_seek_time(struct log_unit_files *files, usec time)
{
	struct listing listing;
	int result = list(files, &listing);

	for (size_t i = 0; i < listing.count && rotated_at(listing.names[i]) < time; i++)
		pass(files, listing.names[i]);
	free(listing.names);
	return result;
}
