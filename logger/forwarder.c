#include "logger/forwarder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parse.h"
#include "logger/syslog_format.h"

enum { PORT_DEFAULT = 514, COUNT_MAX = 16 };

#define DELAY_MIN (USEC_PER_SEC / 2)
#define DELAY_MAX (60 * USEC_PER_SEC)

/* "1.2.3.4:5", "[::1]:5", either without the port. */
static int read_address(struct forwarder *forwarder, const char *text)
{
	char host[INET6_ADDRSTRLEN + 1];
	bool bracket = text[0] == '[';
	size_t length = strcspn(text + bracket, bracket ? "]" : ":");
	const char *rest = text + bracket + length;
	uint64_t port = PORT_DEFAULT;
	struct sockaddr_in *four = (struct sockaddr_in *)&forwarder->address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&forwarder->address;

	if (length >= sizeof host || (bracket && *rest++ != ']'))
		return -EINVAL;
	if (*rest && (*rest != ':' || parse_unsigned(rest + 1, UINT16_MAX, &port) < 0 || port == 0))
		return -EINVAL;
	memcpy(host, text + bracket, length);
	host[length] = '\0';
	if (!bracket && inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		forwarder->address_size = sizeof *four;
		return 0;
	}
	if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1)
		return -EINVAL;
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	forwarder->address_size = sizeof *six;
	return 0;
}

static int read_path(struct forwarder *forwarder, const char *path)
{
	struct sockaddr_un *local = (struct sockaddr_un *)&forwarder->address;

	if (path[0] != '/' || strlen(path) >= sizeof local->sun_path)
		return -EINVAL;
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path, strlen(path) + 1);
	forwarder->address_size = sizeof *local;
	return 0;
}

int forwarder_configure(struct forwarder *forwarder, const char *target)
{
	struct forwarder next = { .fd = -1, .delay = DELAY_MIN };
	int result = *target ? -EINVAL : 0;

	if (strncmp(target, "udp:", 4) == 0 || strncmp(target, "tcp:", 4) == 0) {
		next.type = target[0] == 'u' ? SOCK_DGRAM : SOCK_STREAM;
		result = read_address(&next, target + 4);
	} else if (strncmp(target, "unix:", 5) == 0) {
		next.type = SOCK_DGRAM;
		result = read_path(&next, target + 5);
	}
	if (result < 0)
		next.type = 0;
	if (forwarder->type == next.type && forwarder->address_size == next.address_size &&
	    memcmp(&forwarder->address, &next.address, sizeof next.address) == 0)
		return result;
	forwarder_finish(forwarder);
	*forwarder = next;
	return result;
}

static void disconnect(struct forwarder *forwarder)
{
	if (forwarder->fd >= 0)
		close(forwarder->fd);
	forwarder->fd = -1;
	forwarder->connecting = forwarder->waiting = false;
	forwarder->sent = 0;
}

void forwarder_finish(struct forwarder *forwarder)
{
	disconnect(forwarder);
	free(forwarder->buffer);
	*forwarder = (struct forwarder){ .fd = -1 };
}

static void fail(struct forwarder *forwarder, usec now)
{
	disconnect(forwarder);
	forwarder->retry_at = usec_add(now, forwarder->delay);
	forwarder->delay = forwarder->delay * 2 < DELAY_MAX ? forwarder->delay * 2 : DELAY_MAX;
}

static bool connect_to_server(struct forwarder *forwarder, usec now)
{
	int family = forwarder->address.ss_family;

	if (now < forwarder->retry_at && forwarder->retry_at - now <= DELAY_MAX)
		return false;
	forwarder->fd = socket(family, forwarder->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (forwarder->fd >= 0 &&
	    connect(forwarder->fd, (struct sockaddr *)&forwarder->address, forwarder->address_size) == 0)
		return true;
	/* A local socket may be of either type. */
	if (family == AF_UNIX && errno == EPROTOTYPE)
		forwarder->type = forwarder->type == SOCK_DGRAM ? SOCK_STREAM : SOCK_DGRAM;
	if (forwarder->fd >= 0 && errno == EINPROGRESS) {
		forwarder->connecting = true;
		return true;
	}
	fail(forwarder, now);
	return false;
}

/* The frame that is sent next; its length stands before it. */
static char *first_frame(const struct forwarder *forwarder, size_t *length)
{
	uint32_t size;

	memcpy(&size, forwarder->buffer + forwarder->begin, sizeof size);
	*length = size;
	return forwarder->buffer + forwarder->begin + sizeof size;
}

static void drop_first(struct forwarder *forwarder, size_t length)
{
	forwarder->begin += sizeof(uint32_t) + length;
	forwarder->sent = 0;
	if (forwarder->begin == forwarder->end)
		forwarder->begin = forwarder->end = 0;
}

/* Whether the first frame went. On a stream it has its length in front. */
static bool send_first(struct forwarder *forwarder, usec now)
{
	size_t length;
	char *frame = first_frame(forwarder, &length), *end = frame + length;
	/* On a datagram the count that stands in front is left out. */
	char *start = forwarder->type == SOCK_STREAM ? frame : frame + strspn(frame, "0123456789") + 1;

	start += forwarder->sent;
	if (forwarder->type == SOCK_DGRAM && end - start > FORWARDER_DATAGRAM_MAX)
		end = start + FORWARDER_DATAGRAM_MAX;
	ssize_t count = send(forwarder->fd, start, (size_t)(end - start), MSG_DONTWAIT | MSG_NOSIGNAL);
	if (count < 0 && errno == EINTR)
		return send_first(forwarder, now);
	if (count < 0) {
		if (errno != EAGAIN && errno != ENOBUFS)
			fail(forwarder, now);
		return false;
	}
	forwarder->delay = DELAY_MIN;
	forwarder->connecting = false;
	if (forwarder->type == SOCK_STREAM && count < end - start) {
		forwarder->sent += (size_t)count;
		return false;
	}
	drop_first(forwarder, length);
	return true;
}

/* Room for a frame at the end of the buffer, or NULL. */
static char *make_room(struct forwarder *forwarder, size_t size)
{
	if (!forwarder->buffer)
		forwarder->buffer = malloc(FORWARDER_BUFFER_SIZE);
	if (!forwarder->buffer)
		return NULL;
	if (FORWARDER_BUFFER_SIZE - forwarder->end < size && forwarder->begin > 0) {
		memmove(forwarder->buffer, forwarder->buffer + forwarder->begin, forwarder->end - forwarder->begin);
		forwarder->end -= forwarder->begin;
		forwarder->begin = 0;
	}
	return FORWARDER_BUFFER_SIZE - forwarder->end < size ? NULL : forwarder->buffer + forwarder->end;
}

static bool append(struct forwarder *forwarder, const struct log_record *record, const struct journal_owner *owner)
{
	size_t room = sizeof(uint32_t) + COUNT_MAX + SYSLOG_FORMAT_HEAD_MAX + record->length;
	char *to = make_room(forwarder, room);
	char count[COUNT_MAX];

	if (!to)
		return false;
	/* The message first, then its length is known. */
	char *message = to + sizeof(uint32_t) + COUNT_MAX;
	size_t length = syslog_format(message, record, owner);
	int digits = snprintf(count, sizeof count, "%zu ", length);
	memmove(to + sizeof(uint32_t) + digits, message, length);
	memcpy(to + sizeof(uint32_t), count, (size_t)digits);
	uint32_t size = (uint32_t)(length + (size_t)digits);
	memcpy(to, &size, sizeof size);
	forwarder->end += sizeof size + size;
	return true;
}

static bool tell_dropped(struct forwarder *forwarder, usec now)
{
	char text[96];
	struct journal_owner owner = { .identifier = "svlog", .stream.facility = LOG_FACILITY_DAEMON };
	struct log_record record = { .time = now, .mark = LOG_MARK_SUPERVISOR, .priority = 4, .text = text };

	record.length = (size_t)snprintf(text, sizeof text, "svlog: %llu records were not forwarded: no room",
					 (unsigned long long)forwarder->dropped);
	if (!append(forwarder, &record, &owner))
		return false;
	forwarder->dropped = 0;
	return true;
}

void forwarder_flush(struct forwarder *forwarder, usec now)
{
	if (!forwarder_is_on(forwarder) || !forwarder_has_backlog(forwarder))
		return;
	if (forwarder->fd < 0 && !connect_to_server(forwarder, now))
		return;
	for (int round = 0; round < 2; round++) {
		while (forwarder->begin != forwarder->end && forwarder->fd >= 0 && send_first(forwarder, now))
			;
		if (forwarder->begin != forwarder->end || forwarder->dropped == 0 || !tell_dropped(forwarder, now))
			break;
	}
	if (!forwarder_has_backlog(forwarder)) {
		free(forwarder->buffer);
		forwarder->buffer = NULL;
	}
}

void forwarder_add(struct forwarder *forwarder, const struct log_record *record, const struct journal_owner *owner,
		   usec now)
{
	/* In the order in which they were lost: behind a gap nothing is taken until it was told. */
	if (forwarder->dropped > 0 || !append(forwarder, record, owner))
		forwarder->dropped++;
	forwarder_flush(forwarder, now);
}

int forwarder_patience(const struct forwarder *forwarder, usec now)
{
	if (!forwarder_is_on(forwarder) || forwarder->fd >= 0 || !forwarder_has_backlog(forwarder))
		return -1;
	if (forwarder->retry_at <= now || forwarder->retry_at - now > DELAY_MAX)
		return 0;
	return (int)((forwarder->retry_at - now) / USEC_PER_MSEC) + 1;
}
