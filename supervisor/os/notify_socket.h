/* The sd_notify(3) socket: datagrams with the sender's credentials and descriptors. */
#ifndef SVINIT_OS_NOTIFY_SOCKET_H
#define SVINIT_OS_NOTIFY_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

#include "common/cause.h"

enum { NOTIFY_MESSAGE_MAX = 4096, NOTIFY_FDS_MAX = 253 };

struct notify_datagram {
	pid_t pid; /* SCM_CREDENTIALS; 0: unknown in our PID namespace */
	uid_t uid;
	int pidfd;                         /* SCM_PIDFD where the kernel gives it, else -1 */
	char text[NOTIFY_MESSAGE_MAX + 1]; /* NUL-terminated; NUL bytes inside make it refused */
	size_t length;
	int fds[NOTIFY_FDS_MAX];
	size_t fd_count;
};

/* Binds PATH (mode 0666: services of any user talk to it). fd or -errno. */
int notify_socket_open(const char *path, struct cause *cause);
/* 1: a datagram was read (its descriptors are the caller's: notify_datagram_finish); 0: none is there; or -errno for a
   malformed one that was dropped. */
int notify_socket_receive(int fd, struct notify_datagram *datagram);
void notify_datagram_finish(struct notify_datagram *datagram);

/* Sends to the NOTIFY_SOCKET of our own environment (svinit under a supervisor). 1 sent, 0 none is set, or -errno. */
int notify_upwards(const char *text);

#endif
