/* One client of the control socket, as control_socket.c and control_client.c share it. */
#ifndef SVINIT_OS_CONTROL_CLIENT_H
#define SVINIT_OS_CONTROL_CLIENT_H

#include <sys/socket.h>
#include <sys/un.h>

#include "common/varlink.h"
#include "supervisor/os/control_socket.h"

struct control_socket {
	struct event_source source; /* first: the dispatcher casts */
	struct event_loop *loop;
	struct control_handler handler;
	struct sockaddr_un address;
	struct control_client *clients;
	unsigned client_count;
	size_t output_total, input_total; /* bytes held for all clients */
	int spare_fd;                     /* given up for an instant to refuse somebody when descriptors run out */
	int lock_fd;
	bool bound, added;
};

struct control_client {
	struct event_source source; /* first: the dispatcher casts */
	struct control_socket *socket;
	struct control_client *next, **previous;
	struct ucred peer;
	void *slot;
	struct varlink_buffer input;
	char *output; /* output[sent … queued) is to be sent */
	size_t sent, queued, capacity;
	usec deadline;   /* when its patience ends; USEC_INFINITY while it rightly waits */
	uint32_t events; /* what epoll watches */
	bool waiting;    /* an answer is under way */
	bool ended;      /* it will send no more */
	bool closing;    /* goes as soon as all is sent */
	bool dropped;    /* goes in the next round */
};

/* Takes over `fd` if it succeeds. 0 or -errno. */
int control_client_create(struct control_socket *control, int fd, const struct ucred *peer);
/* Tells the handler and frees the client. */
void control_client_destroy(struct control_client *client);

#endif
