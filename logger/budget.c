#include "logger/budget.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "logger/retention.h"

/* journald.conf(5), SystemMaxUse=: a tenth of the file system, and no more than 4 GiB. */
#define BUDGET_DEFAULT_MAX (UINT64_C(4) << 30)
#define BUDGET_MIN         (UINT64_C(1) << 20)

enum { FILESYSTEM_SHARE = 10, SLACK_SHARE = 16, CANDIDATES_MAX = 512 };

struct candidate {
	uint64_t bytes;
	char name[LOG_NAME_MAX + 1]; /* "": the current file */
	char unit[JOURNAL_UNIT_MAX + 1];
};

/* What a look at the whole directory found. */
struct survey {
	uint64_t total;
	struct candidate *oldest; /* rotated files; the current ones stand behind all of them */
	size_t count;
};

static uint64_t limit_of(struct logger *logger)
{
	struct statvfs status;

	if (logger->configuration->max_bytes)
		return logger->configuration->max_bytes > BUDGET_MIN ? logger->configuration->max_bytes : BUDGET_MIN;
	if (logger->budget == 0) {
		logger->budget = BUDGET_DEFAULT_MAX;
		if (fstatvfs(logger->directory_fd, &status) == 0 && status.f_blocks > 0) {
			uint64_t share = (uint64_t)status.f_blocks * status.f_frsize / FILESYSTEM_SHARE;

			if (share < logger->budget)
				logger->budget = share > BUDGET_MIN ? share : BUDGET_MIN;
		}
	}
	return logger->budget;
}

/* Rotated files from the oldest on, then current files from the largest on. */
static int compare(const void *left_pointer, const void *right_pointer)
{
	const struct candidate *left = left_pointer, *right = right_pointer;

	if (!left->name[0] != !right->name[0])
		return left->name[0] ? -1 : 1;
	if (left->name[0])
		return strcmp(left->name, right->name);
	return (left->bytes < right->bytes) - (left->bytes > right->bytes);
}

static void add(struct survey *survey, const char *unit, const char *name, uint64_t bytes)
{
	survey->total += bytes;
	if (survey->count == CANDIDATES_MAX) {
		qsort(survey->oldest, survey->count, sizeof *survey->oldest, compare);
		survey->count /= 2;
	}
	struct candidate *candidate = &survey->oldest[survey->count++];
	candidate->bytes = bytes;
	snprintf(candidate->name, sizeof candidate->name, "%s", name);
	snprintf(candidate->unit, sizeof candidate->unit, "%s", unit);
}

static void add_unit(struct survey *survey, int log_directory, const char *unit)
{
	int directory = openat(log_directory, unit, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct rotated_files rotated;
	struct stat status;

	if (directory < 0)
		return;
	if (rotated_files_list(&rotated, directory) == 0) {
		for (size_t i = 0; i < rotated.count; i++) {
			if (rotated.files[i].temporary)
				survey->total += rotated.files[i].bytes;
			else
				add(survey, unit, rotated.files[i].name, rotated.files[i].bytes);
		}
	}
	rotated_files_finish(&rotated);
	if (fstatat(directory, "current", &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size > 0)
		add(survey, unit, "", (uint64_t)status.st_size);
	close(directory);
}

static int look(struct survey *survey, int log_directory)
{
	int fd = openat(log_directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	survey->total = survey->count = 0;
	if (!entries) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(entries))) {
		if (log_unit_name_is_safe(entry->d_name))
			add_unit(survey, log_directory, entry->d_name);
	}
	closedir(entries);
	qsort(survey->oldest, survey->count, sizeof *survey->oldest, compare);
	return 0;
}

static int remove_file(int log_directory, const struct candidate *candidate)
{
	char path[sizeof candidate->unit + sizeof candidate->name + sizeof "/current"];

	snprintf(path, sizeof path, "%s/%s", candidate->unit, candidate->name[0] ? candidate->name : "current");
	return unlinkat(log_directory, path, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* Returns whether anything went. */
static bool remove_oldest(struct survey *survey, int log_directory, uint64_t limit)
{
	bool any = false;

	for (size_t i = 0; i < survey->count && survey->total > limit; i++) {
		if (remove_file(log_directory, &survey->oldest[i]) < 0)
			continue;
		survey->total -= survey->oldest[i].bytes;
		any = true;
	}
	return any;
}

static void enforce(struct logger *logger, uint64_t limit, size_t length)
{
	struct survey survey = { .oldest = calloc(CANDIDATES_MAX, sizeof *survey.oldest) };
	/* So much less that not each write needs another look. */
	uint64_t goal = limit - limit / SLACK_SHARE;

	if (!survey.oldest)
		return;
	goal = goal > length ? goal - length : 0;
	while (look(&survey, logger->directory_fd) == 0 && survey.total + length > limit &&
	       remove_oldest(&survey, logger->directory_fd, goal))
		;
	logger->journal.header->directory_bytes = survey.total;
	logger->journal.header->directory_is_known = 1;
	free(survey.oldest);
}

void budget_take(struct logger *logger, size_t length)
{
	struct journal_header *header = logger->journal.header;
	uint64_t limit = limit_of(logger);

	if (!header->directory_is_known || header->directory_bytes + length > limit)
		enforce(logger, limit, length);
	header->directory_bytes += length;
}
