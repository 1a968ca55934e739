#include <stdarg.h>
#include <string.h>

#include "ctl/verb.h"

static const char *prefix = "svctl: ";

void complain_as(const char *text)
{
	prefix = text;
}

int complain(const char *format, ...)
{
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fputs(prefix, stderr);
	print_harmless(stderr, text, strlen(text), true);
	fputc('\n', stderr);
	return STATUS_FAILURE;
}
