/*
 * Records to a syslog server (RFC 5424): "udp:ADDRESS[:PORT]" (RFC 5426), "tcp:ADDRESS[:PORT]" with octet counting (RFC
 * 6587), or "unix:PATH". Addresses are numeric, IPv6 ones in brackets, for a name service may take its time; the port
 * is 514 without one. What the server does not take now waits in a buffer; what does not fit there is counted, and told
 * to the server when it takes records again.
 */
#ifndef SVINIT_LOGGER_FORWARDER_H
#define SVINIT_LOGGER_FORWARDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "common/log_record.h"
#include "logger/journal.h"

enum { FORWARDER_BUFFER_SIZE = 256 * 1024, FORWARDER_DATAGRAM_MAX = 8192 };

struct forwarder {
	int fd;   /* -1: not open */
	int type; /* SOCK_DGRAM or SOCK_STREAM; 0: nothing is forwarded */
	struct sockaddr_storage address;
	socklen_t address_size;
	bool connecting;
	bool waiting;         /* epoll watches for room */
	char *buffer;         /* frames, each behind its length; allocated at need */
	size_t begin, end;    /* of it */
	size_t sent;          /* of the first frame, on a stream */
	uint64_t dropped;     /* records */
	usec retry_at, delay; /* after a failure */
};

/* Reads where to; "" for nowhere. 0, or -EINVAL: it is none of the forms above. */
int forwarder_configure(struct forwarder *forwarder, const char *target);
void forwarder_finish(struct forwarder *forwarder);
static inline bool forwarder_is_on(const struct forwarder *forwarder)
{
	return forwarder->type != 0;
}

/* Puts a record into the buffer, and sends what can be sent. */
void forwarder_add(struct forwarder *forwarder, const struct log_record *record, const struct journal_owner *owner,
		   usec now);
/* In ms, until a connection is to be tried again; -1: there is nothing to wait for. */
int forwarder_patience(const struct forwarder *forwarder, usec now);
/* Sends what is buffered as far as there is room. */
void forwarder_flush(struct forwarder *forwarder, usec now);
static inline bool forwarder_has_backlog(const struct forwarder *forwarder)
{
	return forwarder->begin != forwarder->end || forwarder->dropped > 0;
}

#endif
