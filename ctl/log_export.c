#include "ctl/log_export.h"

#include <string.h>

#include "common/log_text.h"

static bool is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t size = log_text_character(text + i, length - i);

		if (size == 0 || (size == 1 && (unsigned char)text[i] < ' ' && text[i] != '\t'))
			return false;
		i += size;
	}
	return true;
}

/* What is no plain text stands behind its length, 64 bits, little endian. */
static void put_field(FILE *stream, const char *name, const char *text, size_t length)
{
	if (is_plain(text, length)) {
		fprintf(stream, "%s=", name);
	} else {
		fprintf(stream, "%s\n", name);
		for (int i = 0; i < 8; i++)
			putc((int)((uint64_t)length >> (8 * i) & 0xff), stream);
	}
	fwrite(text, 1, length, stream);
	putc('\n', stream);
}

void log_export(FILE *stream, const json_t *object, const struct log_record *record)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) {
		if (strcmp(name, "MESSAGE") == 0)
			put_field(stream, name, record->text, record->length);
		else if (json_is_string(value))
			put_field(stream, name, json_string_value(value), json_string_length(value));
	}
	putc('\n', stream);
}
