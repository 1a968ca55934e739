#include "logger/chunk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logger/budget.h"
#include "logger/chunk_reader.h"
#include "logger/copies.h"
#include "logger/log_directory.h"
#include "logger/log_file.h"
#include "logger/record_format.h"
#include "logger/upkeep.h"

/* What is in the journal before this is there before what follows. */
#define in_order() atomic_signal_fence(memory_order_seq_cst)

/* Fills logger->output. Returns the length; the reader has the state behind it. */
static size_t render(struct logger *logger, const struct journal_slot *slot, struct chunk_reader *reader)
{
	struct log_record record;
	size_t length = 0;
	bool json = slot->owner.stream.json;

	log_stamp_set(&logger->stamp, reader->write->time);
	while (length < CHUNK_SIZE && chunk_reader_next(reader, &record)) {
		char *to = logger->output + length;

		length += json ? record_format_json(to, &record, &slot->owner, reader->cursor.settings.rules)
			       : record_format_text(to, &record, &logger->stamp);
	}
	if (length > CHUNK_SIZE / 2)
		logger->grown = true;
	return length;
}

/* The bytes of a line that the gap began in belong to the gap. */
static void skip_rest_of_lost_line(struct journal_slot *slot, bool final)
{
	struct journal_state *next = journal_prepare(slot);
	const char *start = journal_data(slot) + next->begin;
	size_t length = next->end - next->begin;
	const char *newline = memchr(start, '\n', length);
	size_t skipped = newline ? (size_t)(newline - start) + 1 : length;

	next->begin += (uint32_t)skipped;
	next->lost.bytes += skipped;
	if (newline || final) {
		next->lost.lines++;
		next->mid_drop = false;
	}
	next->lost_at = next->begin;
	next->continuing = false;
	journal_publish(slot);
}

static uint64_t allowance(struct rate_limit *rate, usec now, bool *new_window)
{
	*new_window = true;
	if (!rate)
		return UINT64_MAX;
	if (now - rate->window_start < rate->interval && now >= rate->window_start) {
		*new_window = false;
		return rate->burst - rate->passed;
	}
	rate->window_start = now;
	rate->passed = 0;
	return rate->burst;
}

/* false: a gap is not at its end yet. */
static bool plan(const struct lane *lane, struct journal_slot *slot, bool final, struct journal_write *write)
{
	const struct journal_state *state = journal_state(slot);

	if (state->mid_drop && state->begin >= state->lost_at)
		skip_rest_of_lost_line(slot, final);
	state = journal_state(slot);
	*write = (struct journal_write){ .final = final, .input_end = state->end, .time = logger_now() };
	write->writes_after = state->writes + 1;
	write->allowance = allowance(lane->rate, write->time, &write->report_suppressed);
	write->report_suppressed |= final;
	if (journal_state_has_gap(state) && state->begin >= state->lost_at) {
		if (state->mid_drop)
			return false;
		write->gap = state->lost;
	}
	return true;
}

static void announce(struct journal_slot *slot, const struct journal_write *write, const struct log_position *position)
{
	slot->write.valid = false;
	in_order();
	slot->write = *write;
	slot->write.valid = false;
	slot->write.device = position->device;
	slot->write.inode = position->inode;
	slot->write.start = position->size;
	in_order();
	slot->write.valid = true;
	in_order();
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t count = write(fd, data, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? -errno : -EIO;
		data += count;
		length -= (size_t)count;
	}
	return 0;
}

/* A file that was renamed after a killed svlog had begun to write to it: the write is finished there. 1, 0 when there
 * is no such file, or -errno. */
static int finish_elsewhere(const struct logger *logger, const struct lane *lane, const struct journal_slot *slot)
{
	struct log_position position = { slot->write.device, slot->write.inode, 0 };
	int fd = log_file_find(logger->directory_fd, lane->unit, &position), result = 0;

	if (fd < 0)
		return 0;
	bool is_it = position.size >= slot->write.start;
	size_t done = is_it ? position.size - slot->write.start : 0;
	if (is_it && done < slot->write.length)
		result = write_all(fd, logger->output + done, slot->write.length - done);
	close(fd);
	return result < 0 ? result : is_it;
}

/* How much of an announced write is in the file. Announces it again when it must go to another file. */
static int find_progress(struct logger *logger, struct lane *lane, struct journal_slot *slot, size_t *done)
{
	struct log_position position;
	int result = 0;

	/* What was begun in an open file is finished there, whatever it is called meanwhile. */
	if (!log_file_is_open(lane->unit, slot->write.device, slot->write.inode, &position))
		result = log_file_open(logger->directory_fd, lane->unit, slot->write.time, &position);
	if (result < 0)
		return result;
	*done = 0;
	if (position.device == slot->write.device && position.inode == slot->write.inode &&
	    position.size >= slot->write.start) {
		*done = position.size - slot->write.start;
		if (*done > slot->write.length)
			*done = slot->write.length;
		return 0;
	}
	result = finish_elsewhere(logger, lane, slot);
	if (result == 1) {
		*done = slot->write.length;
	} else if (result == 0) {
		struct journal_write write = slot->write;

		announce(slot, &write, &position);
	}
	return result < 0 ? result : 0;
}

/* Puts logger->output into the file, however far that has come before. */
static int write_file(struct logger *logger, struct lane *lane, uint32_t index, const struct journal_write *write)
{
	struct journal_slot *slot = logger->journal.slots[index];
	struct log_position position;
	size_t done = 0;
	int result = log_directory_open(logger);

	if (result < 0)
		return result;
	if (slot->write.valid) {
		result = find_progress(logger, lane, slot, &done);
	} else {
		budget_take(logger, write->length);
		result = log_file_make_room(logger->directory_fd, lane->unit, write->length, write->time, &position);
		upkeep_note(logger, lane->unit);
		if (result == 0)
			announce(slot, write, &position);
	}
	if (result < 0)
		return result;
	lane->unit->blocker = (int32_t)index;
	lane->unit->write_start = slot->write.start;
	result = write_all(lane->unit->fd, logger->output + done, write->length - done);
	if (result == 0 && done < write->length)
		lane->unit->size = slot->write.start + write->length;
	return result;
}

static void commit(struct lane *lane, struct journal_slot *slot, const struct chunk_reader *reader)
{
	struct journal_state *next = journal_prepare(slot);
	const struct journal_state *after = &reader->cursor.state;
	const struct journal_gap *told = &reader->write->gap;

	next->begin = after->begin;
	next->continuing = after->continuing;
	next->level = after->level;
	next->suppressed = after->suppressed;
	next->writes++;
	next->lost.lines -= told->lines;
	next->lost.bytes -= told->bytes;
	if (next->lost.bytes == 0)
		next->lost = (struct journal_gap){ 0 };
	journal_publish(slot);
	slot->write.valid = false;
	lane->unit->blocker = LOG_UNIT_FREE;
	if (lane->rate)
		lane->rate->passed += reader->cursor.passed;
}

/* EMFILE and ENFILE: the files of other units can be opened again when they are needed. */
static int write_file_with_few_descriptors(struct logger *logger, struct lane *lane, uint32_t index,
					   const struct journal_write *write)
{
	int result = write_file(logger, lane, index, write);

	if ((result == -EMFILE || result == -ENFILE) && log_units_close_files(&logger->units))
		result = write_file(logger, lane, index, write);
	return result;
}

int chunk_write(struct logger *logger, uint32_t index, bool final)
{
	struct journal_slot *slot = logger->journal.slots[index];
	struct lane *lane = &logger->lanes[index];
	struct journal_write write = slot->write;
	struct chunk_reader reader;

	if (lane->unit->blocker != LOG_UNIT_FREE && lane->unit->blocker != (int32_t)index)
		return -EAGAIN;
	if (!write.valid && !plan(lane, slot, final, &write))
		return 0;
	chunk_reader_init(&reader, slot, lane->rules, &write);
	uint32_t begin = reader.cursor.state.begin;
	write.length = (uint32_t)render(logger, slot, &reader);
	if (write.length == 0 && reader.cursor.state.begin == begin)
		return 0;
	bool to_file = write.length > 0 && log_directory_is_used(logger);
	if (to_file) {
		int result = write_file_with_few_descriptors(logger, lane, index, &write);
		if (result < 0)
			return result;
	}
	if (write.length > 0 && copies_are_wanted(logger, slot)) {
		struct chunk_reader again;

		chunk_reader_init(&again, slot, lane->rules, &write);
		copies_write(logger, slot, &again, &reader.cursor.state);
	}
	if (!to_file && logger->waits_for_directory)
		logger->journal.header->not_in_files += reader.lines;
	commit(lane, slot, &reader);
	return 1;
}

uint32_t chunk_lines_end(const struct journal_slot *slot)
{
	struct journal_write write = { .input_end = journal_state((struct journal_slot *)slot)->end,
				       .allowance = UINT64_MAX,
				       .final = slot->write.valid && slot->write.final };
	struct chunk_reader reader;
	struct log_record record;

	chunk_reader_init(&reader, slot, NULL, &write);
	while (chunk_reader_next(&reader, &record))
		;
	return reader.cursor.state.begin;
}
