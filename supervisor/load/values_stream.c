/* StandardInput=, StandardOutput=, StandardError= and the data for standard input. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

enum { INPUT_DATA_MAX = 1 << 20 };

struct stream_word {
	const char *word; /* ends with ':' where something follows */
	enum stream_target target;
};

static const struct stream_word input_words[] = {
	{ "null", STREAM_NULL },         { "tty", STREAM_TTY },       { "tty-force", STREAM_TTY_FORCE },
	{ "tty-fail", STREAM_TTY_FAIL }, { "socket", STREAM_SOCKET }, { "data", STREAM_DATA },
	{ "file:", STREAM_FILE },        { "fd", STREAM_FD },         { "fd:", STREAM_FD },
};

static const struct stream_word output_words[] = {
	{ "inherit", STREAM_INHERIT },
	{ "null", STREAM_NULL },
	{ "tty", STREAM_TTY },
	{ "journal", STREAM_LOG },
	{ "syslog", STREAM_LOG },
	{ "kmsg", STREAM_KMSG },
	{ "journal+console", STREAM_LOG_AND_CONSOLE },
	{ "syslog+console", STREAM_LOG_AND_CONSOLE },
	{ "kmsg+console", STREAM_KMSG_AND_CONSOLE },
	{ "socket", STREAM_SOCKET },
	{ "file:", STREAM_FILE },
	{ "append:", STREAM_APPEND },
	{ "truncate:", STREAM_TRUNCATE },
	{ "fd", STREAM_FD },
	{ "fd:", STREAM_FD },
};

/* The word that a value is or begins with; *rest is what follows its colon, or NULL. */
static const struct stream_word *match(const struct stream_word *words, size_t count, const char *value,
				       const char **rest)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(words[i].word);
		bool open = words[i].word[length - 1] == ':';
		if (open ? strncmp(value, words[i].word, length) == 0 : strcmp(value, words[i].word) == 0) {
			*rest = open ? value + length : NULL;
			return &words[i];
		}
	}
	return NULL;
}

static void put_stream(struct stream *stream, enum stream_target target, char *path)
{
	if (target == STREAM_DATA)
		free(path);
	else {
		free(stream->path);
		stream->path = path;
		stream->data_size = 0;
	}
	stream->target = target;
}

static int read_stream(struct unit_load *load, const struct key *key, const char *value,
		       const struct stream_word *words, size_t count)
{
	struct stream *stream = key_field(load, key);
	const char *rest = NULL;
	char *path = NULL;

	if (!stream)
		return -ENOMEM;
	if (!*value) {
		put_stream(stream, STREAM_DEFAULT, NULL);
		return 0;
	}
	const struct stream_word *word = match(words, count, value, &rest);
	if (!word) {
		const char *names[sizeof output_words / sizeof *output_words];
		for (size_t i = 0; i < count; i++)
			names[i] = words[i].word;
		report_choice(load, key, value, names, count);
		return 0;
	}
	int r = rest ? specifiers_resolve(&load->specifiers, rest, &path) : 0;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (path && word->target != STREAM_FD && *path != '/') {
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an absolute path, left out", key->name, value);
		free(path);
		return 0;
	}
	put_stream(stream, word->target, path);
	return 0;
}

int read_input(struct unit_load *load, const struct key *key, char *value)
{
	return read_stream(load, key, value, input_words, sizeof input_words / sizeof *input_words);
}

int read_output(struct unit_load *load, const struct key *key, char *value)
{
	return read_stream(load, key, value, output_words, sizeof output_words / sizeof *output_words);
}

/* Appends bytes to the data of standard input, which then comes from there unless StandardInput= says otherwise. */
static int append_data(struct unit_load *load, const struct key *key, const char *data, size_t size)
{
	struct stream *input = key_field(load, key);

	if (!input)
		return -ENOMEM;
	if (input->target != STREAM_DEFAULT && input->target != STREAM_DATA) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= has no use with this StandardInput=, left out", key->name);
		return 0;
	}
	if (input->data_size + size > INPUT_DATA_MAX) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= has more than 1 MiB, left out", key->name);
		return 0;
	}
	char *grown = realloc(input->path, input->data_size + size + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + input->data_size, data, size);
	input->path = grown;
	input->data_size += size;
	grown[input->data_size] = '\0';
	input->target = STREAM_DATA;
	return 0;
}

static int clear_data(struct unit_load *load, const struct key *key)
{
	struct stream *input = key_field(load, key);

	if (!input)
		return -ENOMEM;
	if (input->target == STREAM_DATA || input->target == STREAM_DEFAULT) {
		free(input->path);
		*input = (struct stream){ 0 };
	}
	return 0;
}

int read_input_text(struct unit_load *load, const struct key *key, char *value)
{
	char *text;

	if (!*value)
		return clear_data(load, key);
	if (unescape(value) < 0) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= has an unknown escape sequence, left out", key->name);
		return 0;
	}
	int r = specifiers_resolve(&load->specifiers, value, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	size_t length = strlen(text);
	text[length] = '\n'; /* each line of data ends so; the NUL is not needed any more */
	r = append_data(load, key, text, length + 1);
	free(text);
	return r;
}

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *place = c ? strchr(digits, c) : NULL;

	return place ? (int)(place - digits) : -1;
}

/* Decodes in place; the length, or -EINVAL. */
static ssize_t decode_base64(char *text)
{
	unsigned bits = 0, count = 0;
	char *start = text, *to = text;

	for (; *text && *text != '='; text++) {
		if (*text == ' ' || *text == '\t')
			continue;
		int digit = base64_digit(*text);
		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			*to++ = (char)(bits >> count);
		}
	}
	return text[strspn(text, "= \t")] || count >= 6 ? -EINVAL : to - start;
}

int read_input_data(struct unit_load *load, const struct key *key, char *value)
{
	if (!*value)
		return clear_data(load, key);
	ssize_t length = decode_base64(value);
	if (length < 0) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= is not Base64, left out", key->name);
		return 0;
	}
	return append_data(load, key, value, (size_t)length);
}
