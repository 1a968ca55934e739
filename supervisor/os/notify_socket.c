#include "supervisor/os/notify_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

enum { RECEIVE_BUFFER = 8 << 20 };

/* "@name" is an abstract address, as in NOTIFY_SOCKET. Returns its length or -errno. */
static int make_address(const char *path, struct sockaddr_un *address)
{
	size_t length = strlen(path);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (length < 2 || (path[0] != '/' && path[0] != '@'))
		return -EINVAL;
	if (length >= sizeof address->sun_path)
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, length);
	if (path[0] == '@')
		address->sun_path[0] = '\0';
	return (int)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '/'));
}

static void enlarge_buffer(int fd)
{
	int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static int set_up(int fd, const char *path)
{
	struct sockaddr_un address;
	int on = 1;

	int length = make_address(path, &address);
	if (length < 0)
		return length;
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0)
		return -errno;
	/* Linux 6.5; without it the pid has to do. */
	(void)setsockopt(fd, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof on);
	enlarge_buffer(fd);
	if (path[0] == '/')
		unlink(path);
	if (bind(fd, (struct sockaddr *)&address, (socklen_t)length) < 0)
		return -errno;
	if (path[0] == '/' && chmod(path, 0666) < 0)
		return -errno;
	return 0;
}

int notify_socket_open(const char *path, struct cause *cause)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return cause_set_errno(cause, errno, "cannot make the notify socket");
	int r = set_up(fd, path);
	if (r < 0) {
		close(fd);
		return cause_set_errno(cause, -r, "cannot bind the notify socket %s", path);
	}
	return fd;
}

static void take_fds(struct notify_datagram *datagram, const struct cmsghdr *item)
{
	size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	const unsigned char *data = CMSG_DATA(item);

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, data + i * sizeof fd, sizeof fd);
		if (datagram->fd_count < NOTIFY_FDS_MAX)
			datagram->fds[datagram->fd_count++] = fd;
		else
			close(fd);
	}
}

static void take_item(struct notify_datagram *datagram, const struct cmsghdr *item)
{
	struct ucred sender;

	if (item->cmsg_level != SOL_SOCKET)
		return;
	if (item->cmsg_type == SCM_RIGHTS) {
		take_fds(datagram, item);
	} else if (item->cmsg_type == SCM_CREDENTIALS && item->cmsg_len >= CMSG_LEN(sizeof sender)) {
		memcpy(&sender, CMSG_DATA(item), sizeof sender);
		datagram->pid = sender.pid;
		datagram->uid = sender.uid;
	} else if (item->cmsg_type == SCM_PIDFD && datagram->pidfd < 0) {
		memcpy(&datagram->pidfd, CMSG_DATA(item), sizeof datagram->pidfd);
	}
}

static int check(const struct notify_datagram *datagram, const struct msghdr *header)
{
	if (header->msg_flags & (MSG_TRUNC | MSG_CTRUNC) || datagram->length > NOTIFY_MESSAGE_MAX)
		return -EMSGSIZE;
	if (memchr(datagram->text, '\0', datagram->length))
		return -EBADMSG;
	return 1;
}

int notify_socket_receive(int fd, struct notify_datagram *datagram)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int)) +
					   CMSG_SPACE(NOTIFY_FDS_MAX * sizeof(int))];
	struct iovec part = { .iov_base = datagram->text, .iov_len = NOTIFY_MESSAGE_MAX };
	struct msghdr header = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room
	};
	ssize_t n;

	datagram->pid = 0;
	datagram->uid = (uid_t)-1;
	datagram->pidfd = -1;
	datagram->fd_count = 0;
	datagram->length = 0;
	do
		n = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item; item = CMSG_NXTHDR(&header, item))
		take_item(datagram, item);
	datagram->length = (size_t)n;
	datagram->text[n] = '\0';
	int r = check(datagram, &header);
	if (r < 0)
		notify_datagram_finish(datagram);
	return r;
}

void notify_datagram_finish(struct notify_datagram *datagram)
{
	while (datagram->fd_count > 0) {
		int fd = datagram->fds[--datagram->fd_count];
		if (fd >= 0)
			close(fd);
	}
	if (datagram->pidfd >= 0)
		close(datagram->pidfd);
	datagram->pidfd = -1;
}

static int send_text(const char *path, const char *text)
{
	struct sockaddr_un address;

	int length = make_address(path, &address);
	if (length < 0)
		return length;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ssize_t n = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
			   (socklen_t)length);
	int r = n < 0 ? -errno : 1;
	close(fd);
	return r;
}

int notify_upwards(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path && *path ? send_text(path, text) : 0;
}
