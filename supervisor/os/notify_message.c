#include "supervisor/os/notify_message.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "supervisor/os/printable.h"

struct line {
	const char *value;
	size_t length;
};

static bool is(const struct line *line, const char *text)
{
	return line->length == strlen(text) && memcmp(line->value, text, line->length) == 0;
}

/* Digits alone, at most `max`. */
static bool parse_number(const struct line *line, uint64_t max, uint64_t *number)
{
	uint64_t sum = 0;

	if (line->length == 0 || line->length > 20)
		return false;
	for (size_t i = 0; i < line->length; i++) {
		unsigned digit = (unsigned char)line->value[i] - (unsigned)'0';

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return sum <= max;
}

/* What is senseless leaves the value of an earlier line as it is. */
static bool parse_int(const struct line *line, int least, int most, int *to)
{
	uint64_t number;

	if (!parse_number(line, (uint64_t)most, &number) || number < (uint64_t)least)
		return false;
	*to = (int)number;
	return true;
}

static bool parse_span(const struct line *line, usec least, usec *to)
{
	uint64_t number;

	if (!parse_number(line, UINT64_MAX, &number) || number < least)
		return false;
	*to = number;
	return true;
}

static bool take_one(const struct line *line, struct notify_message *message)
{
	(void)message;
	return is(line, "1");
}

static bool take_zero(const struct line *line, struct notify_message *message)
{
	(void)message;
	return is(line, "0");
}

static bool take_trigger(const struct line *line, struct notify_message *message)
{
	(void)message;
	return is(line, "trigger");
}

static bool take_status(const struct line *line, struct notify_message *message)
{
	printable_copy(line->value, line->length, message->status, sizeof message->status);
	return true;
}

static bool take_errno(const struct line *line, struct notify_message *message)
{
	return parse_int(line, 0, 4095, &message->error);
}

static bool take_exit_status(const struct line *line, struct notify_message *message)
{
	return parse_int(line, 0, 255, &message->exit_status);
}

static bool take_main_pid(const struct line *line, struct notify_message *message)
{
	return parse_int(line, 1, INT_MAX, &message->main_pid);
}

static bool take_watchdog(const struct line *line, struct notify_message *message)
{
	return parse_span(line, 0, &message->watchdog);
}

static bool take_extend(const struct line *line, struct notify_message *message)
{
	return parse_span(line, 1, &message->extend_timeout);
}

static bool take_monotonic(const struct line *line, struct notify_message *message)
{
	return parse_span(line, 0, &message->monotonic);
}

/* sd_pid_notify_with_fds(3): ASCII without control characters and ':', at most 255. */
static bool take_fd_name(const struct line *line, struct notify_message *message)
{
	if (line->length == 0 || line->length > NOTIFY_FDNAME_MAX)
		return false;
	for (size_t i = 0; i < line->length; i++)
		if (line->value[i] < ' ' || line->value[i] > '~' || line->value[i] == ':')
			return false;
	memcpy(message->fd_name, line->value, line->length);
	message->fd_name[line->length] = '\0';
	return true;
}

/* Rows of the same name are alternatives. */
static const struct {
	const char *name;
	unsigned field;
	bool (*take)(const struct line *line, struct notify_message *message);
} rows[] = {
	{ "READY=", NOTIFY_FIELD_READY, take_one },
	{ "RELOADING=", NOTIFY_FIELD_RELOADING, take_one },
	{ "STOPPING=", NOTIFY_FIELD_STOPPING, take_one },
	{ "WATCHDOG=", NOTIFY_FIELD_WATCHDOG, take_one },
	{ "WATCHDOG=", NOTIFY_FIELD_WATCHDOG_TRIGGER, take_trigger },
	{ "STATUS=", NOTIFY_FIELD_STATUS, take_status },
	{ "ERRNO=", NOTIFY_FIELD_ERRNO, take_errno },
	{ "MAINPID=", NOTIFY_FIELD_MAIN_PID, take_main_pid },
	{ "WATCHDOG_USEC=", NOTIFY_FIELD_WATCHDOG_USEC, take_watchdog },
	{ "EXTEND_TIMEOUT_USEC=", NOTIFY_FIELD_EXTEND_TIMEOUT, take_extend },
	{ "MONOTONIC_USEC=", NOTIFY_FIELD_MONOTONIC, take_monotonic },
	{ "FDSTORE=", NOTIFY_FIELD_FDSTORE, take_one },
	{ "FDSTOREREMOVE=", NOTIFY_FIELD_FDSTORE_REMOVE, take_one },
	{ "FDNAME=", NOTIFY_FIELD_FDNAME, take_fd_name },
	{ "FDPOLL=", NOTIFY_FIELD_FDPOLL_OFF, take_zero },
	{ "BARRIER=", NOTIFY_FIELD_BARRIER, take_one },
	{ "EXIT_STATUS=", NOTIFY_FIELD_EXIT_STATUS, take_exit_status },
};

/* false: the name is known, the value makes no sense. */
static bool parse_line(const char *text, size_t length, struct notify_message *message)
{
	bool known = false;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t name = strlen(rows[i].name);
		if (length < name || memcmp(text, rows[i].name, name) != 0)
			continue;
		known = true;
		struct line line = { .value = text + name, .length = length - name };
		if (rows[i].take(&line, message)) {
			message->fields |= rows[i].field;
			return true;
		}
	}
	return !known;
}

unsigned notify_message_parse(const char *text, size_t length, struct notify_message *message)
{
	unsigned senseless = 0;

	memset(message, 0, sizeof *message);
	for (const char *at = text, *end = text + length; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = (size_t)((newline ? newline : end) - at);

		senseless += !parse_line(at, line, message);
		at += line + 1;
	}
	return senseless;
}
