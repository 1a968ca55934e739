/* svlog as a whole: what it was told to write, whose pipes it reads, and what of them is pending. */
#ifndef SVINIT_LOGGER_LOGGER_H
#define SVINIT_LOGGER_LOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cause.h"
#include "common/log_protocol.h"
#include "common/log_record.h"
#include "logger/compression.h"
#include "logger/console.h"
#include "logger/forwarder.h"
#include "logger/journal.h"
#include "logger/line_rules.h"
#include "logger/log_unit.h"
#include "logger/vault.h"

enum { SLOT_NONE = -1 };

struct rate_limit {
	usec interval, window_start;
	uint64_t burst, passed;
};

/* A pipe. Small, for there are thousands. */
struct log_source {
	struct log_unit *unit;
	char *labels;             /* identifier and prefix, each with its NUL; NULL: both empty */
	struct line_rules *rules; /* NULL: none */
	struct rate_limit *rate;  /* NULL: no limit */
	uint32_t number;
	uint32_t pid;
	int fd;
	int32_t slot; /* SLOT_NONE while nothing is pending */
	uint8_t level, level_max, facility;
	char mark;
	bool level_prefix, json, console, kmsg;
	bool dropping; /* ends as soon as the pipe is empty and all is written */
	bool closed;   /* end of file was seen */
};

/* What svlog knows of a slot in use beside what the journal does. */
struct lane {
	struct log_source *source; /* NULL: its stream is not known (any more) */
	struct log_unit *unit;     /* one reference */
	struct rate_limit *rate;   /* borrowed from the source */
	struct line_rules *rules;  /* one reference: those that the slot has */
	bool stalled;              /* its file cannot be written to now */
};

/* A socket or device that records come from (intake.h). */
struct intake {
	int fd;
	bool open;
};

struct logger {
	int epoll_fd, control_fd;
	int directory_fd; /* LDIR; -1: not open */
	struct journal journal;
	const struct journal_configuration *configuration;
	struct console console;
	struct forwarder forwarder;
	struct intake intakes[LOG_INTAKE_COUNT];
	int kmsg_fd; /* /dev/kmsg for writing; -1: not open */
	struct log_units units;
	struct vault vault;
	struct log_source **sources; /* by number */
	uint32_t source_limit, source_count;
	struct lane *lanes; /* by slot */
	uint32_t lane_limit;
	uint32_t stalled_count, dropping_count;
	struct log_stamp stamp;
	char *output, *console_output; /* a write each, allocated once and touched as needed */
	uint32_t flush_cookies[8];
	uint32_t flush_count;
	usec flush_since;
	struct compression compression;
	usec upkeep_at;           /* when the first unit wants upkeep; USEC_INFINITY: none does */
	bool waits_for_directory; /* it could not be written to when svinit started */
	usec directory_tried;
	uint64_t budget; /* bytes of the whole directory, if not configured; 0: not looked up yet */
	bool relieving;  /* services would wait for a file that cannot be written to */
	bool finishing;
	bool orphaned;      /* svinit is gone */
	bool has_orphans;   /* slots of streams that svinit has not told of yet */
	usec orphans_until; /* when they are written at the latest */
	bool grown;         /* memory to give back when all is quiet */
};

int logger_init(struct logger *logger, int control_fd, int journal_fd, struct cause *cause);
void logger_finish(struct logger *logger);

/* Time since the epoch in µs. */
usec logger_now(void);

/* --- sources.c: which pipes there are --- */

/* `labels` is unit, identifier and prefix, each NUL-terminated, `size` bytes in all. Takes `fd` over, also on error. An
 * existing stream gets the new settings. */
int sources_add(struct logger *logger, const struct log_stream *stream, const char *labels, size_t size, int fd);
/* The unit of the stream was started again. */
void sources_begin_invocation(struct logger *logger, const struct log_stream *stream);
void sources_drop(struct logger *logger, uint32_t number);
/* What stands in the pipe is written, and a line that has not ended ends here. */
void sources_end_line(struct logger *logger, uint32_t number);
void sources_remove(struct logger *logger, struct log_source *source);
/* Reads what is in all pipes now. */
void sources_drain_all(struct logger *logger);
/* One batch of a pipe that is ready; removes the source at its end. */
void sources_ready(struct logger *logger, struct log_source *source);
/* Removes those that were dropped and could not be written then, if they can be now. */
void sources_finish_drops(struct logger *logger);
/* Begins to read all, once it is known where to write. */
void sources_watch_all(struct logger *logger);
/* After svinit's death: from now on a pipe ends when its last writer is gone. */
void sources_keep_only_reading(struct logger *logger);
void sources_watch(const struct logger *logger, struct log_source *source, bool on);
void source_owner(const struct log_source *source, struct journal_owner *owner);

/* --- drain.c: from pipes through the journal into files --- */

/* Reads and writes one batch. false: the pipe is empty (or nothing can be done now). */
bool drain_source(struct logger *logger, struct log_source *source);
/* Writes what is left of a stream, a line without its end too. 0, or -errno while that is not possible. */
int drain_rest(struct logger *logger, struct log_source *source);
/* A record that is not from a pipe. */
int drain_text(struct logger *logger, struct journal_owner *owner, const char *text, size_t length, uint32_t cookie);
/* The same in svlog's own words, about no unit. */
void drain_notice(struct logger *logger, const char *text);
/* What was said before LDIR could be written to. */
void drain_tell_of_directory(struct logger *logger);
/* Tries again where writing failed, and gives up what would hold a service up. */
void drain_retry(struct logger *logger);
/* After the journal was opened: finishes what a dead svlog had begun. */
int drain_recover(struct logger *logger, struct cause *cause);
/* Writes what belongs to streams that nobody has told of again. */
void drain_orphans(struct logger *logger);
/* Gives a stream what a dead svlog had taken out of its pipe. */
void drain_adopt_slots(struct logger *logger, struct log_source *source);

/* --- control.c: what svinit says --- */

/* Handles all messages that wait. */
void control_receive(struct logger *logger);
/* Rotates the files of all units, also of those that nobody writes to. */
void control_rotate_all(struct logger *logger);
/* Answers FLUSH if all is written, or if that takes too long. */
void control_answer_flushes(struct logger *logger);

#endif
