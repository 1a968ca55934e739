#include "common/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"

enum { NO_TEXT = UINT32_MAX };

struct wire wire_packer(size_t most)
{
	return (struct wire){ .most = most };
}

struct wire wire_unpacker(char *data, size_t length)
{
	return (struct wire){ .data = data, .length = length, .unpacking = true };
}

void wire_finish(struct wire *wire)
{
	if (!wire->unpacking)
		free(wire->data);
	*wire = (struct wire){ 0 };
}

static bool make_room(struct wire *wire, size_t size)
{
	size_t wanted = wire->length + size;

	if (size > wire->most || wanted > wire->most) {
		wire->error = -E2BIG;
		return false;
	}
	if (wanted <= wire->capacity)
		return true;
	size_t capacity = wanted * 2 + 1024;
	char *data = realloc(wire->data, capacity);
	if (!data) {
		wire->error = -ENOMEM;
		return false;
	}
	wire->data = data;
	wire->capacity = capacity;
	return true;
}

/* The next `size` bytes, to be written or read; NULL when there are none. */
static char *next(struct wire *wire, size_t size)
{
	if (wire->error)
		return NULL;
	if (!wire->unpacking) {
		if (!make_room(wire, size))
			return NULL;
		wire->length += size;
		return wire->data + wire->length - size;
	}
	if (size > wire->length - wire->position) {
		wire->error = -EBADMSG;
		return NULL;
	}
	wire->position += size;
	return wire->data + wire->position - size;
}

void wire_u64(struct wire *wire, uint64_t *value)
{
	unsigned char *at = (unsigned char *)next(wire, 8);
	uint64_t number = 0;

	for (int i = 0; at && i < 8; i++)
		if (wire->unpacking)
			number |= (uint64_t)at[i] << 8 * i;
		else
			at[i] = (unsigned char)(*value >> 8 * i);
	if (wire->unpacking)
		*value = number;
}

void wire_u32(struct wire *wire, uint32_t *value)
{
	uint64_t wide = *value;

	wire_u64(wire, &wide);
	if (wire->unpacking && wide > UINT32_MAX)
		wire->error = -EBADMSG;
	*value = (uint32_t)wide;
}

void wire_int(struct wire *wire, int *value)
{
	uint32_t number = (uint32_t)*value;

	wire_u32(wire, &number);
	*value = (int)number;
}

void wire_bool(struct wire *wire, bool *value)
{
	char *at = next(wire, 1);

	if (!at)
		return;
	if (!wire->unpacking)
		*at = *value;
	else if (*at == 0 || *at == 1)
		*value = *at;
	else
		wire->error = -EBADMSG;
}

void wire_enum(struct wire *wire, void *value, unsigned count)
{
	uint32_t number;

	memcpy(&number, value, sizeof number);
	wire_u32(wire, &number);
	if (number >= count)
		wire->error = wire->error ? wire->error : -EBADMSG;
	else
		memcpy(value, &number, sizeof number);
}

static void unpack_text(struct wire *wire, char **text, uint32_t length)
{
	*text = NULL;
	if (length == NO_TEXT)
		return;
	char *at = next(wire, (size_t)length + 1);
	if (!at)
		return;
	if (memchr(at, '\0', (size_t)length + 1) != at + length)
		wire->error = -EBADMSG;
	else
		*text = at;
}

void wire_text(struct wire *wire, char **text)
{
	size_t size = !wire->unpacking && *text ? strlen(*text) : 0;
	uint32_t length = *text && !wire->unpacking ? (uint32_t)size : NO_TEXT;

	if (size >= NO_TEXT) {
		wire->error = -E2BIG;
		return;
	}
	wire_u32(wire, &length);
	if (wire->unpacking) {
		unpack_text(wire, text, wire->error ? NO_TEXT : length);
		return;
	}
	char *at = *text ? next(wire, size + 1) : NULL;
	if (at)
		memcpy(at, *text, size + 1);
}

void wire_count(struct wire *wire, size_t *count, size_t most)
{
	uint64_t number = *count;

	wire_u64(wire, &number);
	if (number > most)
		wire->error = wire->error ? wire->error : wire->unpacking ? -EBADMSG : -E2BIG;
	*count = wire->error ? 0 : (size_t)number;
}

void wire_texts(struct wire *wire, char ***list)
{
	size_t count = wire->unpacking ? 0 : string_list_length(*list);

	wire_count(wire, &count, STRING_LIST_MAX);
	if (wire->unpacking)
		*list = count ? calloc(count + 1, sizeof **list) : NULL;
	if (wire->unpacking && count && !*list)
		wire->error = -ENOMEM;
	for (size_t i = 0; i < count && !wire->error; i++)
		wire_text(wire, &(*list)[i]);
}

int wire_end(const struct wire *wire)
{
	if (wire->error)
		return wire->error;
	return wire->unpacking && wire->position != wire->length ? -EBADMSG : 0;
}
