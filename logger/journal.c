#include "logger/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Changes with the layout, and with every change of how a write follows from a state. */
#define JOURNAL_MAGIC UINT64_C(0x73766c6f67000003)

/* What precedes in the program is in the journal before what follows. */
#define in_order() atomic_signal_fence(memory_order_seq_cst)

_Static_assert(sizeof(struct journal_slot) <= JOURNAL_DATA_OFFSET, "a slot's head leaves the data alone");
_Static_assert(sizeof(struct journal_header) <= JOURNAL_HEADER_SIZE, "the header is one page");

static off_t slot_offset(uint32_t index)
{
	return JOURNAL_HEADER_SIZE + (off_t)index * JOURNAL_SLOT_SIZE;
}

static off_t journal_size(void)
{
	return slot_offset(JOURNAL_SLOT_COUNT_MAX);
}

static struct journal_slot *map_slot(struct journal *journal, uint32_t index)
{
	if (!journal->slots[index]) {
		void *memory = mmap(NULL, JOURNAL_SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, journal->fd,
				    slot_offset(index));

		if (memory == MAP_FAILED)
			return NULL;
		journal->slots[index] = memory;
	}
	return journal->slots[index];
}

/* The bytes that a dead svlog had taken out of a pipe and had no time to count. */
static void recover_read(struct journal *journal)
{
	uint32_t index = journal->header->reading - 1;
	off_t offset = lseek(journal->fd, 0, SEEK_CUR) - slot_offset(index) - JOURNAL_DATA_OFFSET;
	struct journal_state *state = journal_state(journal->slots[index]);

	if (offset > (off_t)state->end && offset <= JOURNAL_DATA_SIZE)
		state->end = (uint32_t)offset;
	in_order();
	journal->header->reading = 0;
}

static int recover(struct journal *journal, struct cause *cause)
{
	struct journal_header *header = journal->header;

	if (header->slot_count > JOURNAL_SLOT_COUNT_MAX || header->reading > header->slot_count)
		return cause_set(cause, EBADMSG, "the log journal is damaged");
	for (uint32_t i = 0; i < header->slot_count; i++) {
		struct journal_slot *slot = map_slot(journal, i);

		if (!slot)
			return cause_set_errno(cause, errno, "cannot map the log journal");
		if (!slot->used)
			journal->free_slots[journal->free_count++] = i;
	}
	if (header->reading)
		recover_read(journal);
	return 0;
}

/* For as many slots as there may be; costs memory only where it is used. */
static void *map_table(size_t entry_size)
{
	void *memory = mmap(NULL, JOURNAL_SLOT_COUNT_MAX * entry_size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int map_header(struct journal *journal, struct cause *cause)
{
	void *memory = mmap(NULL, JOURNAL_HEADER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, journal->fd, 0);

	if (memory == MAP_FAILED)
		return cause_set_errno(cause, errno, "cannot map the log journal");
	journal->header = memory;
	journal->slots = map_table(sizeof(struct journal_slot *));
	journal->free_slots = map_table(sizeof(uint32_t));
	if (!journal->slots || !journal->free_slots)
		return cause_set_errno(cause, ENOMEM, "cannot open the log journal");
	return 0;
}

static int make_empty(struct journal *journal, struct cause *cause)
{
	if (ftruncate(journal->fd, 0) < 0 || ftruncate(journal->fd, journal_size()) < 0)
		return cause_set_errno(cause, errno, "cannot set the size of the log journal");
	journal->header->magic = JOURNAL_MAGIC;
	return 0;
}

int journal_open(struct journal *journal, int fd, struct cause *cause)
{
	struct stat status;

	*journal = (struct journal){ .fd = fd };
	if (fd < 0)
		journal->fd = memfd_create("svlog-journal", MFD_CLOEXEC);
	if (journal->fd < 0)
		return cause_set_errno(cause, errno, "cannot make a log journal");
	if (fstat(journal->fd, &status) < 0)
		return cause_set_errno(cause, errno, "cannot look at the log journal");
	if (!S_ISREG(status.st_mode))
		return cause_set(cause, EINVAL, "the log journal is not a memfd");
	if (status.st_size != journal_size() && ftruncate(journal->fd, journal_size()) < 0)
		return cause_set_errno(cause, errno, "cannot set the size of the log journal");
	int result = map_header(journal, cause);
	if (result < 0)
		return result;
	if (journal->header->magic == JOURNAL_MAGIC)
		return recover(journal, cause);
	return make_empty(journal, cause);
}

void journal_close(struct journal *journal)
{
	for (uint32_t i = 0; i < JOURNAL_SLOT_COUNT_MAX; i++) {
		if (journal->slots[i])
			munmap(journal->slots[i], JOURNAL_SLOT_SIZE);
	}
	munmap(journal->header, JOURNAL_HEADER_SIZE);
	munmap(journal->slots, JOURNAL_SLOT_COUNT_MAX * sizeof(struct journal_slot *));
	munmap(journal->free_slots, JOURNAL_SLOT_COUNT_MAX * sizeof(uint32_t));
	close(journal->fd);
	*journal = (struct journal){ .fd = -1 };
}

struct journal_state *journal_prepare(struct journal_slot *slot)
{
	struct journal_state *next = &slot->states[!slot->current];

	*next = slot->states[slot->current];
	return next;
}

void journal_publish(struct journal_slot *slot)
{
	in_order();
	slot->current = !slot->current;
	in_order();
}

static void assign(struct journal_slot *slot, const struct journal_owner *owner, const char *rules)
{
	/* The same stream again and again is the usual case; where padding differs it is only written once more. */
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
	if (memcmp(&slot->owner, owner, sizeof *owner) != 0)
		slot->owner = *owner;
	if (owner->rules_size > 0)
		memcpy(journal_rules(slot), rules, owner->rules_size);
	slot->states[0] = (struct journal_state){ 0 };
	slot->current = 0;
	slot->write.valid = false;
	in_order();
	slot->used = 1;
	in_order();
}

int64_t journal_acquire(struct journal *journal, const struct journal_owner *owner, const char *rules)
{
	uint32_t index;
	bool fresh = journal->free_count == 0;

	if (fresh && journal->header->slot_count == JOURNAL_SLOT_COUNT_MAX) {
		errno = ENOBUFS;
		return -1;
	}
	index = fresh ? journal->header->slot_count : journal->free_slots[journal->free_count - 1];
	struct journal_slot *slot = map_slot(journal, index);
	if (!slot)
		return -1;
	if (fresh)
		journal->header->slot_count++;
	else
		journal->free_count--;
	assign(slot, owner, rules);
	return index;
}

bool journal_release(struct journal *journal, uint32_t index)
{
	struct journal_slot *slot = journal->slots[index];
	const struct journal_state *state = journal_state(slot);

	if (state->begin != state->end || state->continuing || state->mid_drop || journal_state_has_gap(state) ||
	    state->suppressed || slot->write.valid)
		return false;
	slot->used = 0;
	in_order();
	journal->free_slots[journal->free_count++] = index;
	return true;
}

ssize_t journal_read(struct journal *journal, uint32_t index, int pipe_fd, size_t limit)
{
	struct journal_slot *slot = journal->slots[index];
	struct journal_state *state = journal_state(slot);
	size_t room = JOURNAL_DATA_SIZE - state->end;

	if (room == 0)
		return -ENOBUFS;
	if (lseek(journal->fd, slot_offset(index) + JOURNAL_DATA_OFFSET + state->end, SEEK_SET) < 0)
		return -errno;
	in_order();
	journal->header->reading = index + 1;
	in_order();
	ssize_t count = splice(pipe_fd, NULL, journal->fd, NULL, limit < room ? limit : room, SPLICE_F_NONBLOCK);
	int error = errno;
	if (count > 0)
		state->end += (uint32_t)count;
	in_order();
	journal->header->reading = 0;
	return count < 0 ? -error : count;
}

void journal_compact(struct journal_slot *slot)
{
	const struct journal_state *state = journal_state(slot);
	uint32_t length = state->end - state->begin, shift = state->begin;

	/* Overlapping, a half-done copy would spoil what the valid state shows. A long rest stays where it is while
	 * there is room for another batch behind it. */
	if (length > shift || shift == 0 || slot->write.valid ||
	    (length > 4096 && JOURNAL_DATA_SIZE - state->end >= JOURNAL_DATA_SIZE / 2))
		return;
	memcpy(journal_data(slot), journal_data(slot) + shift, length);
	struct journal_state *next = journal_prepare(slot);
	next->begin = 0;
	next->end = length;
	next->lost_at = next->lost_at > shift ? next->lost_at - shift : 0;
	journal_publish(slot);
}

void journal_configure(struct journal *journal, const struct journal_configuration *configuration)
{
	uint32_t other = journal->header->configured == 1 ? 1 : 0;

	journal->header->configurations[other] = *configuration;
	in_order();
	journal->header->configured = other + 1;
}

const struct journal_configuration *journal_configuration(const struct journal *journal)
{
	uint32_t configured = journal->header->configured;

	return configured == 0 || configured > 2 ? NULL : &journal->header->configurations[configured - 1];
}

void journal_trim(struct journal *journal)
{
	/* The first pages of the last used slot stay: the next line needs them at once. */
	for (uint32_t i = 0; i < journal->free_count; i++) {
		uint32_t index = journal->free_slots[i];
		off_t keep = i + 1 == journal->free_count ? 4096 : 0;

		(void)fallocate(journal->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, slot_offset(index) + keep,
				JOURNAL_SLOT_SIZE - keep);
		if (keep == 0) {
			munmap(journal->slots[index], JOURNAL_SLOT_SIZE);
			journal->slots[index] = NULL;
		}
	}
}
