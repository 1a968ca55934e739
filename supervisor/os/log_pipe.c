#include "supervisor/os/log_pipe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int log_pipe_open(struct cause *cause)
{
	char path[32];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return cause_set_errno(cause, errno, "cannot make a log pipe");
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int error = errno;
	close(ends[0]);
	close(ends[1]);
	if (fd < 0)
		return cause_set_errno(cause, error, "cannot open a log pipe both ways (is /proc mounted?)");
	return fd;
}

static void attach(struct msghdr *header, void *room, size_t size, int fd)
{
	memset(room, 0, size);
	header->msg_control = room;
	header->msg_controllen = size;
	struct cmsghdr *item = CMSG_FIRSTHDR(header);
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(item), &fd, sizeof fd);
}

int log_pipe_send(int control_fd, const void *message, size_t size, int fd)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)message, .iov_len = size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof fd)];

	if (fd >= 0)
		attach(&header, room, sizeof room, fd);
	while (sendmsg(control_fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int log_pipe_send_batch(int control_fd, const char *messages, const unsigned *ends, unsigned count)
{
	struct mmsghdr headers[LOG_PIPE_BATCH_MAX] = { 0 };
	struct iovec parts[LOG_PIPE_BATCH_MAX];
	int sent;

	for (unsigned i = 0, begin = 0; i < count; begin = ends[i++]) {
		parts[i].iov_base = (void *)(uintptr_t)(messages + begin);
		parts[i].iov_len = ends[i] - begin;
		headers[i].msg_hdr.msg_iov = &parts[i];
		headers[i].msg_hdr.msg_iovlen = 1;
	}
	do
		sent = sendmmsg(control_fd, headers, count, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

static int open_if_pipe(int directory, const char *name, uint64_t inode)
{
	struct stat status;

	if (fstatat(directory, name, &status, 0) < 0 || !S_ISFIFO(status.st_mode) || status.st_ino != inode)
		return -ENOENT;
	int fd = openat(directory, name, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFL, 0);
	return fd;
}

int log_pipe_find(pid_t pid, uint64_t inode)
{
	char path[32];
	struct dirent *entry;
	int found = -ENOENT;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	DIR *directory = opendir(path);
	if (!directory)
		return -errno;
	while (found < 0 && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			found = open_if_pipe(dirfd(directory), entry->d_name, inode);
	closedir(directory);
	return found;
}

static bool is_in_memory(const char *directory)
{
	struct statfs status;

	return directory && statfs(directory, &status) == 0 &&
	       (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

int log_pipe_open_journal(const char *directory, bool keep)
{
	char path[PATH_MAX];
	int fd = -1;

	if (is_in_memory(directory) && (size_t)snprintf(path, sizeof path, "%s/log-journal", directory) < sizeof path)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (keep ? 0 : O_TRUNC), 0600);
	return fd >= 0 ? fd : memfd_create("svlog", MFD_CLOEXEC);
}
