#include "ctl/log_tail.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "ctl/log_print.h"
#include "ctl/log_unit_files.h"

/* Where some records are left out, how many are looked at for each that is to be shown. */
enum { LOOKED_AT = 8 };
/* Between two looks at files that are not complete yet, in µs. */
enum { PAUSE = 2000 };

static bool is_shown(const struct log_tail *tail, const struct log_record *record)
{
	return record->time >= tail->since && !(tail->unit_only && record->mark == LOG_MARK_SUPERVISOR);
}

static size_t count_shown(struct log_unit_files *files, const struct log_tail *tail, bool *complete)
{
	const struct log_record *record;
	size_t shown = 0;
	for (; (record = log_unit_files_peek(files)); log_unit_files_take(files)) {
		shown += is_shown(tail, record);
		*complete |= record->mark == LOG_MARK_SUPERVISOR && record->time >= tail->since;
	}
	return shown;
}

static size_t print_shown(FILE *stream, struct log_unit_files *files, const struct log_tail *tail, size_t skip)
{
	struct terminal terminal = terminal_of(stream);
	log_printer *print = log_printer_find("short");
	const struct log_record *record;
	size_t printed = 0;
	for (; printed < tail->count && (record = log_unit_files_peek(files)); log_unit_files_take(files)) {
		if (!is_shown(tail, record) || (skip > 0 && skip--))
			continue;
		fputs(printed++ == 0 && tail->before ? tail->before : "", stream);
		fputs(tail->prefix ? tail->prefix : "", stream);
		print(stream, &terminal, tail->unit, record);
	}
	return printed;
}

/* Goes to the last records of the unit. */
static bool open_tail(struct log_unit_files *files, int directory, const struct log_tail *tail)
{
	bool some_left_out = tail->since > 0 || tail->unit_only;
	return log_unit_files_open(files, directory, tail->unit) == 0 &&
	       log_unit_files_seek_last(files, tail->count * (some_left_out ? LOOKED_AT : 1)) == 0;
}

/* How many records are to be shown, once svlog has written them all. */
static size_t await_records(int directory, const struct log_tail *tail)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000 };
	for (usec waited = 0;; waited += PAUSE) {
		struct log_unit_files files;
		bool complete = false;
		size_t shown = open_tail(&files, directory, tail) ? count_shown(&files, tail, &complete) : 0;
		log_unit_files_finish(&files);
		if (complete || waited >= tail->patience)
			return shown;
		nanosleep(&pause, NULL);
	}
}

size_t log_tail_print(FILE *stream, const struct log_tail *tail)
{
	struct log_unit_files files;
	size_t shown, printed = 0;
	int fd = -1;
	if (tail->directory && *tail->directory && tail->count > 0)
		fd = open(tail->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	shown = await_records(fd, tail);
	if (shown > 0) {
		if (open_tail(&files, fd, tail))
			printed = print_shown(stream, &files, tail, shown > tail->count ? shown - tail->count : 0);
		log_unit_files_finish(&files);
	}
	close(fd);
	return printed;
}
