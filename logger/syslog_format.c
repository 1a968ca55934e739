#include "logger/syslog_format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { APP_NAME_MAX = 48, HOST_MAX = 255 };

/* RFC 5424: printable ASCII without spaces, and no more than so much of it; "-" for none. */
static char *put_token(char *to, const char *text, size_t length, size_t max)
{
	char *start = to;

	for (size_t i = 0; i < length && (size_t)(to - start) < max; i++) {
		if (text[i] > ' ' && text[i] < 0x7f)
			*to++ = text[i];
	}
	if (to == start)
		*to++ = '-';
	return to;
}

static char *put_name(char *to, const struct journal_owner *owner)
{
	const char *name = owner->identifier[0] ? owner->identifier : owner->unit[0] ? owner->unit : "svinit";
	size_t length = strlen(name), suffix = strlen(".service");

	if (!owner->identifier[0] && length > suffix && strcmp(name + length - suffix, ".service") == 0)
		length -= suffix;
	return put_token(to, name, length, APP_NAME_MAX);
}

static const char *host_name(void)
{
	static char name[HOST_MAX + 1];

	if (!name[0] && gethostname(name, sizeof name - 1) < 0)
		name[0] = '-';
	return name;
}

size_t syslog_format(char *to, const struct log_record *record, const struct journal_owner *owner)
{
	struct log_stamp stamp = { 0 };
	char *start = to;

	log_stamp_set(&stamp, record->time);
	to += sprintf(to, "<%u>1 %s ", owner->stream.facility * 8U + record->priority, stamp.text);
	to = put_token(to, host_name(), strlen(host_name()), HOST_MAX);
	*to++ = ' ';
	to = put_name(to, owner);
	if (owner->stream.pid)
		to += sprintf(to, " %u - - ", owner->stream.pid);
	else
		to = stpcpy(to, " - - - ");
	to = mempcpy(to, record->text, record->length);
	return (size_t)(to - start);
}

size_t syslog_format_kmsg(char *to, const struct log_record *record, const struct journal_owner *owner)
{
	char *start = to, *end = to + SYSLOG_KMSG_MAX;
	size_t length = record->length;

	to += sprintf(to, "<%u>", owner->stream.facility * 8U + record->priority);
	to = put_name(to, owner);
	if (owner->stream.pid)
		to += sprintf(to, "[%u]", owner->stream.pid);
	to = stpcpy(to, ": ");
	if (length > (size_t)(end - to))
		length = (size_t)(end - to);
	to = mempcpy(to, record->text, length);
	return (size_t)(to - start);
}
