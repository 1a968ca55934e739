/* System calls without a C library, whose start alone would cost each keeper more memory than all it does. */
#ifndef SVINIT_KEEPER_SYSTEM_CALL_H
#define SVINIT_KEEPER_SYSTEM_CALL_H

#include <sys/syscall.h>

#if defined __x86_64__ && !defined __ILP32__
#define KEEPER_BARE
static inline long system_call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined __aarch64__
#define KEEPER_BARE
static inline long system_call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}
#else
/* Other machines do with the C library. */
#include <errno.h>
#include <unistd.h>
static inline long system_call(long number, long a, long b, long c, long d, long e)
{
	long result = syscall(number, a, b, c, d, e);

	return result < 0 ? -errno : result;
}
#endif

static inline long system_call0(long number)
{
	return system_call(number, 0, 0, 0, 0, 0);
}

static inline long system_call1(long number, long a)
{
	return system_call(number, a, 0, 0, 0, 0);
}

static inline long system_call2(long number, long a, long b)
{
	return system_call(number, a, b, 0, 0, 0);
}

static inline long system_call3(long number, long a, long b, long c)
{
	return system_call(number, a, b, c, 0, 0);
}

static inline long system_call4(long number, long a, long b, long c, long d)
{
	return system_call(number, a, b, c, d, 0);
}

#endif
