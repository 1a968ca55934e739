#include "supervisor/core/start_limit.h"

bool start_limit_take(struct start_limit *limit, usec interval, unsigned burst, usec now)
{
	if (interval == 0 || burst == 0)
		return true;
	if (limit->count == 0 || now > usec_add(limit->begin, interval)) {
		*limit = (struct start_limit){ .begin = now, .count = 1 };
		return true;
	}
	if (limit->count >= burst)
		return false;
	limit->count++;
	return true;
}

usec start_limit_open_again(const struct start_limit *limit, usec interval, unsigned burst)
{
	if (interval == 0 || burst == 0 || limit->count < burst)
		return 0;
	return usec_add(usec_add(limit->begin, interval), 1);
}
