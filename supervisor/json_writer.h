/*
 * Writes JSON text without building a tree first, so that a list of thousands of units costs one buffer. Commas are the
 * writer's business. Memory is bounded; a failure sticks, and the caller looks once, at the end.
 */
#ifndef SVINIT_JSON_WRITER_H
#define SVINIT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/usec.h"

struct json_writer {
	char *data;
	size_t length, capacity;
	size_t limit;  /* bytes of text at most; 0: 16 MiB */
	int error;     /* -ENOMEM, -EMSGSIZE; then nothing more is written */
	bool separate; /* a value stands before the next one */
};

void json_writer_finish(struct json_writer *writer);

void write_begin_object(struct json_writer *writer);
void write_end_object(struct json_writer *writer);
void write_begin_array(struct json_writer *writer);
void write_end_array(struct json_writer *writer);
/* A key of ours: plain ASCII without quotes. The value follows. */
void write_key(struct json_writer *writer, const char *key);

/* NULL becomes null; bytes that are not UTF-8 become U+FFFD. */
void write_string(struct json_writer *writer, const char *text);
void write_strings(struct json_writer *writer, char *const *list); /* NULL: [] */
void write_integer(struct json_writer *writer, int64_t number);
void write_boolean(struct json_writer *writer, bool value);
void write_null(struct json_writer *writer);
/* A time span or a time; USEC_INFINITY and whatever no JSON integer holds become null. */
void write_usec(struct json_writer *writer, usec time);

/* A value that another writer wrote. */
void write_raw(struct json_writer *writer, const char *text, size_t length);

/* A NUL behind the text that does not count in its length. */
void write_terminator(struct json_writer *writer);

/* Key and value in one. */
void write_key_string(struct json_writer *writer, const char *key, const char *text);
void write_key_integer(struct json_writer *writer, const char *key, int64_t number);
void write_key_boolean(struct json_writer *writer, const char *key, bool value);

#endif
