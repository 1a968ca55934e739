#include "common/cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int cause_errno(int error)
{
	return error > 0 ? error : EINVAL;
}

int cause_set(struct cause *cause, int error, const char *format, ...)
{
	error = cause_errno(error);
	if (cause) {
		va_list arguments;

		cause->error = error;
		va_start(arguments, format);
		vsnprintf(cause->text, sizeof cause->text, format, arguments);
		va_end(arguments);
	}
	return -error;
}

int cause_set_errno(struct cause *cause, int error, const char *format, ...)
{
	error = cause_errno(error);
	if (cause) {
		va_list arguments;
		size_t length;

		cause->error = error;
		va_start(arguments, format);
		vsnprintf(cause->text, sizeof cause->text, format, arguments);
		va_end(arguments);
		length = strlen(cause->text);
		snprintf(cause->text + length, sizeof cause->text - length, ": %s", strerror(error));
	}
	return -error;
}

int cause_prefix(struct cause *cause, const char *format, ...)
{
	char text[CAUSE_TEXT_MAX];
	va_list arguments;

	if (!cause)
		return -EINVAL;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	size_t length = strlen(text);
	snprintf(text + length, sizeof text - length, ": %s", cause->text);
	memcpy(cause->text, text, sizeof text);
	return -cause_errno(cause->error);
}
