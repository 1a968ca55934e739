#include "supervisor/os/activation_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/socket_address.h"

enum { FLUSH_MAX = 4096 };

static void make_parents(const char *path, mode_t mode)
{
	char part[PATH_MAX];

	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
		mkdir(part, mode);
	}
}

/* The umask decides which mode a socket has at its birth: there is no moment in which it is wider. */
static int bind_in_file_system(int fd, const struct socket_address *address, mode_t mode)
{
	mode_t before = umask(~mode & 0777);
	int r = bind(fd, (const struct sockaddr *)&address->storage, address->length) < 0 ? -errno : 0;

	umask(before);
	return r;
}

/* Whether somebody listens there. */
static bool is_answered(const struct socket_address *address, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answered;

	if (fd < 0)
		return true;
	answered = connect(fd, (const struct sockaddr *)&address->storage, address->length) == 0 || errno == EAGAIN;
	close(fd);
	return answered;
}

static bool is_socket(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static int bind_unix(int fd, const struct socket_address *address, const struct activation_options *options)
{
	const char *path = ((const struct sockaddr_un *)&address->storage)->sun_path;
	int r = bind_in_file_system(fd, address, options->mode);

	if (r == -ENOENT) {
		make_parents(path, options->directory_mode);
		r = bind_in_file_system(fd, address, options->mode);
	}
	if (r == -EADDRINUSE && is_socket(path) && !is_answered(address, options->type) && unlink(path) == 0)
		r = bind_in_file_system(fd, address, options->mode);
	if (r < 0)
		return r;
	if (chmod(path, options->mode) < 0)
		return -errno;
	return (options->uid != (uid_t)-1 || options->gid != (gid_t)-1) && lchown(path, options->uid, options->gid) < 0
		       ? -errno
		       : 0;
}

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

struct wish {
	bool wished;
	int level, name, value;
	const char *word;
};

static int set_wishes(int fd, const struct wish *wishes, size_t count, const char *address, struct cause *cause)
{
	for (size_t i = 0; i < count; i++) {
		int r = wishes[i].wished ? set(fd, wishes[i].level, wishes[i].name, wishes[i].value) : 0;

		if (r < 0)
			return cause_set_errno(cause, -r, "%s: %s=", address, wishes[i].word);
	}
	return 0;
}

static int set_options(int fd, int family, const struct activation_options *options, const char *address,
		       struct cause *cause)
{
	bool ip = family == AF_INET || family == AF_INET6, ipv6 = family == AF_INET6;
	bool tcp = ip && options->type == SOCK_STREAM;
	const struct wish wishes[] = {
		{ ip, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR" },
		{ ip && options->reuse_port, SOL_SOCKET, SO_REUSEPORT, 1, "ReusePort" },
		{ ipv6 && options->bind_ipv6_only, IPPROTO_IPV6, IPV6_V6ONLY, options->bind_ipv6_only == 1,
		  "BindIPv6Only" },
		{ ip && options->free_bind, IPPROTO_IP, IP_FREEBIND, 1, "FreeBind" },
		{ ip && options->transparent, IPPROTO_IP, IP_TRANSPARENT, 1, "Transparent" },
		{ tcp && options->keep_alive, SOL_SOCKET, SO_KEEPALIVE, 1, "KeepAlive" },
		{ tcp && options->no_delay, IPPROTO_TCP, TCP_NODELAY, 1, "NoDelay" },
		{ options->broadcast, SOL_SOCKET, SO_BROADCAST, 1, "Broadcast" },
		{ family == AF_UNIX && options->pass_credentials, SOL_SOCKET, SO_PASSCRED, 1, "PassCredentials" },
		{ family == AF_UNIX && options->pass_security, SOL_SOCKET, SO_PASSSEC, 1, "PassSecurity" },
		{ family == AF_INET && options->pass_packet_info, IPPROTO_IP, IP_PKTINFO, 1, "PassPacketInfo" },
		{ ipv6 && options->pass_packet_info, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, "PassPacketInfo" },
		{ options->priority > 0, SOL_SOCKET, SO_PRIORITY, (int)options->priority, "Priority" },
		{ options->mark > 0, SOL_SOCKET, SO_MARK, (int)options->mark, "Mark" },
		{ options->send_buffer > 0, SOL_SOCKET, SO_SNDBUF, (int)options->send_buffer, "SendBuffer" },
		{ options->receive_buffer > 0, SOL_SOCKET, SO_RCVBUF, (int)options->receive_buffer, "ReceiveBuffer" },
	};
	int r = set_wishes(fd, wishes, sizeof wishes / sizeof *wishes, address, cause);

	if (r == 0 && options->bind_to_device &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, options->bind_to_device,
		       (socklen_t)strlen(options->bind_to_device)) < 0)
		return cause_set_errno(cause, errno, "%s: BindToDevice=%s", address, options->bind_to_device);
	return r;
}

static int make_socket(struct socket_address *address, int type)
{
	int fd = socket(address->storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 && errno == EAFNOSUPPORT && address->any) {
		socket_address_use_ipv4(address);
		fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	return fd < 0 ? -errno : fd;
}

static int bind_and_listen(int fd, const struct socket_address *address, const struct activation_options *options)
{
	bool in_file_system = address->storage.ss_family == AF_UNIX &&
			      ((const struct sockaddr_un *)&address->storage)->sun_path[0] != '\0';
	int r = 0;

	if (in_file_system)
		r = bind_unix(fd, address, options);
	else if (bind(fd, (const struct sockaddr *)&address->storage, address->length) < 0)
		r = -errno;
	if (r == 0 && options->type != SOCK_DGRAM && listen(fd, (int)options->backlog) < 0)
		r = -errno;
	return r;
}

static int open_fifo(const char *path, const struct activation_options *options, struct cause *cause)
{
	struct stat status;
	int fd;

	if (mkfifo(path, options->mode) < 0 && errno == ENOENT) {
		make_parents(path, options->directory_mode);
		mkfifo(path, options->mode);
	}
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return cause_set_errno(cause, errno, "%s", path);
	if (fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode)) {
		close(fd);
		return cause_set(cause, EEXIST, "%s: something else than a FIFO lies there", path);
	}
	if (fchmod(fd, options->mode) < 0 || fchown(fd, options->uid, options->gid) < 0) {
		int error = errno;

		close(fd);
		return cause_set_errno(cause, error, "%s", path);
	}
	return fd;
}

int activation_socket_open(const char *text, const struct activation_options *options, struct cause *cause)
{
	struct socket_address address;
	int fd, r;

	if (options->type == 0)
		return open_fifo(text, options, cause);
	r = socket_address_parse(text, &address, cause);
	if (r < 0)
		return r;
	fd = make_socket(&address, options->type);
	if (fd < 0)
		return cause_set_errno(cause, -fd, "%s", text);
	r = set_options(fd, address.storage.ss_family, options, text, cause);
	if (r == 0) {
		r = bind_and_listen(fd, &address, options);
		if (r < 0)
			cause_set_errno(cause, -r, "%s", text);
	}
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

void activation_socket_flush(int fd, bool listening)
{
	char buffer[4096];

	for (int i = 0; i < FLUSH_MAX; i++) {
		int got = listening ? accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)
				    : (int)read(fd, buffer, sizeof buffer);

		if (got < 0)
			return;
		if (listening)
			close(got);
	}
}
