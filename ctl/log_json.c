#include "ctl/log_json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const mark_names[] = { "stdout", "stderr", "svinit", "syslog", "kernel" };
static const char marks[] = { LOG_MARK_OUTPUT, LOG_MARK_ERROR, LOG_MARK_SUPERVISOR, LOG_MARK_SYSLOG, LOG_MARK_KERNEL };

const char *log_mark_name(char mark)
{
	for (size_t i = 0; i < sizeof marks; i++) {
		if (marks[i] == mark)
			return mark_names[i];
	}
	return "stdout";
}

static char mark_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof marks; i++) {
		if (strcmp(mark_names[i], name) == 0)
			return marks[i];
	}
	return LOG_MARK_OUTPUT;
}

static unsigned long long number_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? strtoull(text, NULL, 10) : 0;
}

/* Text that is no UTF-8 is an array of its bytes. */
static char *decode_bytes(const json_t *array, size_t *length)
{
	char *bytes = malloc(json_array_size(array) + 1);
	const json_t *byte;
	size_t i;

	*length = json_array_size(array);
	if (bytes) {
		json_array_foreach(array, i, byte)
			bytes[i] = (char)json_integer_value(byte);
	}
	return bytes;
}

static char *decode_text(const json_t *value, size_t *length)
{
	if (json_is_array(value))
		return decode_bytes(value, length);
	*length = json_string_length(value);
	char *text = malloc(*length + 1);
	if (text && *length > 0)
		memcpy(text, json_string_value(value), *length);
	return text;
}

int log_json_parse(const char *line, size_t length, struct log_record *record, char **decoded, json_t **fields)
{
	json_t *object = json_loadb(line, length, JSON_ALLOW_NUL, NULL);
	const json_t *text = json_object_get(object, "MESSAGE");
	int result = -EINVAL;

	if (text) {
		free(*decoded);
		*record = (struct log_record){ .time = number_of(object, "__REALTIME_TIMESTAMP"),
					       .priority = number_of(object, "PRIORITY") & 7,
					       .continues = json_object_get(object, "_LINE_BREAK") != NULL };
		record->mark = mark_of(json_string_value(json_object_get(object, "_STREAM")));
		record->text = *decoded = decode_text(text, &record->length);
		result = *decoded ? 0 : -ENOMEM;
	}
	if (result == 0)
		*fields = object;
	else
		json_decref(object);
	return result;
}

static json_t *make_text(const char *text, size_t length)
{
	json_t *value = json_stringn(text, length);

	if (value)
		return value;
	value = json_array();
	for (size_t i = 0; value && i < length; i++)
		json_array_append_new(value, json_integer((unsigned char)text[i]));
	return value;
}

/* Of text that is no JSON there is only what its line and its place say. */
static json_t *make_fields(const struct log_entry *entry)
{
	const struct log_record *record = entry->record;
	char time[32], priority[2] = { (char)('0' + (record->priority & 7)), '\0' };

	snprintf(time, sizeof time, "%llu", (unsigned long long)record->time);
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:o}", "__REALTIME_TIMESTAMP", time, "UNIT", entry->unit,
				   "_STREAM", log_mark_name(record->mark), "PRIORITY", priority, "MESSAGE",
				   make_text(record->text, record->length));
	if (object && record->continues)
		json_object_set_new(object, "_LINE_BREAK", json_string("line-max"));
	return object;
}

json_t *log_json_make(const struct log_entry *entry)
{
	char host[HOST_NAME_MAX + 1] = "";
	json_t *object = entry->fields ? json_copy((json_t *)entry->fields) : make_fields(entry);

	/* What journalctl(1) has for records of a unit itself, in contrast to those about it. */
	if (object && entry->record->mark != LOG_MARK_SUPERVISOR)
		json_object_set_new(object, "_SYSTEMD_UNIT", json_string(entry->unit));
	if (object && gethostname(host, sizeof host - 1) == 0)
		json_object_set_new(object, "_HOSTNAME", json_string(host));
	return object;
}
