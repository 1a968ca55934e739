/* Sockets and FIFOs that are opened for services: systemd.socket(5), socket(7), unix(7), ip(7). */
#ifndef SVINIT_OS_ACTIVATION_SOCKET_H
#define SVINIT_OS_ACTIVATION_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/cause.h"

struct activation_options {
	int type;  /* SOCK_STREAM, …; 0: a FIFO */
	uid_t uid; /* of what lies in the file system; (uid_t)-1: svinit's own */
	gid_t gid;
	mode_t mode, directory_mode;
	unsigned backlog, send_buffer, receive_buffer, priority, mark;
	unsigned bind_ipv6_only; /* 0: the kernel's default; 1: yes; 2: no */
	const char *bind_to_device;
	bool reuse_port, free_bind, transparent, keep_alive, no_delay, broadcast;
	bool pass_credentials, pass_security, pass_packet_info;
};

/*
 * Opens, binds and listens. What a dead process has left at a path gives way; what somebody answers on does not.
 * A descriptor, close-on-exec and not blocking; or -errno with the address in the cause.
 */
int activation_socket_open(const char *address, const struct activation_options *options, struct cause *cause);
/* Reads away what is waiting: FlushPending=. */
void activation_socket_flush(int fd, bool listening);

#endif
