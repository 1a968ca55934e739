/* Addresses of systemd.socket(5): "/path", "@abstract", "PORT", "1.2.3.4:PORT", "[ADDRESS%SCOPE]:PORT",
 * "vsock:CID:PORT". */
#ifndef SVINIT_COMMON_SOCKET_ADDRESS_H
#define SVINIT_COMMON_SOCKET_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "common/cause.h"

struct socket_address {
	struct sockaddr_storage storage; /* ss_family tells which */
	socklen_t length;
	bool any; /* a port alone: of every address, IPv6 where the kernel has it, else IPv4 */
};

/* 0, or -EINVAL with what is wrong. */
int socket_address_parse(const char *text, struct socket_address *address, struct cause *cause);
/* The same port of every IPv4 address, for a kernel without IPv6. */
void socket_address_use_ipv4(struct socket_address *address);

#endif
