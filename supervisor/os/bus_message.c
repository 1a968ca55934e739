#include "supervisor/os/bus_message.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum message_type { METHOD_CALL = 1, METHOD_RETURN = 2, ERROR = 3, SIGNAL = 4 };
enum field_code {
	FIELD_PATH = 1,
	FIELD_INTERFACE,
	FIELD_MEMBER,
	FIELD_ERROR_NAME,
	FIELD_REPLY_SERIAL,
	FIELD_DESTINATION,
	FIELD_SENDER,
	FIELD_SIGNATURE
};
enum { HEADER_SIZE = 16, SERIAL_HELLO = 1, SERIAL_MATCH, SERIAL_HAS_OWNER };

static const char bus_name[] = "org.freedesktop.DBus";

/* Writing. All of it fits: names are bounded, the rest is ours. */
struct writer {
	char *data;
	size_t length, start; /* alignment counts from the message's start */
};

static void pad(struct writer *writer, size_t alignment)
{
	while ((writer->length - writer->start) % alignment != 0)
		writer->data[writer->length++] = '\0';
}

static void put_byte(struct writer *writer, unsigned char value)
{
	writer->data[writer->length++] = (char)value;
}

static void put_number(struct writer *writer, uint32_t value)
{
	pad(writer, 4);
	for (int shift = 0; shift < 32; shift += 8)
		put_byte(writer, (unsigned char)(value >> shift));
}

static void put_text(struct writer *writer, const char *text)
{
	size_t length = strlen(text);

	put_number(writer, (uint32_t)length);
	memcpy(writer->data + writer->length, text, length + 1);
	writer->length += length + 1;
}

static void put_signature(struct writer *writer, char type)
{
	put_byte(writer, 1);
	put_byte(writer, (unsigned char)type);
	put_byte(writer, 0);
}

static void put_field(struct writer *writer, enum field_code code, char type, const char *text)
{
	pad(writer, 8);
	put_byte(writer, (unsigned char)code);
	put_signature(writer, type);
	if (type == 'g')
		put_signature(writer, *text);
	else
		put_text(writer, text);
}

static void patch_number(struct writer *writer, size_t at, size_t value)
{
	for (int i = 0; i < 4; i++)
		writer->data[at + (size_t)i] = (char)(value >> 8 * i);
}

/* A call of the bus itself, with one text or none. */
static void put_call(struct writer *writer, uint32_t serial, const char *member, const char *argument)
{
	writer->start = writer->length;
	put_byte(writer, 'l');
	put_byte(writer, METHOD_CALL);
	put_byte(writer, 0);
	put_byte(writer, 1);
	put_number(writer, 0); /* length of the body */
	put_number(writer, serial);
	put_number(writer, 0); /* length of the fields */
	put_field(writer, FIELD_PATH, 'o', "/org/freedesktop/DBus");
	put_field(writer, FIELD_INTERFACE, 's', bus_name);
	put_field(writer, FIELD_MEMBER, 's', member);
	put_field(writer, FIELD_DESTINATION, 's', bus_name);
	if (argument)
		put_field(writer, FIELD_SIGNATURE, 'g', "s");
	patch_number(writer, writer->start + 12, writer->length - writer->start - HEADER_SIZE);
	pad(writer, 8);
	size_t body = writer->length;
	if (argument)
		put_text(writer, argument);
	patch_number(writer, writer->start + 4, writer->length - body);
}

/* Elements of letters, digits, '_' and '-', parted by dots; at least two. */
static bool is_bus_name(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > BUS_NAME_MAX || !strchr(name, '.'))
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == length;
}

/* "\0AUTH EXTERNAL 30": the digits of our uid, in hexadecimal. */
static void put_authentication(struct writer *writer, uid_t uid)
{
	static const char begin[] = "\0AUTH EXTERNAL ", end[] = "\r\nBEGIN\r\n";
	char digits[16];
	int count = snprintf(digits, sizeof digits, "%u", (unsigned)uid);

	memcpy(writer->data, begin, sizeof begin - 1);
	writer->length = sizeof begin - 1;
	for (int i = 0; i < count; i++) {
		put_byte(writer, '3');
		put_byte(writer, (unsigned char)digits[i]);
	}
	memcpy(writer->data + writer->length, end, sizeof end - 1);
	writer->length += sizeof end - 1;
}

size_t bus_request_write(char *to, const char *name, uid_t uid)
{
	struct writer writer = { .data = to };
	char rule[BUS_NAME_MAX + 128];

	if (!is_bus_name(name))
		return 0;
	snprintf(rule, sizeof rule, "type='signal',sender='%s',interface='%s',member='NameOwnerChanged',arg0='%s'",
		 bus_name, bus_name, name);
	put_authentication(&writer, uid);
	put_call(&writer, SERIAL_HELLO, "Hello", NULL);
	put_call(&writer, SERIAL_MATCH, "AddMatch", rule);
	put_call(&writer, SERIAL_HAS_OWNER, "NameHasOwner", name);
	return writer.length;
}

/* Reading: every step may find that the message ends too early, which sticks. */
struct reader {
	const unsigned char *data;
	size_t length, at;
	bool broken;
};

static void skip(struct reader *reader, size_t alignment)
{
	while (reader->at % alignment != 0)
		reader->at++;
	reader->broken = reader->broken || reader->at > reader->length;
}

static unsigned get_byte(struct reader *reader)
{
	reader->broken = reader->broken || reader->at >= reader->length;
	return reader->broken ? 0 : reader->data[reader->at++];
}

static uint32_t get_number(struct reader *reader)
{
	uint32_t value = 0;

	skip(reader, 4);
	for (int shift = 0; shift < 32; shift += 8)
		value |= (uint32_t)get_byte(reader) << shift;
	return value;
}

/* NUL-terminated in the message; "" where it is broken. */
static const char *get_text(struct reader *reader, size_t length)
{
	const char *text = (const char *)reader->data + reader->at;

	if (reader->broken || length >= reader->length - reader->at || text[length] != '\0') {
		reader->broken = true;
		return "";
	}
	reader->at += length + 1;
	return text;
}

static const char *get_string(struct reader *reader)
{
	uint32_t length = get_number(reader);

	return get_text(reader, length);
}

struct header {
	unsigned type;
	uint32_t reply_serial;
	const char *member;
};

static void read_field(struct reader *reader, struct header *header)
{
	unsigned code = get_byte(reader);
	unsigned type_length = get_byte(reader);
	const char *type = get_text(reader, type_length);

	if (strcmp(type, "u") == 0) {
		uint32_t value = get_number(reader);
		if (code == FIELD_REPLY_SERIAL)
			header->reply_serial = value;
	} else if (strcmp(type, "s") == 0 || strcmp(type, "o") == 0) {
		const char *text = get_string(reader);
		if (code == FIELD_MEMBER)
			header->member = text;
	} else if (strcmp(type, "g") == 0) {
		unsigned length = get_byte(reader);
		get_text(reader, length);
	} else {
		reader->broken = true;
	}
}

/* What it is told in: the answer to our question, or the signal. */
static bool is_owned(struct reader *body, const struct header *header, const char *name)
{
	if (header->type == METHOD_RETURN && header->reply_serial == SERIAL_HAS_OWNER)
		return get_number(body) == 1 && !body->broken;
	if (header->type != SIGNAL || strcmp(header->member, "NameOwnerChanged") != 0)
		return false;
	const char *changed = get_string(body);
	get_string(body);
	const char *owner = get_string(body);
	return !body->broken && strcmp(changed, name) == 0 && *owner;
}

static enum bus_reply read_message(const unsigned char *data, size_t fields, size_t length, const char *name)
{
	struct header header = { .type = data[1], .member = "" };
	struct reader reader = { .data = data, .length = HEADER_SIZE + fields, .at = HEADER_SIZE };

	while (!reader.broken && reader.at < reader.length) {
		skip(&reader, 8);
		if (!reader.broken && reader.at < reader.length)
			read_field(&reader, &header);
	}
	if (reader.broken || (header.type == ERROR && header.reply_serial <= SERIAL_HAS_OWNER))
		return BUS_REPLY_BROKEN;
	size_t body = (HEADER_SIZE + fields + 7) / 8 * 8;
	struct reader rest = { .data = data, .length = length, .at = body };
	return is_owned(&rest, &header, name) ? BUS_REPLY_OWNED : BUS_REPLY_OTHER;
}

static enum bus_reply read_greeting(const char *data, size_t length, bool *greeted, size_t *taken)
{
	const char *end = memchr(data, '\n', length);

	if (!end)
		return length < 1024 ? BUS_REPLY_INCOMPLETE : BUS_REPLY_BROKEN;
	if (strncmp(data, "OK ", 3) != 0)
		return BUS_REPLY_BROKEN;
	*greeted = true;
	*taken = (size_t)(end - data) + 1;
	return BUS_REPLY_OTHER;
}

enum bus_reply bus_reply_read(const char *data, size_t length, const char *name, _Bool *greeted, size_t *taken)
{
	const unsigned char *bytes = (const unsigned char *)data;
	struct reader header = { .data = bytes, .length = length, .at = 4 };

	*taken = 0;
	if (!*greeted)
		return read_greeting(data, length, greeted, taken);
	if (length < HEADER_SIZE)
		return BUS_REPLY_INCOMPLETE;
	if (bytes[0] != 'l' || bytes[3] != 1)
		return BUS_REPLY_BROKEN;
	size_t body = get_number(&header);
	get_number(&header);
	size_t fields = get_number(&header);
	if (body > BUS_MESSAGE_MAX || fields > BUS_MESSAGE_MAX)
		return BUS_REPLY_BROKEN;
	size_t whole = (HEADER_SIZE + fields + 7) / 8 * 8 + body;
	if (whole > BUS_MESSAGE_MAX)
		return BUS_REPLY_BROKEN;
	if (length < whole)
		return BUS_REPLY_INCOMPLETE;
	*taken = whole;
	return read_message(bytes, fields, whole, name);
}
