/* What svlog is told of a unit's streams: the message, with the unit's log options as they are now. */
#ifndef SVINIT_LOG_STREAM_H
#define SVINIT_LOG_STREAM_H

#include <stddef.h>

#include "common/log_protocol.h"
#include "supervisor/manager.h"

/* An ADD_STREAM of standard output or standard error. Returns the size of the message. */
size_t log_stream_describe(const struct unit *unit, const struct unit_runtime *runtime, bool is_error,
			   char message[LOG_MESSAGE_MAX]);
/* The ID in the form that svlog gets; all 0 for "". */
void log_stream_invocation(const char *id, uint8_t binary[16]);

/* Appends a text with its NUL, cut to what fits; returns where the next one goes. */
size_t log_stream_append(char *message, size_t at, size_t size, const char *text);

#endif
