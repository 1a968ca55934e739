#include "ctl/log_span.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log_words.h"
#include "ctl/log_unit_files.h"

static bool begins_with(const struct log_record *record, const char *words)
{
	size_t length = strlen(words);

	return record->mark == LOG_MARK_SUPERVISOR && record->length >= length &&
	       memcmp(record->text, words, length) == 0;
}

static int open_unit(struct log_unit_files *files, const char *directory, const char *unit)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -errno : log_unit_files_open(files, fd, unit);

	if (fd < 0)
		*files = (struct log_unit_files){ .directory = -1, .bytes = { .fd = -1 } };
	else
		close(fd);
	return result;
}

int log_runs_find(const char *directory, struct log_run runs[LOG_RUNS_MAX])
{
	struct log_unit_files files;
	const struct log_record *record;
	int count = 0, result = open_unit(&files, directory, "svinit");

	for (; result == 0 && (record = log_unit_files_peek(&files)); log_unit_files_take(&files)) {
		if (!begins_with(record, LOG_WORDS_RUN))
			continue;
		if (count > 0)
			runs[count - 1].end = record->time;
		if (count == LOG_RUNS_MAX)
			memmove(runs, runs + 1, (size_t)--count * sizeof *runs);
		runs[count++] = (struct log_run){ .begin = record->time };
	}
	log_unit_files_finish(&files);
	return result == -ENOENT ? 0 : result < 0 ? result : count;
}

int log_run_choose(const char *directory, const char *which, struct log_run *run, struct cause *cause)
{
	struct log_run *runs = calloc(LOG_RUNS_MAX, sizeof *runs);
	char *end = NULL;
	long number = strtol(which, &end, 10);
	int count = runs ? log_runs_find(directory, runs) : -ENOMEM;
	int result = 0;

	if (count < 0)
		result = cause_set_errno(cause, -count, "cannot read svinit's own log in %s", directory);
	else if (*end)
		result = cause_set(cause, EINVAL, "%s is not the number of a run; 0 is the last one, -1 the one before",
				   which);
	long index = number > 0 ? number - 1 : count - 1 + number;
	if (result == 0 && (index < 0 || index >= count))
		result = cause_set(cause, ENOENT, "the logs in %s tell of %d runs of svinit, and not of that one",
				   directory, count);
	if (result == 0 && runs)
		*run = runs[index];
	free(runs);
	return result;
}

static const char *invocation_of(const struct log_record *record)
{
	size_t length = strlen(LOG_WORDS_INVOCATION);

	return begins_with(record, LOG_WORDS_INVOCATION) && record->length == length + LOG_INVOCATION_LENGTH
		       ? record->text + length
		       : NULL;
}

/* Goes back until the invocation is found, or as many changes of it as were asked for were seen. */
static bool find_invocation(struct log_unit_files *files, const char *wanted_id, long back, struct log_run *span)
{
	char last[LOG_INVOCATION_LENGTH] = "";
	const struct log_record *record;
	usec later = 0;

	for (; (record = log_unit_files_peek_back(files)); log_unit_files_take(files)) {
		const char *id = invocation_of(record);
		bool is_other;

		if (!id)
			continue;
		is_other = memcmp(last, id, sizeof last) != 0;
		/* svlog says it again when it was killed; the first time counts. */
		if (is_other && span->begin > 0)
			return true;
		if (is_other)
			memcpy(last, id, sizeof last);
		if (wanted_id ? memcmp(id, wanted_id, sizeof last) == 0 : back == 0)
			*span = (struct log_run){ record->time, later };
		else
			later = record->time;
		back -= is_other && !wanted_id && span->begin == 0 ? 1 : 0;
	}
	return span->begin > 0;
}

int log_invocation_choose(int directory, const char *unit, const char *which, struct log_run *span, struct cause *cause)
{
	struct log_unit_files files;
	char *end = NULL;
	long number = strtol(which, &end, 10);
	bool is_id = strlen(which) == LOG_INVOCATION_LENGTH, found = false;

	*span = (struct log_run){ 0 };
	if (!is_id && (*end || number > 0))
		return cause_set(cause, EINVAL, "%s is neither the ID of an invocation nor 0, -1, -2, …", which);
	if (log_unit_files_open(&files, directory, unit) == 0 && log_unit_files_seek_end(&files) == 0)
		found = find_invocation(&files, is_id ? which : NULL, is_id ? 0 : -number, span);
	log_unit_files_finish(&files);
	return found ? 0 : cause_set(cause, ENOENT, "the log of %s does not tell of that invocation", unit);
}
