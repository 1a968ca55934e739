#include "supervisor/vault.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log_protocol.h"
#include "supervisor/keepsake.h"
#include "supervisor/os/log_pipe.h"
#include "supervisor/os/process.h"

static int make_address(const struct manager *manager, struct sockaddr_un *address)
{
	const char *directory = manager->options.runtime_directory;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!directory)
		return -ENOENT;
	int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/vault", directory);
	return (size_t)length < sizeof address->sun_path ? 0 : -ENAMETOOLONG;
}

/* Private from its first instant: the umask is nobody else's concern. */
static int listen_privately(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);

	(void)unlink(address->sun_path);
	int result = bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 ? -errno : 0;
	umask(mask);
	return result == 0 && listen(fd, 4) < 0 ? -errno : result;
}

int vault_open_door(struct manager *manager, struct cause *cause)
{
	struct sockaddr_un address;
	int fd = keepsake_take(manager, "vault.door");

	if (fd < 0) {
		int result = make_address(manager, &address);
		if (result < 0)
			return -1;
		fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		result = fd < 0 ? -errno : listen_privately(fd, &address);
		if (result < 0) {
			cause_set_errno(cause, -result, "%s", address.sun_path);
			if (fd >= 0)
				close(fd);
			return -1;
		}
	}
	(void)keepsake_put(manager, "vault.door", fd, KEEPSAKE_OWN);
	return fd;
}

/* ---- the next svinit ---- */

struct parcel {
	struct log_message head;
	char name[KEEPSAKE_NAME_MAX + 1];
	int fd;
};

/* 1: a message; 0: the other side is gone, or took too long. */
static int receive(int connection, struct parcel *parcel, usec deadline)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec parts[2] = { { &parcel->head, sizeof parcel->head }, { parcel->name, sizeof parcel->name - 1 } };
	struct msghdr message = {
		.msg_iov = parts, .msg_iovlen = 2, .msg_control = room, .msg_controllen = sizeof room
	};
	usec now = clock_monotonic();
	struct pollfd ready = { .fd = connection, .events = POLLIN };

	parcel->fd = -1;
	if (now >= deadline || poll(&ready, 1, (int)((deadline - now) / USEC_PER_MSEC) + 1) <= 0)
		return 0;
	ssize_t size = recvmsg(connection, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (size <= (ssize_t)sizeof parcel->head)
		return 0;
	parcel->name[(size_t)size - sizeof parcel->head] = '\0';
	struct cmsghdr *item = CMSG_FIRSTHDR(&message);
	if (item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS)
		memcpy(&parcel->fd, CMSG_DATA(item), sizeof parcel->fd);
	return 1;
}

/* How many descriptors came; the other side then ends, which closes the connection. */
static unsigned take_all(struct manager *manager, int connection, usec deadline)
{
	struct parcel parcel;
	unsigned count = 0;

	while (receive(connection, &parcel, deadline) > 0) {
		if (parcel.fd < 0)
			continue;
		if (parcel.head.kind == LOG_MESSAGE_VAULT_PUT) {
			keepsake_leave(manager, parcel.name, parcel.fd);
			count++;
		} else {
			close(parcel.fd);
		}
	}
	return count;
}

/* An svlog of the svinit before us that goes on writing would write what ours writes too. */
static void end_last_logger(struct manager *manager)
{
	const struct log_line_state *last = &manager->last_logger;
	struct process process;
	uint64_t identity;

	if (last->pid <= 0 || process_open(last->pid, &process) < 0)
		return;
	if (process_identity(&process, &identity) == 0 && identity == last->identity && process.pidfd >= 0) {
		struct pollfd ended = { .fd = process.pidfd, .events = POLLIN };
		if (poll(&ended, 1, 0) == 0) {
			(void)process_signal(&process, SIGKILL);
			(void)poll(&ended, 1, VAULT_PATIENCE / USEC_PER_MSEC);
		}
	}
	process_close(&process);
}

void vault_fetch(struct manager *manager)
{
	struct sockaddr_un address;
	usec deadline = usec_add(clock_monotonic(), VAULT_PATIENCE);
	int fd = make_address(manager, &address) < 0 ? -1 : socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
	    take_all(manager, fd, deadline) > 0)
		manager_record(manager, RECORD_DEBUG, UNIT_ID_NONE, "the vault was fetched");
	if (fd >= 0)
		close(fd);
	end_last_logger(manager);
}
