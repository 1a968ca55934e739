#include "ctl/log_unit_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/log_json.h"
#include "ctl/log_listing.h"

int log_unit_files_open(struct log_unit_files *files, int log_directory, const char *unit)
{
	*files = (struct log_unit_files){ .directory = -1, .bytes = { .fd = -1 } };
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
	log_bytes_close(&files->bytes);
	free(files->unit);
	free(files->buffer);
	free(files->decoded);
	json_decref(files->fields);
	*files = (struct log_unit_files){ .directory = -1, .bytes = { .fd = -1 } };
}

void log_unit_files_place(struct log_unit_files *files, off_t offset)
{
	files->offset = offset;
	files->begin = files->end = files->scanned = 0;
	files->has_record = false;
}

void log_unit_files_adopt(struct log_unit_files *files, struct log_bytes *bytes, const char *name)
{
	log_bytes_close(&files->bytes);
	files->bytes = *bytes;
	snprintf(files->name, sizeof files->name, "%s", name);
	log_unit_files_place(files, 0);
}

static void pass(struct log_unit_files *files, const char *name)
{
	snprintf(files->passed, sizeof files->passed, "%s", name);
}

bool log_unit_files_open_rotated(struct log_unit_files *files, const char *name)
{
	char other[LOG_NAME_MAX + 1];
	struct log_bytes bytes;
	bool compressed = false;

	log_name_is_rotated(name, &compressed);
	snprintf(other, sizeof other, "%.*s%s", LOG_NAME_LENGTH, name, compressed ? "" : LOG_NAME_COMPRESSED);
	if (log_bytes_open(&bytes, files->directory, name) < 0 && log_bytes_open(&bytes, files->directory, other) < 0)
		return false;
	log_unit_files_adopt(files, &bytes, name);
	return true;
}

static ino_t inode_of(const struct log_unit_files *files, const char *name)
{
	struct stat status;

	return fstatat(files->directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
}

/* Whether a rotated file begins with the same record, to the microsecond, and so is the one that is being read. */
static bool begins_alike(struct log_unit_files *files, const char *name)
{
	char ours[LOG_STAMP_LENGTH * 2], theirs[sizeof ours];
	struct log_bytes other;

	if (log_bytes_open(&other, files->directory, name) < 0)
		return false;
	ssize_t length = log_bytes_read(&other, theirs, sizeof theirs, 0);
	log_bytes_close(&other);
	return length >= LOG_STAMP_LENGTH && log_bytes_read(&files->bytes, ours, sizeof ours, 0) >= length &&
	       memcmp(ours, theirs, (size_t)length) == 0;
}

/* What was `current` has another name since it was rotated, and another inode since it was compressed. */
static size_t position_of_former_current(struct log_unit_files *files, const struct log_listing *listing)
{
	for (size_t i = listing->count; i-- > 0;) {
		if (inode_of(files, listing->names[i]) == files->bytes.inode)
			return i;
	}
	if (inode_of(files, "current") == files->bytes.inode)
		return listing->count;
	for (size_t i = listing->count; i-- > 0;) {
		if (begins_alike(files, listing->names[i]))
			return i;
	}
	return listing->count;
}

size_t log_unit_files_position(struct log_unit_files *files, const struct log_listing *listing)
{
	size_t i = 0;

	if (!files->name[0])
		return position_of_former_current(files, listing);
	while (i < listing->count && log_listing_compare(listing->names[i], files->name) < 0)
		i++;
	return i;
}

/* The oldest that is to be read yet, or NULL. A file that was rotated while it was read has a name now. */
static const char *first_unread(struct log_unit_files *files, const struct log_listing *listing)
{
	size_t i = files->bytes.fd >= 0 && !files->name[0] ? log_unit_files_position(files, listing) : listing->count;

	if (i < listing->count && log_listing_compare(listing->names[i], files->passed) > 0)
		pass(files, listing->names[i]);
	for (i = 0; i < listing->count; i++) {
		if (log_listing_compare(listing->names[i], files->passed) > 0)
			return listing->names[i];
	}
	return NULL;
}

bool log_unit_files_make_room(struct log_unit_files *files)
{
	if (files->capacity - files->end >= LOG_READ_SIZE)
		return true;
	size_t capacity = files->capacity + LOG_READ_SIZE;
	if (capacity > LOG_LINE_SIZE_MAX + 2 * LOG_READ_SIZE)
		return false;
	char *buffer = realloc(files->buffer, capacity);
	if (!buffer)
		return false;
	files->buffer = buffer;
	files->capacity = capacity;
	return true;
}

static void drop_what_was_read(struct log_unit_files *files)
{
	if (files->begin == 0)
		return;
	memmove(files->buffer, files->buffer + files->begin, files->end - files->begin);
	files->offset += (off_t)files->begin;
	files->end -= files->begin;
	files->begin = 0;
}

/* false: end of file, or a line that is too long for us, which is then cut. */
static bool read_more(struct log_unit_files *files)
{
	if (files->bytes.fd < 0)
		return false;
	drop_what_was_read(files);
	if (files->end > LOG_LINE_SIZE_MAX || !log_unit_files_make_room(files))
		return false;
	off_t at = files->offset + (off_t)files->end;
	ssize_t count = log_bytes_read(&files->bytes, files->buffer + files->end, files->capacity - files->end, at);
	if (count > 0)
		files->end += (size_t)count;
	else if (log_bytes_size(&files->bytes) < at)
		log_unit_files_place(files, 0); /* cut underneath us; what is written now stands at the front */
	return count > 0;
}

enum following { FOLLOWING_OPENED, FOLLOWING_NONE, FOLLOWING_GONE };

static enum following open_unread(struct log_unit_files *files, const char *name)
{
	if (!name)
		return FOLLOWING_GONE;
	pass(files, name);
	return log_unit_files_open_rotated(files, name) ? FOLLOWING_OPENED : FOLLOWING_GONE;
}

/*
 * A listing that is made while svlog rotates may show a file and miss an older one that was renamed meanwhile. That one
 * had its name before the listing ended, so that another listing shows both.
 */
static enum following open_next_rotated(struct log_unit_files *files)
{
	enum following result = FOLLOWING_NONE;

	for (int look = 0; look < 2; look++) {
		struct log_listing listing;
		const char *name;

		if (log_listing_read(&listing, files->directory) < 0)
			return FOLLOWING_NONE;
		name = first_unread(files, &listing);
		if (look == 1)
			result = open_unread(files, name);
		log_listing_finish(&listing);
		if (!name)
			break;
	}
	return result;
}

/* Opens the file that follows in time, or finds that there is more in this one. false: neither, for now. */
static bool open_following(struct log_unit_files *files)
{
	for (;;) {
		struct log_bytes current;
		bool has_current = log_bytes_open(&current, files->directory, "current") == 0;
		bool at_current = has_current && files->bytes.fd >= 0 && current.inode == files->bytes.inode;
		/* What svlog wrote between our end of file and the rotation is read first. */
		bool more = !at_current && read_more(files);
		/* All older ones than `current` were rotated before a listing that is made now. */
		enum following result = at_current || more ? FOLLOWING_NONE : open_next_rotated(files);

		if (!at_current && !more && result == FOLLOWING_NONE && has_current) {
			log_unit_files_adopt(files, &current, "");
			return true;
		}
		log_bytes_close(&current);
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
void log_unit_files_read_record(struct log_unit_files *files, const char *line, size_t length)
{
	struct log_record *record = &files->record;

	json_decref(files->fields);
	files->fields = NULL;
	if (length > 0 && line[0] == '{' && log_json_parse(line, length, record, &files->decoded, &files->fields) == 0)
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

	files->record_begin = files->begin;
	files->begin += length + newline;
	files->scanned = 0;
	log_unit_files_read_record(files, line, length);
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
		if (files->end - files->begin > LOG_LINE_SIZE_MAX)
			return take_line(files, files->end - files->begin, 0);
		if (!open_following(files))
			return false;
	}
}

/* The newest rotated file that is older than the one that is being read. */
static void pass_older(struct log_unit_files *files)
{
	struct log_listing listing;

	if (files->name[0]) {
		pass(files, files->name);
		return;
	}
	pass(files, "");
	if (files->bytes.fd < 0 || log_listing_read(&listing, files->directory) < 0)
		return;
	size_t i = log_unit_files_position(files, &listing);
	if (i > 0)
		pass(files, listing.names[i - 1]);
	log_listing_finish(&listing);
}

static void turn_forwards(struct log_unit_files *files)
{
	off_t place = files->offset + (off_t)files->end;

	files->backwards = false;
	log_unit_files_place(files, place);
	pass_older(files);
}

const struct log_record *log_unit_files_peek(struct log_unit_files *files)
{
	if (files->backwards)
		turn_forwards(files);
	if (!files->has_record && !next_line(files))
		return NULL;
	return &files->record;
}

void log_unit_files_take(struct log_unit_files *files)
{
	if (files->backwards && files->has_record)
		files->end = files->record_begin;
	files->has_record = false;
}
