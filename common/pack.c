#include "common/pack.h"

#include <stdlib.h>
#include <string.h>

/* An integer is written by sevens of bits, the lowest first; the top bit of a byte says that more follow. */
enum { INTEGER_MAX = 10, FIRST_CAPACITY = 256 };

static bool make_room(struct pack *pack, size_t more)
{
	size_t capacity = pack->capacity ? pack->capacity : FIRST_CAPACITY;

	pack->failed |= more > SIZE_MAX / 4 - pack->size;
	if (pack->failed || pack->size + more <= pack->capacity)
		return !pack->failed;
	while (capacity < pack->size + more)
		capacity *= 2;
	unsigned char *data = realloc(pack->data, capacity);
	pack->failed = !data;
	if (!data)
		return false;
	pack->data = data;
	pack->capacity = capacity;
	return true;
}

static void put(struct pack *pack, uint64_t value)
{
	for (; value > 127; value >>= 7)
		pack->data[pack->size++] = (unsigned char)(value | 128);
	pack->data[pack->size++] = (unsigned char)value;
}

void pack_integer(struct pack *pack, unsigned field, uint64_t value)
{
	if (value == 0 || !make_room(pack, (size_t)2 * INTEGER_MAX))
		return;
	put(pack, (uint64_t)field << 1);
	put(pack, value);
}

void pack_signed(struct pack *pack, unsigned field, int64_t value)
{
	pack_integer(pack, field, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void pack_bytes(struct pack *pack, unsigned field, const void *bytes, size_t size)
{
	if (size == 0 || !make_room(pack, (size_t)2 * INTEGER_MAX + size))
		return;
	put(pack, (uint64_t)field << 1 | 1);
	put(pack, size);
	memcpy(pack->data + pack->size, bytes, size);
	pack->size += size;
}

void pack_text(struct pack *pack, unsigned field, const char *text)
{
	if (text)
		pack_bytes(pack, field, text, strlen(text));
}

void pack_append(struct pack *pack, const struct pack *other)
{
	pack->failed |= other->failed;
	if (other->size == 0 || !make_room(pack, other->size))
		return;
	memcpy(pack->data + pack->size, other->data, other->size);
	pack->size += other->size;
}

void pack_finish(struct pack *pack)
{
	free(pack->data);
	*pack = (struct pack){ 0 };
}

static bool take(struct packed *packed, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && packed->at < packed->end; shift += 7) {
		unsigned char byte = *packed->at++;

		if (shift == 63 && byte > 1)
			break;
		*value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return true;
	}
	packed->bad = true;
	return false;
}

bool packed_next(struct packed *packed, struct packed_field *field)
{
	uint64_t key, value;

	*field = (struct packed_field){ 0 };
	if (packed->bad || packed->at >= packed->end || !take(packed, &key) || !take(packed, &value))
		return false;
	field->is_bytes = key & 1;
	packed->bad = key >> 1 > UINT32_MAX >> 1;
	field->number = (unsigned)(key >> 1);
	if (!field->is_bytes) {
		field->integer = value;
		return !packed->bad;
	}
	packed->bad |= value > (uint64_t)(packed->end - packed->at);
	if (packed->bad)
		return false;
	field->bytes = packed->at;
	field->size = (size_t)value;
	packed->at += value;
	return true;
}

int64_t packed_signed(const struct packed_field *field)
{
	return (int64_t)(field->integer >> 1) ^ -(int64_t)(field->integer & 1);
}

char *packed_text(const struct packed_field *field)
{
	if (!field->is_bytes || memchr(field->bytes, '\0', field->size))
		return NULL;
	return strndup((const char *)field->bytes, field->size);
}
