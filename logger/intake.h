/*
 * Records that do not come through a unit's pipes: syslog(3) from a socket, and the kernel's messages. svinit holds the
 * sockets, so that what is in them outlives svlog; a datagram is taken out when it is in the journal.
 */
#ifndef SVINIT_LOGGER_INTAKE_H
#define SVINIT_LOGGER_INTAKE_H

#include "logger/logger.h"

/* Takes `fd` over, of a kind of common/log_protocol.h. One that is known already is renewed. 0 or -errno. */
int intake_add(struct logger *logger, enum log_intake kind, int fd);
/* Whether an event is one of theirs. */
bool intake_is(const struct logger *logger, const void *pointer);
/* Takes in what waits there, a bounded number of records. */
void intake_ready(struct logger *logger, void *pointer);
/* Takes in all that waits. */
void intake_drain_all(struct logger *logger);
void intake_finish(struct logger *logger);

#endif
