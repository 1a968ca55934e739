/*
 * Values packed one behind the other. The same calls pack and unpack: a function that names the fields of a struct once
 * does both, so that the two cannot drift apart. Little-endian; a text carries its length and ends with NUL.
 *
 * The first failure stays (-E2BIG, -ENOMEM, -EBADMSG) and makes all that follows do nothing.
 */
#ifndef SVINIT_COMMON_WIRE_H
#define SVINIT_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
	char *data;
	size_t length;   /* packed so far, or what there is to unpack */
	size_t position; /* unpacked so far */
	size_t capacity, most;
	bool unpacking;
	int error; /* 0 or -errno */
};

/* To pack into: grows up to `most` bytes. wire_finish() frees what was packed. */
struct wire wire_packer(size_t most);
/* To unpack from: texts that are unpacked point into `data`, which must live as long as they do. */
struct wire wire_unpacker(char *data, size_t length);
void wire_finish(struct wire *wire);

void wire_u64(struct wire *wire, uint64_t *value);
void wire_u32(struct wire *wire, uint32_t *value);
void wire_int(struct wire *wire, int *value);
void wire_bool(struct wire *wire, bool *value);
/* An enum below `count`. */
void wire_enum(struct wire *wire, void *value, unsigned count);
/* NULL is kept apart from "". */
void wire_text(struct wire *wire, char **text);
/* A list that ends with NULL; when unpacked, the array alone is the caller's to free. */
void wire_texts(struct wire *wire, char ***list);
/* How many of what follows; refused above `most`. */
void wire_count(struct wire *wire, size_t *count, size_t most);

/* 0 when all was unpacked and nothing is left over; otherwise -errno. */
int wire_end(const struct wire *wire);

#endif
