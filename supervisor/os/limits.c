#include "supervisor/os/limits.h"

#include <errno.h>
#include <stdbool.h>

static struct rlimit original;
static bool raised;

int limits_raise_descriptors(void)
{
	struct rlimit limit;

	if (raised)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	original = limit;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	raised = true;
	return 0;
}

struct rlimit limits_original_descriptors(void)
{
	struct rlimit limit;

	if (raised)
		return original;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		limit = (struct rlimit){ .rlim_cur = 1024, .rlim_max = 4096 };
	return limit;
}

void limits_set_original_descriptors(struct rlimit limit)
{
	original = limit;
	raised = true;
}
