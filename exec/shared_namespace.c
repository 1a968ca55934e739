#include "exec/shared_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static int put(int socket, int fd)
{
	union control control = { 0 };
	char byte = 0;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space
	};

	control.header =
		(struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* -EAGAIN: there is nothing in it. */
static int take(int socket)
{
	union control control = { 0 };
	char byte;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space
	};
	int fd;

	if (recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof fd))
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof fd);
	return fd;
}

static int make(const int store[2], int type, const char *path)
{
	if (unshare(type) < 0)
		return -errno;
	int fd = store[0] < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (store[0] < 0)
		return 0;
	int r = fd < 0 ? -errno : put(store[1], fd);
	if (fd >= 0)
		close(fd);
	return r;
}

static int join(const int store[2], int type, int fd)
{
	int r = setns(fd, type) < 0 ? -errno : 0;
	int kept = put(store[1], fd);

	close(fd);
	return r < 0 ? r : kept;
}

int shared_namespace_enter(const int store[2], int type, const char *path, bool *made)
{
	*made = false;
	if (store[0] >= 0 && lockf(store[0], F_LOCK, 0) < 0)
		return -errno;
	int fd = store[0] < 0 ? -EAGAIN : take(store[0]);
	*made = fd == -EAGAIN;
	int r = fd >= 0 ? join(store, type, fd) : fd == -EAGAIN ? make(store, type, path) : fd;
	if (store[0] >= 0)
		(void)lockf(store[0], F_ULOCK, 0);
	return r;
}
