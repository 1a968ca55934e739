#include "logger/chunk_reader.h"

static void settings_of(const struct journal_slot *slot, const struct line_rules *rules,
			const struct journal_write *write, struct line_settings *settings)
{
	const struct log_stream *stream = &slot->owner.stream;

	*settings = (struct line_settings){
		.level = stream->level,
		.level_max = stream->level_max,
		.level_prefix = stream->level_prefix,
		.mark = slot->owner.mark,
		.final = write->final,
		.report_suppressed = write->report_suppressed,
		.allowance = write->allowance,
		.rules = rules,
	};
}

void chunk_reader_init(struct chunk_reader *reader, const struct journal_slot *slot, const struct line_rules *rules,
		       const struct journal_write *write)
{
	struct line_settings settings;

	settings_of(slot, rules, write, &settings);
	line_cursor_init(&reader->cursor, slot, write->input_end, &settings);
	reader->write = write;
	reader->gap_told = false;
	reader->lines = 0;
}

bool chunk_reader_next(struct chunk_reader *reader, struct log_record *record)
{
	if (reader->write->gap.bytes == 0) {
		if (!line_cursor_next(&reader->cursor, record))
			return false;
	} else {
		if (reader->gap_told)
			return false;
		line_gap_record(reader->cursor.notice, record, &reader->write->gap);
		reader->gap_told = true;
	}
	record->time = reader->write->time;
	reader->lines++;
	return true;
}
