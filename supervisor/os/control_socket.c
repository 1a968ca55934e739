#include "supervisor/os/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/os/control_client.h"

static const char too_many[] = "{\"error\":\"org.svinit.Supervisor.TooManyClients\",\"parameters\":{\"text\":"
			       "\"too many clients are connected to svinit; try again\"}}";

/* Whether somebody accepts connections on the address. */
static bool address_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answers;

	if (fd < 0)
		return false;
	answers = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
	close(fd);
	return answers;
}

static int in_use(struct cause *cause, const char *path)
{
	return cause_set(cause, EADDRINUSE,
			 "%s: another svinit runs on this runtime directory; use --runtime-dir for a second one", path);
}

/* One svinit a runtime directory, also in the instant in which two of them replace a dead one's socket. */
static int lock_path(struct control_socket *control, struct cause *cause)
{
	char path[sizeof control->address.sun_path + 8];

	snprintf(path, sizeof path, "%s.lock", control->address.sun_path);
	control->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (control->lock_fd < 0)
		return cause_set_errno(cause, errno, "%s", path);
	if (flock(control->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? in_use(cause, control->address.sun_path)
				    : cause_set_errno(cause, errno, "%s", path);
}

static int remove_dead_socket(const struct sockaddr_un *address, struct cause *cause)
{
	const char *path = address->sun_path;
	struct stat status;

	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : cause_set_errno(cause, errno, "%s", path);
	if (!S_ISSOCK(status.st_mode))
		return cause_set(cause, EEXIST, "%s: is there and is no socket; remove it", path);
	if (address_answers(address))
		return in_use(cause, path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : cause_set_errno(cause, errno, "%s", path);
}

/* The umask is what makes it private from its first instant; there is no other thread whom it could concern. */
static int bind_privately(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);
	int error = bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 ? -errno : 0;

	umask(mask);
	return error;
}

static int listen_on(struct control_socket *control, struct cause *cause)
{
	int error;

	control->source.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->source.fd < 0)
		return cause_set_errno(cause, errno, "control socket");
	error = bind_privately(control->source.fd, &control->address);
	if (error)
		return cause_set_errno(cause, -error, "%s", control->address.sun_path);
	control->bound = true;
	if (listen(control->source.fd, SOMAXCONN) < 0)
		return cause_set_errno(cause, errno, "%s", control->address.sun_path);
	return 0;
}

static int set_address(struct sockaddr_un *address, const char *path, struct cause *cause)
{
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof address->sun_path)
		return cause_set(cause, ENAMETOOLONG,
				 "%s: longer than the %zu bytes a socket's path may have; use a "
				 "shorter --runtime-dir",
				 path, sizeof address->sun_path - 1);
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* Takes a connection off the queue even when descriptors have run out, so that epoll does not report it for ever. */
static int accept_connection(struct control_socket *control)
{
	int fd = accept4(control->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 || (errno != EMFILE && errno != ENFILE) || control->spare_fd < 0)
		return fd;
	close(control->spare_fd);
	fd = accept4(control->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		close(fd);
	control->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return -1;
}

static bool has_place_for(const struct control_socket *control, uid_t uid)
{
	bool trusted = uid == 0 || uid == geteuid();

	return control->client_count < (unsigned)CONTROL_CLIENTS_MAX - (trusted ? 0 : CONTROL_CLIENTS_RESERVED);
}

static void socket_dispatch(struct event_source *source, uint32_t events)
{
	struct control_socket *control = (struct control_socket *)source;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof peer;
	int fd = accept_connection(control);

	(void)events;
	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && has_place_for(control, peer.uid) &&
	    control_client_create(control, fd, &peer) == 0)
		return;
	(void)!send(fd, too_many, sizeof too_many, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

/* A socket of our own, in the place of one that is dead. */
static int open_fresh(struct control_socket *control, struct cause *cause)
{
	int error = control->lock_fd < 0 ? lock_path(control, cause) : 0;

	if (!error)
		error = remove_dead_socket(&control->address, cause);
	return error ? error : listen_on(control, cause);
}

int control_socket_open(struct control_socket **opened, struct event_loop *loop, const char *path,
			const struct control_handler *handler, struct cause *cause)
{
	static const int nothing[2] = { -1, -1 };

	return control_socket_open_from(opened, loop, path, handler, nothing, cause);
}

int control_socket_open_from(struct control_socket **opened, struct event_loop *loop, const char *path,
			     const struct control_handler *handler, const int left[2], struct cause *cause)
{
	struct control_socket *control = calloc(1, sizeof *control);
	int error;

	if (!control)
		return cause_set_errno(cause, ENOMEM, "control socket");
	control->loop = loop;
	control->handler = *handler;
	control->source.fd = left[0];
	control->lock_fd = left[1];
	control->bound = left[0] >= 0;
	control->source.dispatch = socket_dispatch;
	control->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	error = set_address(&control->address, path, cause);
	if (!error && !control->bound)
		error = open_fresh(control, cause);
	if (!error) {
		error = event_loop_add(loop, &control->source, EPOLLIN);
		control->added = !error;
		if (error)
			cause_set_errno(cause, -error, "control socket");
	}
	if (error) {
		control_socket_close(control);
		return error;
	}
	*opened = control;
	return 0;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void control_socket_close(struct control_socket *control)
{
	if (!control)
		return;
	while (control->clients)
		control_client_destroy(control->clients);
	if (control->added)
		event_loop_remove(control->loop, &control->source);
	if (control->bound)
		unlink(control->address.sun_path);
	close_if_open(control->source.fd);
	close_if_open(control->spare_fd);
	close_if_open(control->lock_fd);
	free(control);
}

void control_socket_descriptors(const struct control_socket *control, int descriptors[2])
{
	descriptors[0] = control->source.fd;
	descriptors[1] = control->lock_fd;
}

int control_socket_take_client(struct control_socket *control, int fd, struct control_client **client)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof peer;

	int error = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -errno : 0;
	if (!error)
		error = control_client_create(control, fd, &peer);
	if (error)
		close(fd);
	else
		*client = control->clients;
	return error;
}

int control_socket_open_to_others(struct control_socket *control, bool others)
{
	return chmod(control->address.sun_path, others ? 0666 : 0600) < 0 ? -errno : 0;
}

usec control_socket_deadline(const struct control_socket *control)
{
	usec deadline = USEC_INFINITY;

	for (const struct control_client *client = control->clients; client; client = client->next)
		if (client->deadline < deadline)
			deadline = client->deadline;
	return deadline;
}

void control_socket_expire(struct control_socket *control, usec now)
{
	struct control_client *client = control->clients, *next;

	for (; client; client = next) {
		next = client->next;
		if (client->deadline <= now)
			control_client_destroy(client);
	}
}
