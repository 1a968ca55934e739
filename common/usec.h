/* Time in microseconds, and the one value that means "never". */
#ifndef SVINIT_COMMON_USEC_H
#define SVINIT_COMMON_USEC_H

#include <stdint.h>

typedef uint64_t usec;

#define USEC_INFINITY UINT64_MAX
#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC  UINT64_C(1000000)

/* a + b, where a sum that does not fit, or an infinite operand, is infinity. */
static inline usec usec_add(usec a, usec b)
{
	return a > USEC_INFINITY - b ? USEC_INFINITY : a + b;
}

#endif
