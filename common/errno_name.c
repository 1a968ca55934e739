#include "common/errno_name.h"

#include <stdint.h>
#include <string.h>

#include "common/parse.h"

enum { ERRNO_MAX = 4095, ERRNO_NAMED = 200 };

int errno_from_name(const char *name)
{
	uint64_t number;

	if (parse_unsigned(name, ERRNO_MAX, &number) == 0)
		return (int)number;
	for (int i = 1; i < ERRNO_NAMED; i++) {
		const char *known = strerrorname_np(i);
		if (known && strcmp(known, name) == 0)
			return i;
	}
	return -1;
}
