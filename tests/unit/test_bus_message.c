/* The D-Bus messages that svinit writes and reads: layout by the D-Bus Specification, "Message Protocol". */
#include <criterion/criterion.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/bus_message.h"

static const char name[] = "org.example.X";

static enum bus_reply read_one(const char *data, size_t length, bool *greeted, size_t *taken)
{
	/* At the end of a block of its own, so that reading too far is seen. */
	char *copy = malloc(length ? length : 1);

	memcpy(copy, data, length);
	enum bus_reply reply = bus_reply_read(copy, length, name, greeted, taken);
	free(copy);
	return reply;
}

Test(bus_message, asks_for_a_name_in_one_piece)
{
	static const char begin[] = "\0AUTH EXTERNAL 31303030\r\nBEGIN\r\nl\1\0\1";
	char request[BUS_REQUEST_MAX];
	size_t length = bus_request_write(request, name, 1000);

	cr_assert_gt(length, sizeof begin);
	cr_expect_eq(memcmp(request, begin, sizeof begin - 1), 0);
	cr_expect_not_null(memmem(request, length, "NameHasOwner", 12));
	cr_expect_not_null(memmem(request, length, "arg0='org.example.X'", 20));
	cr_expect_eq(memcmp(request + length - 18, "\x0d\0\0\0org.example.X", 18), 0, "the argument ends the message");
}

Test(bus_message, writes_the_longest_name_and_refuses_impossible_ones)
{
	char request[BUS_REQUEST_MAX], longest[BUS_NAME_MAX + 2];

	memset(longest, 'a', sizeof longest - 1);
	longest[1] = '.';
	longest[sizeof longest - 1] = '\0';
	cr_expect_eq(bus_request_write(request, longest, 0), 0);
	longest[BUS_NAME_MAX] = '\0';
	size_t length = bus_request_write(request, longest, UINT32_MAX);
	cr_expect_gt(length, 0);
	cr_expect_leq(length, BUS_REQUEST_MAX);
	cr_expect_eq(bus_request_write(request, "", 0), 0);
	cr_expect_eq(bus_request_write(request, "no-dot", 0), 0);
	cr_expect_eq(bus_request_write(request, "a.b' x", 0), 0);
}

Test(bus_message, needs_the_greeting_first)
{
	bool greeted = false;
	size_t taken;

	cr_expect_eq(read_one("OK 12", 5, &greeted, &taken), BUS_REPLY_INCOMPLETE);
	cr_expect_eq(read_one("OK 12\r\nl", 8, &greeted, &taken), BUS_REPLY_OTHER);
	cr_expect(greeted);
	cr_expect_eq(taken, 7);
	greeted = false;
	cr_expect_eq(read_one("REJECTED EXTERNAL\r\n", 19, &greeted, &taken), BUS_REPLY_BROKEN);
}

/* A method return with REPLY_SERIAL, and a body. */
static size_t make_return(char *to, uint32_t serial, const char *body, size_t body_length)
{
	static const char head[] = "l\2\0\1\0\0\0\0\7\0\0\0\10\0\0\0\5\1u\0\0\0\0\0";

	memcpy(to, head, sizeof head - 1);
	memcpy(to + 20, &serial, 4);
	to[4] = (char)body_length;
	memcpy(to + 24, body, body_length);
	return 24 + body_length;
}

Test(bus_message, reads_the_answer)
{
	char message[64];
	bool greeted = true;
	size_t taken, length = make_return(message, 3, "\1\0\0\0", 4);

	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OWNED);
	cr_expect_eq(taken, length);
	for (size_t cut = 0; cut < length; cut++)
		cr_expect_eq(read_one(message, cut, &greeted, &taken), BUS_REPLY_INCOMPLETE);
	make_return(message, 3, "\0\0\0\0", 4);
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OTHER);
	make_return(message, 2, "\1\0\0\0", 4);
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OTHER, "of another question");
	message[1] = 3;
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_BROKEN, "an error");
}

static size_t put_text(char *to, size_t at, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	while (at % 4)
		to[at++] = '\0';
	memcpy(to + at, &length, 4);
	memcpy(to + at + 4, text, length + 1);
	return at + 4 + length + 1;
}

static size_t make_signal(char *to, const char *member, const char *changed, const char *owner)
{
	static const char head[] = "l\4\0\1\0\0\0\0\7\0\0\0\0\0\0\0\3\1s";

	memcpy(to, head, sizeof head);
	size_t at = put_text(to, 20, member);
	to[12] = (char)(at - 16);
	while (at % 8)
		to[at++] = '\0';
	size_t body = at;
	at = put_text(to, at, changed);
	at = put_text(to, at, "");
	at = put_text(to, at, owner);
	to[4] = (char)(at - body);
	return at;
}

Test(bus_message, reads_the_signal)
{
	char message[256];
	bool greeted = true;
	size_t taken, length = make_signal(message, "NameOwnerChanged", name, ":1.5");

	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OWNED);
	length = make_signal(message, "NameOwnerChanged", name, "");
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OTHER, "it lost its owner");
	length = make_signal(message, "NameOwnerChanged", "org.example.Y", ":1.5");
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OTHER);
	length = make_signal(message, "NameAcquired", name, ":1.5");
	cr_expect_eq(read_one(message, length, &greeted, &taken), BUS_REPLY_OTHER);
}

Test(bus_message, survives_every_byte_changed)
{
	char message[256];
	bool greeted = true;
	size_t taken, length = make_signal(message, "NameOwnerChanged", name, ":1.5");

	for (size_t i = 0; i < length; i++) {
		char kept = message[i];
		for (int value = 0; value < 256; value++) {
			message[i] = (char)value;
			read_one(message, length, &greeted, &taken);
			cr_assert_leq(taken, length);
		}
		message[i] = kept;
	}
}
