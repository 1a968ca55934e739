/* What svinit is told on the way. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exec/start.h"

static void send_report(struct start *start, const struct exec_report *report)
{
	char message[EXEC_REPORT_MAX];
	size_t length = exec_report_pack(report, message);

	/* Without anybody who listens there is nobody to tell. */
	if (start->report_fd >= 0 && length > 0)
		(void)!send(start->report_fd, message, length, MSG_NOSIGNAL);
}

static void set_text(struct exec_report *report, int error, const char *format, va_list arguments)
{
	int length = vsnprintf(report->text, sizeof report->text, format, arguments);

	report->error = error;
	if (error && length >= 0 && (size_t)length < sizeof report->text)
		snprintf(report->text + length, sizeof report->text - (size_t)length, ": %s", strerror(error));
}

static void __attribute__((noreturn)) fail(struct start *start, struct exec_report *report, enum spawn_step step)
{
	report->kind = EXEC_REPORT_FAILED;
	report->step = step;
	send_report(start, report);
	_exit(spawn_step_exit_status(step));
}

static void refuse(struct start *start, struct exec_report *report)
{
	char text[sizeof report->text];

	if (!start->recipe.sandbox.required) {
		send_report(start, report);
		return;
	}
	snprintf(text, sizeof text, "SandboxRequired=yes, but %s= does not hold: %.250s", report->key, report->text);
	memcpy(report->text, text, sizeof text);
	fail(start, report, SPAWN_STEP_SANDBOX);
}

void start_not_enforced(struct start *start, const char *key, int error, const char *format, ...)
{
	struct exec_report report = { .kind = EXEC_REPORT_NOT_ENFORCED };
	va_list arguments;

	snprintf(report.key, sizeof report.key, "%s", key);
	va_start(arguments, format);
	set_text(&report, error, format, arguments);
	va_end(arguments);
	refuse(start, &report);
}

void start_fail(struct start *start, enum spawn_step step, int error, const char *format, ...)
{
	struct exec_report report = { .kind = EXEC_REPORT_FAILED };
	va_list arguments;

	va_start(arguments, format);
	set_text(&report, error, format, arguments);
	va_end(arguments);
	/* Without a number it would pass for success. */
	if (!report.error)
		report.error = EINVAL;
	fail(start, &report, step);
}

void start_ready(struct start *start)
{
	send_report(start, &(struct exec_report){ .kind = EXEC_REPORT_READY });
}
