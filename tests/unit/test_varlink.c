#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/varlink.h"

static void open_pair(int fds[2])
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
}

Test(varlink, puts_halves_together_and_takes_several_apart)
{
	struct varlink_buffer buffer = { 0 };
	size_t length;
	int fds[2];

	open_pair(fds);
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), -EAGAIN);
	cr_assert_eq(write(fds[1], "{\"a\"", 4), 4);
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), 4);
	cr_assert_null(varlink_buffer_next(&buffer, &length));
	cr_assert_eq(varlink_buffer_pending(&buffer), 4);
	cr_assert_eq(write(fds[1], ":1}\0{}\0\0{\"b", 11), 11);
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), 11);
	cr_assert_str_eq(varlink_buffer_next(&buffer, &length), "{\"a\":1}");
	cr_assert_eq(length, 7);
	cr_assert_str_eq(varlink_buffer_next(&buffer, &length), "{}");
	cr_assert_str_eq(varlink_buffer_next(&buffer, &length), "");
	cr_assert_eq(length, 0);
	cr_assert_null(varlink_buffer_next(&buffer, &length));
	cr_assert_eq(varlink_buffer_pending(&buffer), 3);
	close(fds[1]);
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), 0);
	varlink_buffer_finish(&buffer);
	cr_assert_eq(varlink_buffer_pending(&buffer), 0);
	close(fds[0]);
}

/* Feeds `size` bytes without a NUL and returns what the last fill said. */
static ssize_t feed_bytes(struct varlink_buffer *buffer, int fds[2], size_t size)
{
	static char block[4096];
	ssize_t count = 1;

	memset(block, 'x', sizeof block);
	for (size_t sent = 0; sent < size && count > 0;) {
		size_t part = size - sent < sizeof block ? size - sent : sizeof block;

		cr_assert_eq(write(fds[1], block, part), (ssize_t)part);
		sent += part;
		do
			count = varlink_buffer_fill(buffer, fds[0]);
		while (count > 0 && count != -EAGAIN);
		if (count == -EAGAIN)
			count = 1;
	}
	return count;
}

Test(varlink, takes_the_longest_message_and_nothing_longer)
{
	struct varlink_buffer buffer = { .maximum = 10000 };
	size_t length;
	int fds[2];

	open_pair(fds);
	cr_assert_gt(feed_bytes(&buffer, fds, 10000), 0);
	cr_assert_eq(write(fds[1], "", 1), 1);
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), 1);
	cr_assert_not_null(varlink_buffer_next(&buffer, &length));
	cr_assert_eq(length, 10000);
	cr_assert_eq(feed_bytes(&buffer, fds, 10002), -EMSGSIZE);
	cr_assert_leq(buffer.capacity, 10001);
	varlink_buffer_finish(&buffer);
	close(fds[0]);
	close(fds[1]);
}

Test(varlink, says_when_whole_messages_fill_the_buffer)
{
	struct varlink_buffer buffer = { .maximum = 2000 };
	size_t length;
	int fds[2], taken = 0;
	char zeros[4000] = { 0 };

	open_pair(fds);
	cr_assert_eq(write(fds[1], zeros, sizeof zeros), (ssize_t)sizeof zeros);
	while (varlink_buffer_fill(&buffer, fds[0]) > 0)
		;
	cr_assert_eq(varlink_buffer_fill(&buffer, fds[0]), -ENOBUFS);
	do
		while (varlink_buffer_next(&buffer, &length))
			taken++;
	while (varlink_buffer_fill(&buffer, fds[0]) > 0);
	cr_assert_eq(taken, (int)sizeof zeros);
	varlink_buffer_finish(&buffer);
	close(fds[0]);
	close(fds[1]);
}
