/*
 * What svlog has taken out of a pipe and not yet written, in memory that outlives svlog.
 *
 * The journal is a memfd that svinit holds and every svlog inherits. Bytes leave a pipe by one splice(2) into the
 * memfd, which moves the memfd's file offset by exactly as much; the offset belongs to the open file that svinit keeps,
 * so after SIGKILL at any moment the successor finds what the dead svlog had taken: the kernel finishes a system call
 * that moves data, and takes from the pipe only what it has put into the file. What has been written is told by the
 * size of the log file, against the size noted before the write.
 *
 * The memfd is a header page and slots. A stream owns a slot only while bytes of it are pending. All changes are
 * published by one store: a state is written beside the valid one and then made the valid one. Only one process maps
 * the journal at a time, and a process sees its own stores in order, so that compiler barriers are enough.
 */
#ifndef SVINIT_LOGGER_JOURNAL_H
#define SVINIT_LOGGER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cause.h"
#include "common/log_protocol.h"
#include "common/log_record.h"

enum {
	JOURNAL_HEADER_SIZE = 4096,
	JOURNAL_SLOT_SIZE = 256 * 1024,
	JOURNAL_DATA_OFFSET = 1024,
	JOURNAL_RULES_SIZE = 4096, /* at the end of a slot; touched only where there are rules */
	JOURNAL_DATA_SIZE = JOURNAL_SLOT_SIZE - JOURNAL_DATA_OFFSET - JOURNAL_RULES_SIZE,
	JOURNAL_SLOT_COUNT_MAX = 16384,
	JOURNAL_LABEL_MAX = 127,
	JOURNAL_UNIT_MAX = 255,
};

/* Lines that were given up, and why (errno). */
struct journal_gap {
	uint64_t lines, bytes;
	int32_t error;
};

/* What is pending of a stream, and what its next record must know. */
struct journal_state {
	uint32_t begin, end; /* of the pending bytes in the slot's data */
	uint32_t writes;     /* how many writes were completed; tells whether struct journal_write's was */
	uint32_t lost_at;    /* where in the data the gap is */
	struct journal_gap lost;
	uint64_t suppressed; /* lines above the rate limit since it was last told */
	bool mid_drop;       /* the line that the gap began in has not ended yet */
	bool continuing;     /* the bytes at `begin` continue a line that was split */
	uint8_t level;       /* of that line */
};

/* A write to a log file that is about to happen; with the state it fixes every byte of it. */
struct journal_write {
	bool valid;
	bool final; /* the last line ends at the end of the data, newline or not */
	bool report_suppressed;
	uint32_t writes_after;
	uint32_t input_end;
	uint32_t length;
	uint64_t allowance;            /* lines that the rate limit lets pass */
	uint64_t device, inode, start; /* the file, and its size before */
	uint64_t time;
	struct journal_gap gap; /* .bytes > 0: the write is the record of this gap, and no data */
};

/* Whose slot it is; all that is needed to write its records without svinit. */
struct journal_owner {
	struct log_stream stream;
	char mark; /* LOG_MARK_ */
	char unit[JOURNAL_UNIT_MAX + 1];
	char identifier[JOURNAL_LABEL_MAX + 1];
	char prefix[JOURNAL_LABEL_MAX + 1];
	uint32_t rules_size; /* of the text of line_rules.h, which is at the end of the slot */
};

struct journal_slot {
	uint32_t used;
	uint32_t current; /* which of the states is valid */
	struct journal_state states[2];
	struct journal_write write;
	struct journal_owner owner;
};

struct journal_configuration {
	uint8_t json, console, color, files, later;
	uint64_t max_bytes; /* of the whole directory; 0: the default */
	char directory[1024];
	char forward[128]; /* where to, as in forwarder.h; "": nowhere */
};

struct journal_header {
	uint64_t magic;
	uint32_t slot_count;    /* slots that were ever used */
	uint32_t reading;       /* 1 + the slot that the file offset speaks of; 0: none */
	uint32_t record_cookie; /* of the last LOG_MESSAGE_RECORD that was taken in */
	uint32_t configured;    /* which of the configurations is valid, + 1; 0: none */
	struct journal_configuration configurations[2];
	uint64_t directory_bytes; /* what all files have, as far as is known: never less */
	uint32_t directory_is_known;
	uint64_t kernel_sequence; /* number of the kernel's next message; 0: not known */
	uint64_t not_in_files;    /* lines that the console alone got, until LDIR could be written to */
};

struct journal {
	int fd;
	struct journal_header *header;
	struct journal_slot **slots; /* mapped at first use */
	uint32_t *free_slots;        /* a stack: the one used last is warm in the caches */
	uint32_t free_count;
};

/* Takes `fd` over: a journal that a dead svlog left, or an empty memfd. -1: a private one. 0 or -errno. */
int journal_open(struct journal *journal, int fd, struct cause *cause);

static inline struct journal_state *journal_state(struct journal_slot *slot)
{
	return &slot->states[slot->current];
}

static inline char *journal_rules(struct journal_slot *slot)
{
	return (char *)slot + JOURNAL_SLOT_SIZE - JOURNAL_RULES_SIZE;
}

static inline char *journal_data(struct journal_slot *slot)
{
	return (char *)slot + JOURNAL_DATA_OFFSET;
}

void journal_close(struct journal *journal);

static inline bool journal_state_has_gap(const struct journal_state *state)
{
	return state->lost.bytes > 0;
}

/* The state to prepare, a copy of the valid one; journal_publish() makes it the valid one. */
struct journal_state *journal_prepare(struct journal_slot *slot);
void journal_publish(struct journal_slot *slot);

/* A slot for a new owner and its rules (borrowed for the call); -1 with errno when there is none or no memory. */
int64_t journal_acquire(struct journal *journal, const struct journal_owner *owner, const char *rules);
/* Gives the slot back when nothing is pending in it and no count is left to tell. */
bool journal_release(struct journal *journal, uint32_t index);

/*
 * Moves at most `limit` bytes from the pipe behind what is pending, without blocking. Returns how many, 0 at end of
 * file, -EAGAIN when the pipe is empty, -ENOBUFS without room, or -errno. The bytes count as pending at once.
 */
ssize_t journal_read(struct journal *journal, uint32_t index, int pipe_fd, size_t limit);

/* Moves what is pending to the front of the data if that is possible and worth it. */
void journal_compact(struct journal_slot *slot);

/* Keeps the configuration for a successor. */
void journal_configure(struct journal *journal, const struct journal_configuration *configuration);
const struct journal_configuration *journal_configuration(const struct journal *journal);

/* Gives memory back that free slots do not need. Not while a slot's data is being looked at. */
void journal_trim(struct journal *journal);

#endif
