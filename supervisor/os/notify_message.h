/*
 * The text of an sd_notify(3) datagram: lines of NAME=VALUE. Unknown names are ignored, a value that makes no sense is
 * left out alone.
 */
#ifndef SVINIT_OS_NOTIFY_MESSAGE_H
#define SVINIT_OS_NOTIFY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/usec.h"

enum { NOTIFY_STATUS_MAX = 256, NOTIFY_FDNAME_MAX = 255 };

enum notify_field {
	NOTIFY_FIELD_READY = 1 << 0,
	NOTIFY_FIELD_RELOADING = 1 << 1,
	NOTIFY_FIELD_STOPPING = 1 << 2,
	NOTIFY_FIELD_WATCHDOG = 1 << 3,         /* WATCHDOG=1 */
	NOTIFY_FIELD_WATCHDOG_TRIGGER = 1 << 4, /* WATCHDOG=trigger */
	NOTIFY_FIELD_STATUS = 1 << 5,
	NOTIFY_FIELD_ERRNO = 1 << 6,
	NOTIFY_FIELD_MAIN_PID = 1 << 7,
	NOTIFY_FIELD_WATCHDOG_USEC = 1 << 8,
	NOTIFY_FIELD_EXTEND_TIMEOUT = 1 << 9,
	NOTIFY_FIELD_MONOTONIC = 1 << 10,
	NOTIFY_FIELD_FDSTORE = 1 << 11,
	NOTIFY_FIELD_FDSTORE_REMOVE = 1 << 12,
	NOTIFY_FIELD_FDNAME = 1 << 13,
	NOTIFY_FIELD_FDPOLL_OFF = 1 << 14, /* FDPOLL=0 */
	NOTIFY_FIELD_BARRIER = 1 << 15,    /* the sender waits until we close its one descriptor */
	NOTIFY_FIELD_EXIT_STATUS = 1 << 16,
};

struct notify_message {
	unsigned fields; /* enum notify_field */
	int error;       /* ERRNO= */
	int exit_status; /* EXIT_STATUS=, 0 to 255 */
	pid_t main_pid;
	usec watchdog, extend_timeout, monotonic;
	char status[NOTIFY_STATUS_MAX + 1]; /* UTF-8 without control characters, cut at a whole character */
	char fd_name[NOTIFY_FDNAME_MAX + 1];
};

/* Returns how many lines had a known name but a senseless value. */
unsigned notify_message_parse(const char *text, size_t length, struct notify_message *message);

#endif
