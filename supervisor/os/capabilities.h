/*
 * Capabilities of a service: the bounding set, the ambient set and the secure bits of capabilities(7). A plan is made
 * beforehand; what the child calls are bare system calls.
 */
#ifndef SVINIT_OS_CAPABILITIES_H
#define SVINIT_OS_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

struct capability_plan {
	uint64_t drop;    /* leaves the bounding set */
	uint64_t ambient; /* bit n: capability n */
	int secure_bits;  /* SECBIT_*; -1: not set */
	bool keep;        /* permitted ones survive the change of user */
};

/* `bounding` NULL: not given. Bits the kernel does not know are left out. */
void capabilities_plan(struct capability_plan *plan, const uint64_t *bounding, uint64_t ambient, int secure_bits,
		       bool changes_user);

/* In the child, in this order around the change of user; async-signal-safe. 0 or -errno. */
int capabilities_drop_bounding(const struct capability_plan *plan);
int capabilities_set_secure_bits(const struct capability_plan *plan);
int capabilities_raise_ambient(const struct capability_plan *plan);

/* What we may do at present: whether the capability is in our effective set. */
bool capabilities_have(int capability);

#endif
