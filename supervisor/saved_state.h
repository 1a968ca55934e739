/*
 * The saved state as the next svinit finds it: the records of the state file, of each unit the last. Nothing in it is
 * believed: what is no state of this version is refused whole, and who reads a record checks what is in it.
 */
#ifndef SVINIT_SAVED_STATE_H
#define SVINIT_SAVED_STATE_H

#include <sys/types.h>

#include "common/cause.h"
#include "common/pack.h"
#include "supervisor/core/event.h"

enum { SAVED_STATE_VERSION = 1, SAVED_UNITS_MAX = 1 << 20 };

/* The first byte of each record. */
enum saved_record {
	SAVED_HEADER = 'H',     /* fields of saved_header; the first record */
	SAVED_CORE = 'C',       /* core_pack() */
	SAVED_MANAGER = 'M',    /* enum manager_field */
	SAVED_UNIT = 'U',       /* enum saved_unit_field */
	SAVED_GONE = 'G',       /* SAVED_UNIT_ID alone: the unit was forgotten */
	SAVED_DESCRIPTOR = 'D', /* enum saved_descriptor_field; without a number: dropped */
};

enum saved_header_field { HEADER_VERSION = 1, HEADER_PROGRAM, HEADER_PID, HEADER_START_TIME, HEADER_WORLD };
enum saved_unit_field { SAVED_UNIT_ID = 1 /* + 1 */, SAVED_UNIT_CORE, SAVED_UNIT_RUNTIME };
enum saved_descriptor_field { DESCRIPTOR_NAME = 1, DESCRIPTOR_NUMBER /* + 1 */ };

struct bytes {
	const unsigned char *at;
	size_t size; /* 0: not there */
};

struct saved_unit {
	char *name;           /* NULL: there is none of this number */
	struct bytes core;    /* core_pack_unit() */
	struct bytes runtime; /* unit_runtime_pack(); not there for units without */
};

struct saved_descriptor {
	char *name;
	int fd; /* in the process that wrote it */
};

struct saved_state {
	unsigned char *data; /* what the records point into */
	char *program;       /* version of the svinit that wrote it */
	pid_t pid;           /* which process that was */
	uint64_t start_time;
	char *world; /* boot and PID namespace: pids mean something only there */
	struct bytes core, manager;
	struct saved_unit *units; /* by unit_id */
	size_t unit_count;        /* places */
	struct saved_descriptor *descriptors;
	size_t descriptor_count;
};

/* 0, or -errno with a cause: nothing of it is to be used then. */
int saved_state_read(struct saved_state *state, int fd, struct cause *cause);
void saved_state_finish(struct saved_state *state);

/* Boot id and PID namespace, in words; NULL when they cannot be had. Static. */
const char *saved_state_world(void);

#endif
