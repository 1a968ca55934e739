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
		if (strcmp(reader->units[i].unit, unit) == 0)
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
	struct log_unit_files *units;

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
	reader->units[reader->count++] = files;
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
		log_unit_files_finish(&reader->units[i]);
	free(reader->units);
	if (reader->inotify >= 0)
		close(reader->inotify);
	if (reader->directory >= 0)
		close(reader->directory);
	*reader = (struct log_reader){ .directory = -1, .inotify = -1 };
}

static bool matches(const regex_t *pattern, const struct log_record *record)
{
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)record->length };

	return regexec(pattern, record->text, 1, &range, REG_STARTEND) == 0;
}

static bool passes(const struct log_filter *filter, const struct log_record *record)
{
	return record->time >= filter->since && (filter->until == 0 || record->time <= filter->until) &&
	       (!filter->priority_given || record->priority <= filter->priority) &&
	       (!filter->pattern || matches(filter->pattern, record));
}

static struct log_unit_files *earliest(struct log_reader *reader)
{
	struct log_unit_files *first = NULL;

	for (size_t i = 0; i < reader->count; i++) {
		const struct log_record *record = log_unit_files_peek(&reader->units[i]);

		if (record && (!first || record->time < first->record.time))
			first = &reader->units[i];
	}
	return first;
}

const struct log_record *log_reader_next(struct log_reader *reader, const char **unit)
{
	struct log_unit_files *files;

	while ((files = earliest(reader))) {
		log_unit_files_take(files);
		if (!passes(&reader->filter, &files->record))
			continue;
		*unit = files->unit;
		return &files->record;
	}
	return NULL;
}

void log_reader_seek_since(struct log_reader *reader)
{
	for (size_t i = 0; reader->filter.since && i < reader->count; i++)
		(void)log_unit_files_seek_time(&reader->units[i], reader->filter.since);
}

static bool filters(const struct log_filter *filter)
{
	return filter->until || filter->priority_given || filter->pattern || filter->since;
}

static size_t count_records(struct log_reader *reader)
{
	const char *unit;
	size_t count = 0;

	while (log_reader_next(reader, &unit))
		count++;
	return count;
}

static int seek_units(struct log_reader *reader, size_t count)
{
	for (size_t i = 0; i < reader->count; i++) {
		int result = log_unit_files_seek_last(&reader->units[i], count);

		if (result < 0)
			return result;
	}
	return 0;
}

/* Looks back further and further until enough records pass; twice as far each time costs at most twice in all. */
int log_reader_seek_last(struct log_reader *reader, size_t count)
{
	const char *unit;
	size_t back = filters(&reader->filter) ? count * 8 + 64 : count, found = 0, before = SIZE_MAX;

	for (;; back *= 8) {
		int result = seek_units(reader, back);

		if (result < 0)
			return result;
		found = count_records(reader);
		if (found >= count || back > SIZE_MAX / 16 || (found == before && back > 1000000) ||
		    !filters(&reader->filter))
			break;
		before = found;
	}
	int result = seek_units(reader, back);
	for (; result == 0 && found > count; found--)
		(void)log_reader_next(reader, &unit);
	return result;
}

int log_reader_follow(struct log_reader *reader, struct cause *cause)
{
	reader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (reader->inotify < 0)
		return cause_set_errno(cause, errno, "cannot watch %s", reader->directory_path);
	(void)inotify_add_watch(reader->inotify, reader->directory_path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	for (size_t i = 0; i < reader->count; i++)
		watch(reader, reader->units[i].unit);
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
