#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine/step.h"

int complain(const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	fprintf(stderr, "svmachine: %s\n", text);
	return EXIT_FAILURE;
}
