/* The parts of log_unit_files.h that go to a place in the files, and backwards from there. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/log_listing.h"
#include "ctl/log_unit_files.h"

enum { BISECTION_BLOCK = 4096, STAMP_MAX = 64 };

/* Puts the bytes that stand before the buffer into it. false: there are none, or the line is too long. */
static bool read_before(struct log_unit_files *files)
{
	size_t size = files->offset > LOG_READ_SIZE ? LOG_READ_SIZE : (size_t)files->offset;

	if (size == 0 || files->end > LOG_LINE_SIZE_MAX || !log_unit_files_make_room(files))
		return false;
	memmove(files->buffer + size, files->buffer, files->end);
	if (log_bytes_read(&files->bytes, files->buffer, size, files->offset - (off_t)size) != (ssize_t)size)
		return false;
	files->offset -= (off_t)size;
	files->end += size;
	return true;
}

/* From here on backwards, before what would be read next. */
static void turn_backwards(struct log_unit_files *files)
{
	off_t place = files->offset + (off_t)(files->has_record ? files->record_begin : files->begin);

	log_unit_files_place(files, place);
	files->backwards = true;
}

static bool open_previous(struct log_unit_files *files)
{
	struct log_listing listing;
	bool opened = false;

	if (log_listing_read(&listing, files->directory) < 0)
		return false;
	for (size_t i = log_unit_files_position(files, &listing); !opened && i-- > 0;)
		opened = log_unit_files_open_rotated(files, listing.names[i]);
	log_listing_finish(&listing);
	if (opened)
		log_unit_files_place(files, log_bytes_size(&files->bytes));
	return opened;
}

/* Where in the buffer the last line begins; more is read if need be. */
static size_t find_line(struct log_unit_files *files)
{
	for (;;) {
		const char *newline = files->end > 1 ? memrchr(files->buffer, '\n', files->end - 1) : NULL;

		if (newline)
			return (size_t)(newline - files->buffer) + 1;
		if (!read_before(files))
			return 0;
	}
}

const struct log_record *log_unit_files_peek_back(struct log_unit_files *files)
{
	if (!files->backwards)
		turn_backwards(files);
	if (files->has_record)
		return &files->record;
	while (files->bytes.fd >= 0 && files->end == 0 && files->offset == 0) {
		if (!open_previous(files))
			return NULL;
	}
	if (files->bytes.fd < 0 || (files->end == 0 && !read_before(files)))
		return NULL;
	files->record_begin = find_line(files);
	size_t length = files->end - files->record_begin;
	if (files->buffer[files->end - 1] == '\n')
		length--;
	log_unit_files_read_record(files, files->buffer + files->record_begin, length);
	return &files->record;
}

/* A line that svlog has begun and not ended belongs to what comes. */
static void go_behind_last_newline(struct log_unit_files *files)
{
	const char *newline = NULL;

	while (!(newline = files->end > 0 ? memrchr(files->buffer, '\n', files->end) : NULL) && read_before(files))
		;
	files->end = newline ? (size_t)(newline - files->buffer) + 1 : 0;
}

static bool open_newest(struct log_unit_files *files)
{
	struct log_listing listing;
	struct log_bytes current;
	bool opened = false;

	if (log_bytes_open(&current, files->directory, "current") == 0) {
		log_unit_files_adopt(files, &current, "");
		return true;
	}
	if (log_listing_read(&listing, files->directory) < 0)
		return false;
	for (size_t i = listing.count; !opened && i-- > 0;)
		opened = log_unit_files_open_rotated(files, listing.names[i]);
	log_listing_finish(&listing);
	return opened;
}

int log_unit_files_seek_end(struct log_unit_files *files)
{
	files->backwards = true;
	if (!open_newest(files))
		return 0;
	log_unit_files_place(files, log_bytes_size(&files->bytes));
	go_behind_last_newline(files);
	return 0;
}

/* The first line that begins behind `from`, with its time. false: there is none before `limit`. */
static bool find_time(struct log_bytes *bytes, off_t from, off_t limit, off_t *begin, usec *time)
{
	char block[BISECTION_BLOCK];

	while (from < limit) {
		ssize_t count = log_bytes_read(bytes, block, sizeof block, from);
		const char *newline = count > 0 ? memchr(block, '\n', (size_t)count) : NULL;

		if (count <= 0)
			return false;
		if (!newline) {
			from += count;
			continue;
		}
		size_t at = (size_t)(newline - block) + 1, left = (size_t)count - at;
		if (left < STAMP_MAX && at > 1 && (size_t)count == sizeof block) {
			from += (off_t)at - 1;
			continue;
		}
		*begin = from + (off_t)at;
		if (log_line_time(block + at, left, time) == 0)
			return *begin < limit;
		from = *begin;
	}
	return false;
}

/* Goes to a line of the open file before which all are older than `time`, and not long before it. */
static void bisect(struct log_unit_files *files, usec time)
{
	off_t low = 0, high = log_bytes_size(&files->bytes), begin = 0;
	usec found = 0;

	while (high - low > LOG_READ_SIZE) {
		off_t middle = low + (high - low) / 2;

		if (find_time(&files->bytes, middle, high, &begin, &found) && found < time)
			low = begin;
		else
			high = middle;
	}
	log_unit_files_place(files, low);
}

int log_unit_files_seek_time(struct log_unit_files *files, usec time)
{
	const struct log_record *record;
	struct log_listing listing;
	struct log_bytes current;
	/* Before the listing, so that one that is rotated in between is in both. */
	bool has_current = log_bytes_open(&current, files->directory, "current") == 0, opened = false;
	int result = log_listing_read(&listing, files->directory);

	files->backwards = true;
	for (size_t i = 0; !opened && i < listing.count; i++) {
		if (log_name_time(listing.names[i]) >= time)
			opened = log_unit_files_open_rotated(files, listing.names[i]);
	}
	log_listing_finish(&listing);
	if (opened)
		log_bytes_close(&current);
	else if (has_current)
		log_unit_files_adopt(files, &current, "");
	if (!opened && !has_current)
		return result < 0 ? result : log_unit_files_seek_end(files);
	bisect(files, time);
	while ((record = log_unit_files_peek(files)) && record->time < time)
		log_unit_files_take(files);
	return result;
}
