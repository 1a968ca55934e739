/*
 * RDIR/control: the listening socket and its clients. Bytes and clients only; what a message means is control_verbs'
 * business.
 *
 * Private from birth: bound under a umask of 0177 in a directory of mode 0755, opened up to 0666 only if grants exist
 * (who may do what is decided by SO_PEERCRED). At most CONTROL_CLIENTS_MAX clients, the last CONTROL_CLIENTS_RESERVED
 * places for root and svinit's own user; each may have one message of VARLINK_MESSAGE_MAX bytes in and
 * CONTROL_OUTPUT_MAX bytes out in flight, all together CONTROL_INPUT_TOTAL_MAX and CONTROL_OUTPUT_TOTAL_MAX. One that
 * is silent, leaves a message unfinished or an answer unread for CONTROL_CLIENT_TIMEOUT is dropped.
 *
 * A client's messages are delivered one a round of the loop, and none while it waits or has output unsent: so answers
 * keep their order and a client that does not read cannot make svinit work.
 */
#ifndef SVINIT_OS_CONTROL_SOCKET_H
#define SVINIT_OS_CONTROL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cause.h"
#include "supervisor/os/event_loop.h"

enum {
	CONTROL_CLIENTS_MAX = 256,
	CONTROL_CLIENTS_RESERVED = 32,
	CONTROL_OUTPUT_MAX = 16 << 20,
	CONTROL_OUTPUT_TOTAL_MAX = 32 << 20,
	CONTROL_INPUT_TOTAL_MAX = 32 << 20,
};
#define CONTROL_CLIENT_TIMEOUT (10 * USEC_PER_SEC)

struct control_socket;
struct control_client;

struct control_handler {
	/* A whole message came in; NUL-terminated. */
	void (*message)(void *context, struct control_client *client, const char *text, size_t length);
	/* The client is gone; its pointer is dead after this. */
	void (*closed)(void *context, struct control_client *client);
	void *context;
};

/* -EADDRINUSE when another svinit answers on it; a dead one's socket file is replaced. */
int control_socket_open(struct control_socket **socket, struct event_loop *loop, const char *path,
			const struct control_handler *handler, struct cause *cause);
/* The same from descriptors that an earlier svinit left (-1: none), which it takes over: the listening socket with all
 * who wait on it, and the lock. */
int control_socket_open_from(struct control_socket **socket, struct event_loop *loop, const char *path,
			     const struct control_handler *handler, const int left[2], struct cause *cause);
/* Both, for whoever comes next. */
void control_socket_descriptors(const struct control_socket *socket, int descriptors[2]);
/* A connection that an earlier svinit had accepted; takes `fd` over. 0 or -errno. */
int control_socket_take_client(struct control_socket *socket, int fd, struct control_client **client);
int control_client_descriptor(const struct control_client *client);
void control_socket_close(struct control_socket *socket);
/* Whether users other than root and svinit's own may connect: mode 0666 or 0600. 0 or -errno. */
int control_socket_open_to_others(struct control_socket *socket, bool others);
/* Queues one message (length bytes and a NUL) and sends what the socket takes; -EMSGSIZE: too much is queued, the
   client is dropped (closed() is called later from the loop, never from inside). */
int control_client_send(struct control_client *client, const char *text, size_t length);
/* Lets a client be silent for as long as it waits for an answer (Wait, Subscribe, a start). Its further messages are
   held back until it no longer waits. */
void control_client_set_waiting(struct control_client *client, bool waiting);
/* Closes once the queue is sent. */
void control_client_close(struct control_client *client);
uid_t control_client_uid(const struct control_client *client);
gid_t control_client_gid(const struct control_client *client);
pid_t control_client_pid(const struct control_client *client);
/* SO_PEERGROUPS: the supplementary groups, a new array; returns how many, or -errno. The caller frees. */
int control_client_groups(const struct control_client *client, gid_t **groups);
/* The client's own pointer-sized slot. */
void **control_client_slot(struct control_client *client);
/* The earliest time a client has to be dropped, and doing it. USEC_INFINITY: none. */
usec control_socket_deadline(const struct control_socket *socket);
void control_socket_expire(struct control_socket *socket, usec now);

#endif
