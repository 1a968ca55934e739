#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/varlink.h"
#include "supervisor/os/control_socket.h"

static struct event_loop loop;
static struct control_socket *control;
static char directory[64], path[80];
static unsigned messages, closed;
static size_t last_length;
static struct control_client *last_client;
static enum { ECHO_BACK, BE_SILENT, FLOOD, KEEP_WAITING } behaviour;

static void take_message(void *context, struct control_client *client, const char *text, size_t length)
{
	(void)context;
	messages++;
	last_length = length;
	last_client = client;
	if (behaviour == ECHO_BACK)
		control_client_send(client, text, length);
	if (behaviour == KEEP_WAITING)
		control_client_set_waiting(client, true);
	if (behaviour == FLOOD) {
		char *flood = malloc(1 << 20);

		memset(flood, 'f', 1 << 20);
		flood[(1 << 20) - 1] = '\0';
		while (control_client_send(client, flood, (1 << 20) - 1) == 0)
			;
		free(flood);
	}
}

static void take_closed(void *context, struct control_client *client)
{
	(void)context;
	if (client == last_client)
		last_client = NULL;
	closed++;
}

static const struct control_handler handler = { .message = take_message, .closed = take_closed };

static void set_up(void)
{
	struct cause cause = { 0 };

	strcpy(directory, "/tmp/test-control-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/control", directory);
	cr_assert_eq(event_loop_init(&loop), 0);
	cr_assert_eq(control_socket_open(&control, &loop, path, &handler, &cause), 0, "%s", cause.text);
}

static void tear_down(void)
{
	char command[128];

	control_socket_close(control);
	event_loop_finish(&loop);
	snprintf(command, sizeof command, "rm -r %s", directory);
	cr_assert_eq(system(command), 0);
}

/* Lets the loop run until nothing is left to do. */
static void run(void)
{
	struct pollfd wait = { .fd = loop.epoll_fd, .events = POLLIN };

	for (int rounds = 0; rounds < 100000 && poll(&wait, 1, 0) > 0; rounds++)
		cr_assert_geq(event_loop_wait(&loop), 0);
}

static int connect_client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, path, sizeof path);
	cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	run();
	return fd;
}

static void say(int fd, const char *text, size_t length)
{
	cr_assert_eq(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
	run();
}

static bool is_closed(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		;
	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

TestSuite(control_socket, .init = set_up, .fini = tear_down, .timeout = 60);

Test(control_socket, is_private_until_others_may)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0600);
	cr_assert_eq(control_socket_open_to_others(control, true), 0);
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0666);
}

Test(control_socket, refuses_a_second_one_and_replaces_a_dead_one)
{
	struct control_socket *second = NULL;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct cause cause = { 0 };
	int fd;

	cr_assert_eq(control_socket_open(&second, &loop, path, &handler, &cause), -EADDRINUSE);
	cr_assert_not_null(strstr(cause.text, "another svinit"));
	control_socket_close(control);
	cr_assert_neq(access(path, F_OK), 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(address.sun_path, path, sizeof path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	cr_assert_eq(control_socket_open(&control, &loop, path, &handler, &cause), 0, "%s", cause.text);
	close(connect_client());
}

Test(control_socket, refuses_what_is_no_socket_and_what_is_too_long)
{
	struct control_socket *other = NULL;
	struct cause cause = { 0 };
	char file[100], name[300];

	snprintf(file, sizeof file, "%s/file", directory);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	cr_assert_eq(control_socket_open(&other, &loop, file, &handler, &cause), -EEXIST);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	cr_assert_eq(control_socket_open(&other, &loop, name, &handler, &cause), -ENAMETOOLONG);
	cr_assert_eq(access(file, F_OK), 0);
}

Test(control_socket, answers_and_knows_its_peer)
{
	char answer[16];
	int fd = connect_client();

	say(fd, "hello", 6);
	cr_assert_eq(recv(fd, answer, sizeof answer, 0), 6);
	cr_assert_str_eq(answer, "hello");
	cr_assert_eq(control_client_uid(last_client), getuid());
	cr_assert_eq(control_client_pid(last_client), getpid());
	close(fd);
	run();
	cr_assert_eq(closed, 1);
}

Test(control_socket, takes_what_came_before_the_hang_up)
{
	int fd = connect_client();

	cr_assert_eq(send(fd, "one\0two\0thr", 11, 0), 11);
	close(fd);
	run();
	cr_assert_eq(messages >= 1, true);
	cr_assert_eq(closed, 1);
}

Test(control_socket, a_waiting_client_keeps_its_order)
{
	int fd = connect_client();

	behaviour = KEEP_WAITING;
	say(fd, "one\0two\0", 8);
	cr_assert_eq(messages, 1);
	cr_assert_eq(control_socket_deadline(control), USEC_INFINITY);
	control_client_set_waiting(last_client, false);
	run();
	cr_assert_eq(messages, 2);
	close(fd);
	run();
	cr_assert_eq(closed, 1);
}

Test(control_socket, a_half_closed_client_gets_its_answer)
{
	char answer[16];
	int fd = connect_client();

	behaviour = KEEP_WAITING;
	say(fd, "one", 4);
	shutdown(fd, SHUT_WR);
	run();
	cr_assert_eq(closed, 0);
	control_client_send(last_client, "late", 4);
	control_client_set_waiting(last_client, false);
	run();
	cr_assert_eq(recv(fd, answer, sizeof answer, 0), 5);
	cr_assert_eq(closed, 1);
	close(fd);
}

Test(control_socket, a_message_too_long_ends_the_connection)
{
	static char block[65536];
	int fd = connect_client();

	memset(block, 'x', sizeof block);
	for (int i = 0; i < 40 && !closed; i++) {
		if (send(fd, block, sizeof block, MSG_NOSIGNAL) < 0)
			cr_assert(errno == EPIPE || errno == EAGAIN || errno == ECONNRESET);
		run();
	}
	cr_assert_eq(closed, 1);
	cr_assert_eq(messages, 0);
	cr_assert(is_closed(fd));
	close(fd);
}

Test(control_socket, a_message_of_the_full_size_comes_through)
{
	char *message = malloc(VARLINK_MESSAGE_MAX + 1);
	size_t sent = 0;
	int fd = connect_client();

	behaviour = BE_SILENT;
	memset(message, 'm', VARLINK_MESSAGE_MAX);
	message[VARLINK_MESSAGE_MAX] = '\0';
	while (sent <= VARLINK_MESSAGE_MAX) {
		ssize_t count = send(fd, message + sent, VARLINK_MESSAGE_MAX + 1 - sent, MSG_NOSIGNAL);

		cr_assert(count > 0 || errno == EAGAIN);
		sent += count > 0 ? (size_t)count : 0;
		run();
	}
	cr_assert_eq(messages, 1);
	cr_assert_eq(last_length, (size_t)VARLINK_MESSAGE_MAX);
	free(message);
	close(fd);
}

Test(control_socket, one_that_never_reads_is_dropped)
{
	int fd = connect_client();

	behaviour = FLOOD;
	say(fd, "go", 3);
	cr_assert_eq(closed, 1);
	close(fd);
}

Test(control_socket, the_silent_and_the_slow_are_dropped_in_time)
{
	int silent = connect_client(), slow = connect_client(), patient = connect_client();
	usec now = clock_monotonic(), deadline;

	say(slow, "{\"met", 5);
	deadline = control_socket_deadline(control);
	cr_assert_geq(deadline, now);
	cr_assert_leq(deadline, usec_add(clock_monotonic(), CONTROL_CLIENT_TIMEOUT));
	behaviour = KEEP_WAITING;
	say(patient, "wait", 5);
	control_socket_expire(control, usec_add(clock_monotonic(), CONTROL_CLIENT_TIMEOUT));
	cr_assert_eq(closed, 2);
	cr_assert(is_closed(silent));
	cr_assert(is_closed(slow));
	cr_assert_not(is_closed(patient));
	close(silent);
	close(slow);
	close(patient);
}

Test(control_socket, the_257th_is_refused_politely_and_the_others_stay)
{
	int fds[CONTROL_CLIENTS_MAX + 44];
	char answer[256];

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		fds[i] = connect_client();
	for (size_t i = CONTROL_CLIENTS_MAX; i < sizeof fds / sizeof *fds; i++) {
		cr_assert_gt(recv(fds[i], answer, sizeof answer, 0), 0);
		cr_assert_not_null(strstr(answer, "TooManyClients"));
		cr_assert_eq(recv(fds[i], answer, sizeof answer, 0), 0);
	}
	say(fds[0], "still here", 11);
	cr_assert_eq(recv(fds[0], answer, sizeof answer, 0), 11);
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		close(fds[i]);
	run();
	cr_assert_eq(closed, (unsigned)CONTROL_CLIENTS_MAX);
	close(connect_client());
}

Test(control_socket, pipelined_messages_wait_while_an_answer_is_unread)
{
	static char messages_text[20000];
	int fd = connect_client();

	memset(messages_text, 0, sizeof messages_text);
	for (size_t i = 0; i < sizeof messages_text; i += 1000)
		memset(messages_text + i, 'p', 999);
	for (int i = 0; i < 200; i++) {
		if (send(fd, messages_text, sizeof messages_text, MSG_NOSIGNAL) < 0)
			break;
		run();
	}
	cr_assert_lt(messages, 2000);
	cr_assert_eq(closed, 0);
	close(fd);
	run();
	cr_assert_eq(closed, 1);
}
