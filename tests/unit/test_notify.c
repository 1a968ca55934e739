#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/os/notify_message.h"
#include "supervisor/os/notify_socket.h"

static struct notify_message message;

static unsigned parse(const char *text)
{
	return notify_message_parse(text, strlen(text), &message);
}

Test(notify_message, known_fields)
{
	cr_assert_eq(parse("READY=1\nSTATUS=up and running\nMAINPID=42\nWATCHDOG=1\nERRNO=2\nWATCHDOG_USEC=3000000\n"
			   "X_OWN=1\n\nEXTEND_TIMEOUT_USEC=5\nRELOADING=1\nMONOTONIC_USEC=77\nSTOPPING=1"),
		     0);
	cr_assert_eq(message.fields, NOTIFY_FIELD_READY | NOTIFY_FIELD_STATUS | NOTIFY_FIELD_MAIN_PID |
					     NOTIFY_FIELD_WATCHDOG | NOTIFY_FIELD_ERRNO | NOTIFY_FIELD_WATCHDOG_USEC |
					     NOTIFY_FIELD_EXTEND_TIMEOUT | NOTIFY_FIELD_RELOADING |
					     NOTIFY_FIELD_MONOTONIC | NOTIFY_FIELD_STOPPING);
	cr_assert_str_eq(message.status, "up and running");
	cr_assert_eq(message.main_pid, 42);
	cr_assert_eq(message.error, 2);
	cr_assert_eq(message.watchdog, 3000000);
	cr_assert_eq(message.extend_timeout, 5);
	cr_assert_eq(message.monotonic, 77);
}

Test(notify_message, descriptors_and_barrier)
{
	cr_assert_eq(parse("FDSTORE=1\nFDNAME=listen 1\nFDPOLL=0"), 0);
	cr_assert_eq(message.fields, NOTIFY_FIELD_FDSTORE | NOTIFY_FIELD_FDNAME | NOTIFY_FIELD_FDPOLL_OFF);
	cr_assert_str_eq(message.fd_name, "listen 1");
	cr_assert_eq(parse("BARRIER=1"), 0);
	cr_assert_eq(message.fields, NOTIFY_FIELD_BARRIER);
	cr_assert_eq(parse("WATCHDOG=trigger"), 0);
	cr_assert_eq(message.fields, NOTIFY_FIELD_WATCHDOG_TRIGGER);
	cr_assert_eq(parse("FDNAME=a:b"), 1);
	cr_assert_eq(message.fields, 0);
}

Test(notify_message, senseless_values_are_left_out)
{
	cr_assert_eq(parse("READY=yes\nMAINPID=-4\nMAINPID=99999999999\nERRNO=\nWATCHDOG_USEC=1s\n"
			   "WATCHDOG_USEC=99999999999999999999999\nMAINPID=0\nSTOPPING=1"),
		     7);
	cr_assert_eq(message.fields, NOTIFY_FIELD_STOPPING);
	cr_assert_eq(parse(""), 0);
	cr_assert_eq(message.fields, 0);
	cr_assert_eq(parse("READY"), 0);
	cr_assert_eq(message.fields, 0);
}

Test(notify_message, status_is_made_printable_and_short)
{
	char text[1000] = "STATUS=";

	cr_assert_eq(parse("STATUS=a\x1b[31m\xff\xc3\xa4\xe2\x80\xae!"), 0);
	cr_assert_str_eq(message.status, "a?[31m?\xc3\xa4??"
					 "?!");
	for (int i = 0; i < 300; i++)
		strcat(text, "\xe2\x82\xac");
	cr_assert_eq(parse(text), 0);
	cr_assert_eq(strlen(message.status), 255);
	cr_assert_str_eq(message.status + 252, "\xe2\x82\xac");
}

static char directory[] = "/tmp/svinit-notify-XXXXXX", path[64];
static struct notify_datagram datagram;

static int open_socket(void)
{
	struct cause cause = { .error = 0 };

	cr_assert(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/notify", directory);
	int fd = notify_socket_open(path, &cause);
	cr_assert_geq(fd, 0, "%s", cause.text);
	setenv("NOTIFY_SOCKET", path, 1);
	return fd;
}

static void close_socket(int fd)
{
	close(fd);
	unlink(path);
	rmdir(directory);
}

static void send_fds(const void *text, size_t length, const int *fds, size_t count)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(64 * sizeof(int))] = { 0 };
	struct iovec part = { (void *)(uintptr_t)text, length };
	struct msghdr header = {
		.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1
	};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (count) {
		header.msg_control = room;
		header.msg_controllen = CMSG_SPACE(count * sizeof(int));
		struct cmsghdr *item = CMSG_FIRSTHDR(&header);
		item->cmsg_level = SOL_SOCKET;
		item->cmsg_type = SCM_RIGHTS;
		item->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(item), fds, count * sizeof(int));
	}
	cr_assert_geq(sendmsg(fd, &header, 0), 0);
	close(fd);
}

static int lowest_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

Test(notify_socket, receives_with_credentials)
{
	int fd = open_socket();
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0666);
	cr_assert_eq(notify_socket_receive(fd, &datagram), 0);
	cr_assert_eq(notify_upwards("READY=1"), 1);
	cr_assert_eq(notify_socket_receive(fd, &datagram), 1);
	cr_assert_str_eq(datagram.text, "READY=1");
	cr_assert_eq(datagram.pid, getpid());
	cr_assert_eq(datagram.uid, getuid());
	notify_datagram_finish(&datagram);
	unsetenv("NOTIFY_SOCKET");
	cr_assert_eq(notify_upwards("READY=1"), 0);
	close_socket(fd);
}

Test(notify_socket, takes_descriptors_and_leaks_none)
{
	int fd = open_socket(), fds[3] = { 0, 1, 2 };
	int before = lowest_free();

	send_fds("FDSTORE=1", 9, fds, 3);
	cr_assert_eq(notify_socket_receive(fd, &datagram), 1);
	cr_assert_eq(datagram.fd_count, 3);
	cr_assert(fcntl(datagram.fds[0], F_GETFD) & FD_CLOEXEC);
	notify_datagram_finish(&datagram);
	cr_assert_eq(lowest_free(), before);
	send_fds("A=\0B", 4, fds, 3);
	cr_assert_eq(notify_socket_receive(fd, &datagram), -EBADMSG);
	cr_assert_eq(lowest_free(), before);
	close_socket(fd);
}

Test(notify_socket, too_long_is_refused)
{
	int fd = open_socket(), fds[1] = { 0 };
	static char text[NOTIFY_MESSAGE_MAX + 1];
	int before = lowest_free();

	memset(text, 'x', sizeof text);
	send_fds(text, sizeof text, fds, 1);
	cr_assert_eq(notify_socket_receive(fd, &datagram), -EMSGSIZE);
	cr_assert_eq(lowest_free(), before);
	send_fds(text, NOTIFY_MESSAGE_MAX, fds, 0);
	cr_assert_eq(notify_socket_receive(fd, &datagram), 1);
	cr_assert_eq(datagram.length, NOTIFY_MESSAGE_MAX);
	notify_datagram_finish(&datagram);
	close_socket(fd);
}

Test(notify_message, a_senseless_line_leaves_what_another_said)
{
	static const char text[] = "EXIT_STATUS=32\nEXIT_STATUS=356\nMAINPID=42\nMAINPID=0\nERRNO=2\nERRNO=99999\n";
	struct notify_message read;

	cr_assert_eq(notify_message_parse(text, sizeof text - 1, &read), 3);
	cr_assert_eq(read.exit_status, 32);
	cr_assert_eq(read.main_pid, 42);
	cr_assert_eq(read.error, 2);
}
