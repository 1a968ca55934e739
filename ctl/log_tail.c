#include "ctl/log_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include "ctl/log_print.h"
#include "ctl/log_unit_files.h"

/* Of the records that are left out, how many are looked at for each that is to be shown. */
enum { LOOKED_AT = 8 };

static bool is_shown(const struct log_tail *tail, const struct log_record *record)
{
	return record->time >= tail->since && !(tail->unit_only && record->mark == LOG_MARK_SUPERVISOR);
}

/* Goes back until enough records are there to be shown. Returns how many. */
static size_t go_back(struct log_unit_files *files, const struct log_tail *tail)
{
	const struct log_record *record;
	size_t looked_at = 0, shown = 0;

	if (log_unit_files_seek_end(files) < 0)
		return 0;
	for (; shown < tail->count && looked_at < tail->count * LOOKED_AT; looked_at++) {
		record = log_unit_files_peek_back(files);
		if (!record)
			break;
		shown += is_shown(tail, record);
		log_unit_files_take(files);
	}
	return shown;
}

static size_t print_shown(FILE *stream, struct log_unit_files *files, const struct log_tail *tail)
{
	struct log_printing printing = { .terminal = terminal_of(stream), .stream = stream };
	log_printer *print = log_printer_find("short");
	const struct log_record *record;
	size_t printed = 0;

	for (; printed < tail->count && (record = log_unit_files_peek(files)); log_unit_files_take(files)) {
		struct log_entry entry = { tail->unit, record, files->fields };

		if (!is_shown(tail, record))
			continue;
		fputs(printed++ == 0 && tail->before ? tail->before : "", stream);
		fputs(tail->prefix ? tail->prefix : "", stream);
		print(&printing, &entry);
	}
	return printed;
}

size_t log_tail_print(FILE *stream, const struct log_tail *tail)
{
	struct log_unit_files files;
	size_t printed = 0;
	int fd = -1;

	if (tail->directory && *tail->directory && tail->count > 0)
		fd = open(tail->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (log_unit_files_open(&files, fd, tail->unit) == 0 && go_back(&files, tail) > 0)
		printed = print_shown(stream, &files, tail);
	log_unit_files_finish(&files);
	close(fd);
	return printed;
}
