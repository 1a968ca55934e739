#include "ctl/log_reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/glob.h"

static bool is_wanted(const struct log_reader *reader, const char *unit)
{
	if (unit[0] == '.')
		return false;
	if (!reader->patterns || !reader->patterns[0])
		return true;
	for (char *const *pattern = reader->patterns; *pattern; pattern++) {
		if (glob_match(*pattern, unit))
			return true;
	}
	return false;
}

static bool is_known(const struct log_reader *reader, const char *unit)
{
	for (size_t i = 0; i < reader->count; i++) {
		if (strcmp(reader->units[i].files.unit, unit) == 0)
			return true;
	}
	return false;
}

static void watch(const struct log_reader *reader, const char *unit)
{
	char path[4096];

	if (reader->inotify < 0)
		return;
	snprintf(path, sizeof path, "%s/%s", reader->directory_path, unit);
	(void)inotify_add_watch(reader->inotify, path,
				IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR);
}

static void add_unit(struct log_reader *reader, const char *unit)
{
	struct log_unit_files files;
	struct log_reader_unit *units;

	if (log_unit_files_open(&files, reader->directory, unit) < 0) {
		log_unit_files_finish(&files);
		return;
	}
	units = realloc(reader->units, (reader->count + 1) * sizeof *units);
	if (!units) {
		log_unit_files_finish(&files);
		return;
	}
	reader->units = units;
	reader->units[reader->count++] = (struct log_reader_unit){ .files = files };
	watch(reader, unit);
}

/* Takes in the wanted units that are not known yet. */
static int find_units(struct log_reader *reader)
{
	int fd = openat(reader->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!directory) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(directory))) {
		if (is_wanted(reader, entry->d_name) && !is_known(reader, entry->d_name))
			add_unit(reader, entry->d_name);
	}
	closedir(directory);
	return 0;
}

int log_reader_open(struct log_reader *reader, const char *directory, char *const *patterns,
		    const struct log_filter *filter, struct cause *cause)
{
	*reader = (struct log_reader){
		.directory_path = directory, .inotify = -1, .patterns = patterns, .filter = *filter
	};
	reader->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = reader->directory < 0 ? -errno : find_units(reader);
	if (result < 0)
		return cause_set_errno(cause, -result, "cannot read the log directory %s", directory);
	return 0;
}

void log_reader_finish(struct log_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++)
		log_unit_files_finish(&reader->units[i].files);
	free(reader->units);
	if (reader->inotify >= 0)
		close(reader->inotify);
	if (reader->directory >= 0)
		close(reader->directory);
	*reader = (struct log_reader){ .directory = -1, .inotify = -1 };
}

/* Clocks are set back now and then: a record out of the range of time does not mean that all behind it are. */
enum { OUT_OF_RANGE_MAX = 10000 };

static bool is_in_range(const struct log_reader *reader, const struct log_reader_unit *unit)
{
	const struct log_filter *filter = &reader->filter;
	usec time = unit->files.record.time;

	return time >= filter->since && (filter->until == 0 || time <= filter->until) && time >= unit->span.begin &&
	       (unit->span.end == 0 || time < unit->span.end);
}

/* Whether a unit has gone so far out of the range of time, in the direction of reading, that nothing is to come. */
static bool is_exhausted(struct log_reader *reader, struct log_reader_unit *unit, const struct log_record *record)
{
	const struct log_filter *filter = &reader->filter;
	bool beyond = unit->files.backwards ? record->time < filter->since
					    : filter->until > 0 && record->time > filter->until;

	unit->out_of_range = beyond ? unit->out_of_range + 1 : 0;
	return unit->out_of_range > OUT_OF_RANGE_MAX;
}

static struct log_reader_unit *earliest(struct log_reader *reader)
{
	struct log_reader_unit *first = NULL;

	for (size_t i = 0; i < reader->count; i++) {
		struct log_reader_unit *unit = &reader->units[i];
		const struct log_record *record = unit->exhausted ? NULL : log_unit_files_peek(&unit->files);

		if (record && (!first || record->time < first->files.record.time))
			first = unit;
	}
	return first;
}

/* The mirror image of earliest(): of records of the same time, the one that it would give last. */
static struct log_reader_unit *latest(struct log_reader *reader)
{
	struct log_reader_unit *last = NULL;

	for (size_t i = 0; i < reader->count; i++) {
		struct log_reader_unit *unit = &reader->units[i];
		const struct log_record *record = unit->exhausted ? NULL : log_unit_files_peek_back(&unit->files);

		if (record && (!last || record->time >= last->files.record.time))
			last = unit;
	}
	return last;
}

/* The next record that passes, in the order that `choose` gives. */
static bool next(struct log_reader *reader, struct log_reader_unit *(*choose)(struct log_reader *),
		 struct log_entry *entry)
{
	struct log_reader_unit *unit;

	while ((unit = choose(reader))) {
		log_unit_files_take(&unit->files);
		*entry = (struct log_entry){ unit->files.unit, &unit->files.record, unit->files.fields };
		if (is_in_range(reader, unit) && log_filter_passes(&reader->filter, entry))
			return true;
		unit->exhausted = is_exhausted(reader, unit, &unit->files.record);
	}
	return false;
}

bool log_reader_next(struct log_reader *reader, struct log_entry *entry)
{
	return next(reader, earliest, entry);
}

bool log_reader_previous(struct log_reader *reader, struct log_entry *entry)
{
	return next(reader, latest, entry);
}

static void forget_ranges(struct log_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++) {
		reader->units[i].exhausted = reader->units[i].is_left_out;
		reader->units[i].out_of_range = 0;
	}
}

int log_reader_seek_since(struct log_reader *reader)
{
	int result = 0;

	forget_ranges(reader);
	for (size_t i = 0; reader->filter.since > 0 && result == 0 && i < reader->count; i++)
		result = log_unit_files_seek_time(&reader->units[i].files, reader->filter.since);
	return result;
}

int log_reader_seek_until(struct log_reader *reader)
{
	int result = 0;

	forget_ranges(reader);
	for (size_t i = 0; result == 0 && i < reader->count; i++) {
		struct log_unit_files *files = &reader->units[i].files;

		result = reader->filter.until > 0 ? log_unit_files_seek_time(files, reader->filter.until + 1)
						  : log_unit_files_seek_end(files);
	}
	return result;
}

int log_reader_seek_last(struct log_reader *reader, size_t count)
{
	struct log_entry entry;
	int result = log_reader_seek_until(reader);

	while (result == 0 && count > 0 && log_reader_previous(reader, &entry))
		count--;
	forget_ranges(reader);
	return result;
}

int log_reader_follow(struct log_reader *reader, struct cause *cause)
{
	reader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (reader->inotify < 0)
		return cause_set_errno(cause, errno, "cannot watch %s", reader->directory_path);
	(void)inotify_add_watch(reader->inotify, reader->directory_path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	for (size_t i = 0; i < reader->count; i++)
		watch(reader, reader->units[i].files.unit);
	/* One that came between the first look and the watch. */
	(void)find_units(reader);
	return 0;
}

int log_reader_wait(struct log_reader *reader, int timeout)
{
	_Alignas(struct inotify_event) char events[4096];
	struct pollfd ready = { .fd = reader->inotify, .events = POLLIN };

	if (poll(&ready, 1, timeout) < 0)
		return -errno;
	while (read(reader->inotify, events, sizeof events) > 0)
		;
	(void)find_units(reader);
	return 0;
}
