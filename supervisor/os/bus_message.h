/*
 * As much of the D-Bus wire protocol as it takes to ask whether a name has an owner, and to be told when it gets one:
 * D-Bus Specification, "Authentication Protocol" and "Message Protocol". Pure; what comes from the bus is hostile.
 */
#ifndef SVINIT_OS_BUS_MESSAGE_H
#define SVINIT_OS_BUS_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

enum { BUS_NAME_MAX = 255, BUS_REQUEST_MAX = 2048, BUS_MESSAGE_MAX = 1 << 16 };

/*
 * All that is sent, in one piece: who we are, the subscription for `name`, and the question whether it has an owner
 * now. Returns the bytes written to `to` (BUS_REQUEST_MAX of them are enough); 0 for a name that no bus would have.
 */
size_t bus_request_write(char *to, const char *name, uid_t uid);

enum bus_reply {
	BUS_REPLY_INCOMPLETE, /* read on */
	BUS_REPLY_OTHER,      /* passed over */
	BUS_REPLY_OWNED,      /* the name has an owner */
	BUS_REPLY_BROKEN,     /* refused, or not the protocol */
};

/*
 * Looks at the beginning of what was read. `greeted` is false until the line that accepts us was taken. *taken is how
 * many bytes are done with.
 */
enum bus_reply bus_reply_read(const char *data, size_t length, const char *name, _Bool *greeted, size_t *taken);

#endif
