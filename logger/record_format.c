#include "logger/record_format.h"

#include <stdio.h>
#include <string.h>

#include "common/log_text.h"

size_t record_format_text(char *to, const struct log_record *record, const struct log_stamp *stamp)
{
	log_record_prefix(to, stamp, record->mark, record->continues, record->priority);
	memcpy(to + LOG_RECORD_PREFIX_LENGTH, record->text, record->length);
	to[LOG_RECORD_PREFIX_LENGTH + record->length] = '\n';
	return LOG_RECORD_PREFIX_LENGTH + record->length + 1;
}

static char *put(char *to, const char *text)
{
	return stpcpy(to, text);
}

static char *put_json_field(char *to, const char *name, const char *value)
{
	to = put(put(put(to, ",\""), name), "\":");
	return to + log_text_json(to, value, strlen(value));
}

static const char *stream_name(char mark)
{
	switch (mark) {
	case LOG_MARK_OUTPUT:
		return "stdout";
	case LOG_MARK_ERROR:
		return "stderr";
	case LOG_MARK_SYSLOG:
		return "syslog";
	case LOG_MARK_KERNEL:
		return "kernel";
	default:
		return "svinit";
	}
}

static const char *unit_or_svinit(const struct journal_owner *owner)
{
	return owner->unit[0] ? owner->unit : "svinit";
}

/* Field names and their being strings: systemd.journal-fields(7), journalctl(1) -o json. */
size_t record_format_json(char *to, const struct log_record *record, const struct journal_owner *owner,
			  const struct line_rules *rules)
{
	char *start = to;

	to += sprintf(to, "{\"__REALTIME_TIMESTAMP\":\"%llu\"", (unsigned long long)record->time);
	to = put_json_field(to, "UNIT", unit_or_svinit(owner));
	if (owner->identifier[0])
		to = put_json_field(to, "SYSLOG_IDENTIFIER", owner->identifier);
	if (owner->stream.pid)
		to += sprintf(to, ",\"_PID\":\"%u\"", owner->stream.pid);
	to = put_json_field(to, "_STREAM", stream_name(record->mark));
	to += sprintf(to, ",\"PRIORITY\":\"%u\"", record->priority);
	if (record->continues)
		to = put(to, ",\"_LINE_BREAK\":\"line-max\"");
	if (record->mark != LOG_MARK_SUPERVISOR)
		to = put(to, line_rules_fields(rules));
	to = put(to, ",\"MESSAGE\":");
	to += log_text_json(to, record->text, record->length);
	to = put(to, "}\n");
	return (size_t)(to - start);
}

/* FNV-1a over the name: the same unit has the same colour in every run. */
static unsigned color_of(const char *name)
{
	static const unsigned char colors[] = { 32, 33, 34, 35, 36, 92, 93, 94, 95, 96 };
	uint32_t hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	return colors[hash % sizeof colors];
}

static char *put_prefix(char *to, const struct journal_owner *owner)
{
	const char *name = unit_or_svinit(owner);
	size_t length = strlen(name), suffix = strlen(".service");

	if (owner->prefix[0]) {
		name = owner->prefix;
		length = strlen(name);
	} else if (length > suffix && strcmp(name + length - suffix, ".service") == 0) {
		length -= suffix;
	}
	to += log_text_shown(to, name, length);
	return put(to, " | ");
}

size_t record_format_console(char *to, const struct log_record *record, const struct journal_owner *owner, bool color)
{
	char *start = to;

	if (color)
		to += sprintf(to, "\033[%um", color_of(unit_or_svinit(owner)));
	to = put_prefix(to, owner);
	if (color)
		to = put(to, record->priority <= 3 ? "\033[0;31m" : record->priority == 4 ? "\033[0;33m" : "\033[0m");
	to += log_text_shown(to, record->text, record->length);
	if (color && record->priority <= 4)
		to = put(to, "\033[0m");
	to = put(to, record->continues ? " \\\n" : "\n");
	return (size_t)(to - start);
}
