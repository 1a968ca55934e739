#include "common/socket_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "common/parse.h"

static int wrong(struct cause *cause, const char *text, const char *what)
{
	return cause_set(cause, EINVAL, "\"%.100s\" is no socket address: %s", text, what);
}

static int parse_unix(const char *text, struct socket_address *address, struct cause *cause)
{
	struct sockaddr_un *unix_address = (struct sockaddr_un *)&address->storage;
	size_t length = strlen(text);

	if (length >= sizeof unix_address->sun_path)
		return wrong(cause, text, "the path or name is longer than 107 bytes");
	if (length < 2)
		return wrong(cause, text, "the path or name is empty");
	unix_address->sun_family = AF_UNIX;
	memcpy(unix_address->sun_path, text, length + 1);
	address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
	if (*text == '@') {
		unix_address->sun_path[0] = '\0';
		address->length--;
	}
	return 0;
}

static bool parse_port(const char *text, in_port_t *port)
{
	uint64_t number;

	if (parse_unsigned(text, UINT16_MAX, &number) < 0 || number == 0)
		return false;
	*port = htons((uint16_t)number);
	return true;
}

static int parse_any(const char *text, struct socket_address *address, struct cause *cause)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address->storage;

	if (!parse_port(text, &ipv6->sin6_port))
		return wrong(cause, text, "a path, a port from 1 to 65535 or ADDRESS:PORT was expected");
	ipv6->sin6_family = AF_INET6;
	ipv6->sin6_addr = in6addr_any;
	address->length = sizeof *ipv6;
	address->any = true;
	return 0;
}

static int parse_ipv4(const char *text, const char *colon, struct socket_address *address, struct cause *cause)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address->storage;
	char host[INET_ADDRSTRLEN];
	size_t length = (size_t)(colon - text);

	if (length >= sizeof host)
		return wrong(cause, text, "an IPv4 address was expected");
	memcpy(host, text, length);
	host[length] = '\0';
	if (inet_pton(AF_INET, host, &ipv4->sin_addr) != 1)
		return wrong(cause, text, "an IPv4 address was expected");
	if (!parse_port(colon + 1, &ipv4->sin_port))
		return wrong(cause, text, "a port from 1 to 65535 was expected");
	ipv4->sin_family = AF_INET;
	address->length = sizeof *ipv4;
	return 0;
}

/* A name or number behind '%'. */
static bool parse_scope(char *host, uint32_t *scope)
{
	char *percent = strchr(host, '%');
	uint64_t number;

	if (!percent)
		return true;
	*percent = '\0';
	if (parse_unsigned(percent + 1, UINT32_MAX, &number) == 0)
		*scope = (uint32_t)number;
	else
		*scope = if_nametoindex(percent + 1);
	return *scope != 0;
}

static int parse_ipv6(const char *text, struct socket_address *address, struct cause *cause)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address->storage;
	const char *end = strchr(text, ']');
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];

	if (!end || end[1] != ':' || (size_t)(end - text) > sizeof host)
		return wrong(cause, text, "[ADDRESS]:PORT was expected");
	memcpy(host, text + 1, (size_t)(end - text) - 1);
	host[end - text - 1] = '\0';
	if (!parse_scope(host, &ipv6->sin6_scope_id))
		return wrong(cause, text, "there is no such network interface");
	if (inet_pton(AF_INET6, host, &ipv6->sin6_addr) != 1)
		return wrong(cause, text, "an IPv6 address was expected");
	if (!parse_port(end + 2, &ipv6->sin6_port))
		return wrong(cause, text, "a port from 1 to 65535 was expected");
	ipv6->sin6_family = AF_INET6;
	address->length = sizeof *ipv6;
	return 0;
}

static int parse_vsock(const char *text, struct socket_address *address, struct cause *cause)
{
	struct sockaddr_vm *vsock = (struct sockaddr_vm *)&address->storage;
	const char *cid = text + strlen("vsock:"), *colon = strchr(cid, ':');
	uint64_t number, port;
	char digits[16];

	if (!colon || (size_t)(colon - cid) >= sizeof digits || parse_unsigned(colon + 1, UINT32_MAX, &port) < 0)
		return wrong(cause, text, "vsock:CID:PORT was expected");
	memcpy(digits, cid, (size_t)(colon - cid));
	digits[colon - cid] = '\0';
	vsock->svm_cid = VMADDR_CID_ANY;
	if (*digits && parse_unsigned(digits, UINT32_MAX, &number) < 0)
		return wrong(cause, text, "vsock:CID:PORT was expected");
	if (*digits)
		vsock->svm_cid = (unsigned)number;
	vsock->svm_family = AF_VSOCK;
	vsock->svm_port = (unsigned)port;
	address->length = sizeof *vsock;
	return 0;
}

int socket_address_parse(const char *text, struct socket_address *address, struct cause *cause)
{
	const char *colon = strchr(text, ':');

	memset(address, 0, sizeof *address);
	if (*text == '/' || *text == '@')
		return parse_unix(text, address, cause);
	if (strncmp(text, "vsock:", strlen("vsock:")) == 0)
		return parse_vsock(text, address, cause);
	if (*text == '[')
		return parse_ipv6(text, address, cause);
	return colon ? parse_ipv4(text, colon, address, cause) : parse_any(text, address, cause);
}

void socket_address_use_ipv4(struct socket_address *address)
{
	const struct sockaddr_in6 ipv6 = *(const struct sockaddr_in6 *)&address->storage;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address->storage;

	memset(address, 0, sizeof *address);
	ipv4->sin_family = AF_INET;
	ipv4->sin_port = ipv6.sin6_port;
	address->length = sizeof *ipv4;
}
