/*
 * Fields of a record in few bytes: a number that names the field, then an integer or bytes. A field that is 0 or empty
 * takes none. Nothing of the machine's own layout gets in, so that another version, or another build, can read it.
 */
#ifndef SVINIT_COMMON_PACK_H
#define SVINIT_COMMON_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed value is empty. Grows as needed; what did not fit into memory leaves `failed` set and no half field. */
struct pack {
	unsigned char *data;
	size_t size, capacity;
	bool failed;
};

void pack_integer(struct pack *pack, unsigned field, uint64_t value);
void pack_signed(struct pack *pack, unsigned field, int64_t value);
void pack_bytes(struct pack *pack, unsigned field, const void *bytes, size_t size);
/* NULL and "" are left out. */
void pack_text(struct pack *pack, unsigned field, const char *text);
/* All fields of another. */
void pack_append(struct pack *pack, const struct pack *other);
void pack_finish(struct pack *pack);

struct packed_field {
	unsigned number;
	bool is_bytes;
	uint64_t integer; /* 0 for bytes */
	const unsigned char *bytes;
	size_t size;
};

/* What is left to be read; borrowed. */
struct packed {
	const unsigned char *at, *end;
	bool bad; /* it is no record, or was cut off */
};

/* Takes the next field; false at the end, or with `bad` set where there is none. Reads nothing beyond the end. */
bool packed_next(struct packed *packed, struct packed_field *field);
/* Of pack_signed(). */
int64_t packed_signed(const struct packed_field *field);
/* A copy with a NUL; NULL when out of memory, or when the text holds a NUL of its own. */
char *packed_text(const struct packed_field *field);

#endif
