#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/log_words.h"
#include "logger/chunk.h"
#include "logger/line_cursor.h"
#include "logger/log_file.h"
#include "logger/logger.h"

enum { LEVEL_WARNING = 4, LEVEL_DEBUG = 7 };
enum { BATCH_SIZE = 64 * 1024, BUSY_PIPE_SIZE = 256 * 1024, RELIEF_READS_MAX = 64 };

static bool ensure_lanes(struct logger *logger, uint32_t index)
{
	uint32_t limit = logger->lane_limit ? logger->lane_limit : 8;

	if (index < logger->lane_limit)
		return true;
	while (limit <= index)
		limit *= 2;
	struct lane *lanes = realloc(logger->lanes, limit * sizeof *lanes);
	if (!lanes)
		return false;
	memset(lanes + logger->lane_limit, 0, (limit - logger->lane_limit) * sizeof *lanes);
	logger->lanes = lanes;
	logger->lane_limit = limit;
	return true;
}

static const char *unit_directory(const struct journal_owner *owner)
{
	return owner->unit[0] ? owner->unit : "svinit";
}

/* Gives a slot in use its lane. */
static int open_lane(struct logger *logger, uint32_t index, struct log_source *source)
{
	const struct journal_owner *owner = &logger->journal.slots[index]->owner;
	struct log_unit *unit;

	if (!ensure_lanes(logger, index))
		return -ENOMEM;
	unit = log_units_get(&logger->units, unit_directory(owner));
	if (!unit)
		return -ENOMEM;
	if (!source && unit->references == 1) {
		unit->max_bytes = owner->stream.max_bytes;
		unit->max_files = owner->stream.max_files;
		unit->max_age = owner->stream.max_age;
		unit->compress = owner->stream.compress;
	}
	logger->lanes[index] = (struct lane){ .source = source, .unit = unit, .rate = source ? source->rate : NULL };
	logger->lanes[index].rules =
		source ? line_rules_reference(source->rules)
		       : line_rules_create(journal_rules(logger->journal.slots[index]), owner->rules_size);
	if (source)
		source->slot = (int32_t)index;
	return 0;
}

static void set_stalled(struct logger *logger, uint32_t index, bool stalled)
{
	struct lane *lane = &logger->lanes[index];

	if (lane->stalled == stalled)
		return;
	lane->stalled = stalled;
	logger->stalled_count += stalled ? 1 : UINT32_MAX;
	if (lane->source)
		sources_watch(logger, lane->source, !stalled);
}

/* Gives the slot back if nothing is left in it. */
static void settle(struct logger *logger, uint32_t index)
{
	struct lane *lane = &logger->lanes[index];

	journal_compact(logger->journal.slots[index]);
	if (lane->stalled || !journal_release(&logger->journal, index))
		return;
	if (lane->source)
		lane->source->slot = SLOT_NONE;
	log_units_release(&logger->units, lane->unit);
	line_rules_release(lane->rules);
	*lane = (struct lane){ 0 };
}

static void tell_invocation(struct logger *logger, struct log_unit *unit);
static void tell_lost_file(struct logger *logger, struct log_unit *unit);

/* Writes all whole lines. 0 or -errno; then the lane is stalled. */
static int write_lines(struct logger *logger, uint32_t index, bool final)
{
	int result;

	if (logger->lanes[index].unit->invocation_is_new && logger->lanes[index].source)
		tell_invocation(logger, logger->lanes[index].unit);
	do {
		result = chunk_write(logger, index, final);
		if (result == -ESTALE)
			tell_lost_file(logger, logger->lanes[index].unit);
	} while (result > 0 || result == -ESTALE);
	set_stalled(logger, index, result < 0);
	return result;
}

static int acquire_slot(struct logger *logger, struct journal_owner *owner, struct log_source *source)
{
	size_t size = 0;
	const char *rules = line_rules_text(source ? source->rules : NULL, &size);
	int64_t index;

	owner->rules_size = (uint32_t)size;
	index = journal_acquire(&logger->journal, owner, rules);
	int result;

	if (index < 0)
		return -errno;
	result = open_lane(logger, (uint32_t)index, source);
	if (result < 0) {
		journal_release(&logger->journal, (uint32_t)index);
		return result;
	}
	return (int)index;
}

static int slot_of(struct logger *logger, struct log_source *source)
{
	struct journal_owner owner;

	if (source->slot != SLOT_NONE)
		return source->slot;
	source_owner(source, &owner);
	return acquire_slot(logger, &owner, source);
}

bool drain_source(struct logger *logger, struct log_source *source)
{
	int index = slot_of(logger, source);

	if (index < 0 || logger->lanes[index].stalled)
		return false;
	ssize_t count = journal_read(&logger->journal, (uint32_t)index, source->fd, BATCH_SIZE);
	if (count > 0)
		(void)write_lines(logger, (uint32_t)index, false);
	else if (count != -EAGAIN && count != -EINTR)
		source->closed = true;
	settle(logger, (uint32_t)index);
	if (count == BATCH_SIZE) {
		logger->grown = true;
		(void)fcntl(source->fd, F_SETPIPE_SZ, BUSY_PIPE_SIZE);
	}
	return count > 0;
}

int drain_rest(struct logger *logger, struct log_source *source)
{
	int result;

	if (source->slot == SLOT_NONE)
		return 0;
	uint32_t index = (uint32_t)source->slot;
	result = write_lines(logger, index, true);
	settle(logger, index);
	return result;
}

int drain_text(struct logger *logger, struct journal_owner *owner, const char *text, size_t length, uint32_t cookie)
{
	int index = acquire_slot(logger, owner, NULL);

	if (index < 0)
		return index;
	struct journal_slot *slot = logger->journal.slots[index];
	if (length > JOURNAL_DATA_SIZE)
		length = JOURNAL_DATA_SIZE;
	memcpy(journal_data(slot), text, length);
	struct journal_state *next = journal_prepare(slot);
	next->end = (uint32_t)length;
	/* Killed between these two, the successor would take the message in again: it is told twice rather than
	 * never. */
	journal_publish(slot);
	if (cookie)
		logger->journal.header->record_cookie = cookie;
	(void)write_lines(logger, (uint32_t)index, true);
	settle(logger, (uint32_t)index);
	return 0;
}

static void own_words(struct journal_owner *owner)
{
	memset(owner, 0, sizeof *owner);
	owner->mark = LOG_MARK_SUPERVISOR;
	owner->stream.level = LEVEL_WARNING;
	owner->stream.level_max = UINT8_MAX;
	owner->stream.facility = LOG_FACILITY_DAEMON;
	owner->stream.compress = true;
	snprintf(owner->identifier, sizeof owner->identifier, "svlog");
}

void drain_notice(struct logger *logger, const char *text)
{
	struct journal_owner owner;

	own_words(&owner);
	(void)drain_text(logger, &owner, text, strlen(text), 0);
}

/* A record about the unit in its own files. */
static void tell_unit(struct logger *logger, const struct log_unit *unit, uint8_t level, const char *text)
{
	struct journal_owner owner;

	own_words(&owner);
	owner.stream.level = level;
	owner.stream.files_only = level == LEVEL_DEBUG;
	owner.stream.json = unit->json;
	owner.stream.max_bytes = unit->max_bytes;
	owner.stream.max_files = unit->max_files;
	owner.stream.max_age = unit->max_age;
	owner.stream.compress = unit->compress;
	snprintf(owner.unit, sizeof owner.unit, "%s", unit->name);
	(void)drain_text(logger, &owner, text, strlen(text), 0);
}

/* Once for each run of a unit that prints anything. */
static void tell_invocation(struct logger *logger, struct log_unit *unit)
{
	char text[sizeof LOG_WORDS_INVOCATION + LOG_INVOCATION_LENGTH] = LOG_WORDS_INVOCATION;
	size_t length = strlen(text);

	unit->invocation_is_new = false;
	for (size_t i = 0; i < sizeof unit->invocation; i++, length += 2)
		snprintf(text + length, sizeof text - length, "%02x", unit->invocation[i]);
	tell_unit(logger, unit, LEVEL_DEBUG, text);
}

static void tell_lost_file(struct logger *logger, struct log_unit *unit)
{
	unsigned long long lines = unit->lost_lines, bytes = unit->lost_bytes;
	char text[LINE_NOTICE_MAX];

	unit->lost_lines = unit->lost_bytes = 0;
	if (lines > 0)
		snprintf(text, sizeof text, "svlog: %llu lines (%llu bytes) lost: the file was removed", lines, bytes);
	else
		snprintf(text, sizeof text, "svlog: %llu bytes lost: the file was cut", bytes);
	tell_unit(logger, unit, LEVEL_WARNING, text);
}

void drain_tell_of_directory(struct logger *logger)
{
	uint64_t lines = logger->journal.header->not_in_files;
	char text[LINE_NOTICE_MAX];

	if (lines == 0 || logger->waits_for_directory)
		return;
	logger->journal.header->not_in_files = 0;
	snprintf(text, sizeof text,
		 "svlog: the log directory can be written to now; %llu lines before this went to the console only",
		 (unsigned long long)lines);
	drain_notice(logger, text);
}

/* Whether a writer to the pipe has to wait. */
static bool is_full(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int waiting = 0;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR)
		return poll(&ready, 1, 0) == 0;
	return ioctl(fd, FIONREAD, &waiting) == 0 && waiting >= fcntl(fd, F_GETPIPE_SZ) / 2;
}

static uint64_t count_newlines(const char *data, size_t length)
{
	const char *end = data + length;
	uint64_t count = 0;

	while (data < end && (data = memchr(data, '\n', (size_t)(end - data)))) {
		count++;
		data++;
	}
	return count;
}

/* What can be kept: up to the last whole line, or up to the gap that is there already. */
static uint32_t kept_end(const struct journal_slot *slot)
{
	const struct journal_state *state = &slot->states[slot->current];
	uint32_t end = journal_state_has_gap(state) ? state->lost_at : chunk_lines_end(slot);

	return end > state->begin ? end : state->begin;
}

/* Gives up what is pending from `from` on. */
static void give_up(struct journal_slot *slot, uint32_t from, int error)
{
	struct journal_state *next = journal_prepare(slot);
	const char *data = journal_data(slot);

	if (next->end == from)
		return;
	next->lost.lines += count_newlines(data + from, next->end - from);
	next->lost.bytes += next->end - from;
	next->lost.error = error;
	next->lost_at = from;
	next->mid_drop = data[next->end - 1] != '\n';
	next->end = from;
	if (slot->write.valid && slot->write.input_end > from)
		slot->write.input_end = from;
	journal_publish(slot);
}

/* A service must not wait for a disk that is full: what it prints now is given up, and counted. */
static void relieve(struct logger *logger, uint32_t index, int error)
{
	struct log_source *source = logger->lanes[index].source;
	struct journal_slot *slot = logger->journal.slots[index];
	ssize_t count = 1;

	if (!source || !is_full(source->fd))
		return;
	logger->relieving = true;
	uint32_t from = kept_end(slot);
	for (int round = 0; round < RELIEF_READS_MAX && count > 0; round++) {
		count = journal_read(&logger->journal, index, source->fd, BATCH_SIZE);
		give_up(slot, from, error);
	}
}

static void retry(struct logger *logger, uint32_t index)
{
	struct lane *lane = &logger->lanes[index];
	int result = write_lines(logger, index, !lane->source || lane->source->dropping);

	if (result < 0)
		relieve(logger, index, -result);
	settle(logger, index);
}

static bool is_blocker(const struct lane *lane, uint32_t index)
{
	return lane->unit->blocker == (int32_t)index;
}

void drain_retry(struct logger *logger)
{
	logger->relieving = false;
	/* Those that hold others up come first. */
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < logger->lane_limit && logger->stalled_count > 0; i++) {
			const struct lane *lane = &logger->lanes[i];

			if (lane->unit && lane->stalled && is_blocker(lane, i) == (pass == 0))
				retry(logger, i);
		}
	}
}

static bool is_committed(const struct journal_slot *slot)
{
	return slot->states[slot->current].writes == slot->write.writes_after;
}

/* A slot whose stream nobody knows any more. */
static void write_orphan(struct logger *logger, uint32_t index)
{
	(void)write_lines(logger, index, true);
	settle(logger, index);
}

/* What svinit itself had said, and slots that are done with. */
static void write_records(struct logger *logger)
{
	for (uint32_t i = 0; i < logger->lane_limit; i++) {
		if (!logger->lanes[i].unit || logger->lanes[i].stalled)
			continue;
		const struct journal_slot *slot = logger->journal.slots[i];
		if (logger->configuration && slot && slot->owner.mark == LOG_MARK_SUPERVISOR)
			write_orphan(logger, i);
		else
			settle(logger, i);
		logger->has_orphans |= logger->lanes[i].unit != NULL;
	}
}

int drain_recover(struct logger *logger, struct cause *cause)
{
	uint32_t count = logger->journal.header->slot_count;

	for (uint32_t i = 0; i < count; i++) {
		struct journal_slot *slot = logger->journal.slots[i];

		if (!slot || !slot->used)
			continue;
		if (slot->write.valid && is_committed(slot))
			slot->write.valid = false;
		slot->owner.unit[JOURNAL_UNIT_MAX] = '\0';
		if (open_lane(logger, i, NULL) < 0)
			return cause_set_errno(cause, ENOMEM, "cannot take over what is pending");
		if (slot->write.valid)
			logger->lanes[i].unit->blocker = (int32_t)i;
	}
	for (uint32_t i = 0; logger->configuration && i < count; i++) {
		if (logger->journal.slots[i] && logger->journal.slots[i]->write.valid)
			set_stalled(logger, i, chunk_write(logger, i, false) < 0);
	}
	write_records(logger);
	return 0;
}

void drain_orphans(struct logger *logger)
{
	logger->has_orphans = false;
	for (uint32_t i = 0; i < logger->lane_limit; i++) {
		if (logger->lanes[i].unit && !logger->lanes[i].source && !logger->lanes[i].stalled)
			write_orphan(logger, i);
	}
}

void drain_adopt_slots(struct logger *logger, struct log_source *source)
{
	for (uint32_t i = 0; i < logger->lane_limit; i++) {
		struct lane *lane = &logger->lanes[i];

		if (!lane->unit || lane->source)
			continue;
		const struct journal_owner *owner = &logger->journal.slots[i]->owner;
		if (owner->stream.stream != source->number || owner->mark != source->mark)
			continue;
		if (lane->unit != source->unit || source->slot != SLOT_NONE) {
			write_orphan(logger, i);
			continue;
		}
		lane->source = source;
		lane->rate = source->rate;
		source->slot = (int32_t)i;
		if (!lane->stalled)
			(void)write_lines(logger, i, false);
		else
			sources_watch(logger, source, false);
		settle(logger, i);
	}
}
