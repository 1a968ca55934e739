/*
 * What svinit tells svlog, over a SOCK_SEQPACKET pair that svlog inherits as descriptor 3: one fixed header a message,
 * little text behind it (the strings of ADD_STREAM, RECORD and ROTATE each end with NUL), at most one descriptor with
 * it. Same program version on both sides; svlog refuses others.
 *
 * Descriptor 4 is the journal: memfd_create(2), made once by svinit, never mapped or written by it, inherited as the
 * same open file by each svlog in turn. With it a killed svlog's successor goes on exactly where that one was. Without
 * it svlog works, and a kill may lose what was under way.
 */
#ifndef SVINIT_COMMON_LOG_PROTOCOL_H
#define SVINIT_COMMON_LOG_PROTOCOL_H

#include <stdint.h>

enum { LOG_PROTOCOL_VERSION = 2, LOG_PROTOCOL_CONTROL_FD = 3, LOG_PROTOCOL_JOURNAL_FD = 4, LOG_MESSAGE_MAX = 8192 };

enum { LOG_FACILITY_DAEMON = 3 };

/* Where records come from that are not from pipes. */
enum log_intake { LOG_INTAKE_SYSLOG, LOG_INTAKE_SYSLOG_OF_MACHINE, LOG_INTAKE_KERNEL, LOG_INTAKE_COUNT };

enum log_message_kind {
	LOG_MESSAGE_CONFIGURE, /* struct log_configure, LDIR ("" : console only), NUL, where to forward to ("" :
				  nowhere) */
	/* struct log_stream, then unit name, identifier, console prefix, rules (logger/line_rules.h); with the pipe */
	LOG_MESSAGE_ADD_STREAM,
	LOG_MESSAGE_DROP_STREAM, /* struct log_stream: what is still in the pipe is written, then it is closed */
	LOG_MESSAGE_RECORD,     /* svinit's own words: struct log_stream, then unit name ("" : svinit), then the text */
	LOG_MESSAGE_ROTATE,     /* struct log_stream, unit name ("" : all) */
	LOG_MESSAGE_FLUSH,      /* answer with the same message when all that was in the pipes is written */
	LOG_MESSAGE_FINISH,     /* write everything, exit */
	LOG_MESSAGE_END_LINE,   /* struct log_stream: the writer is gone; a line that it did not end ends here */
	LOG_MESSAGE_VAULT_PUT,  /* the vault keeps the descriptor that comes with it under the name behind it */
	LOG_MESSAGE_VAULT_DROP, /* the name: it is closed */
	LOG_MESSAGE_VAULT_DOOR, /* with a listening socket, through which the next svinit comes after this one's death
				 */
	LOG_MESSAGE_VAULT_END,  /* to the next svinit, behind a PUT for each: that was all */
	LOG_MESSAGE_INVOCATION, /* struct log_stream: its unit was started again; .invocation counts */
	LOG_MESSAGE_ADD_INTAKE, /* struct log_stream: .stream is an enum log_intake; with the socket, or /dev/kmsg */
};

struct log_message {
	uint16_t version;
	uint16_t kind;
	uint32_t cookie; /* FLUSH: returned. RECORD: if not 0, one that repeats the last is the same record again */
};

struct log_configure {
	struct log_message message;
	uint8_t json;    /* console records as JSON lines */
	uint8_t console; /* 1: copy to the console (descriptor 1) */
	uint8_t color;
	uint8_t files;
	uint8_t later; /* LDIR cannot be written to yet: the console has it all until it can */
	uint8_t reserved[3];
	uint64_t max_bytes; /* cap over the whole directory; 0: default */
};

struct log_stream {
	struct log_message message;
	uint32_t stream;        /* svinit's number: 2 * unit id, + 1 for stderr */
	uint8_t is_error;       /* stderr */
	uint8_t level;          /* default priority */
	uint8_t level_prefix;   /* <N> is understood */
	uint8_t level_max;      /* records above are dropped (counted); 255: none */
	uint8_t json;           /* LogFormat=json */
	uint8_t console;        /* +console: also to the console, whatever CONFIGURE says */
	uint8_t compress;       /* old files */
	uint8_t kmsg;           /* also to the kernel's log */
	uint32_t rate_burst;    /* 0: no limit */
	uint64_t rate_interval; /* µs */
	uint64_t max_bytes;     /* LogMaxBytes=: cap over all files of the unit; 0: default */
	uint32_t max_files;
	uint8_t facility;   /* of syslog(3), 0 to 23 */
	uint8_t files_only; /* not to the console and whatever else gets copies */
	uint8_t reserved[2];
	uint64_t max_age;       /* µs */
	uint32_t pid;           /* of the main process, for the record */
	uint8_t invocation[16]; /* ID of the unit's present run; all 0: none */
};

#endif
