/*
 * One direction of one dependency, packed into four bytes, so that a unit's edges sort by what they mean and a target
 * with a hundred thousand of them stays cheap.
 *
 *     code (6 bits) · other unit (24) · borrowed (1): the other unit's file says so · implicit (1)
 *
 * Order is symmetric: "a Before=b" stands at a as BEFORE b and at b as AFTER a (borrowed).
 */
#ifndef SVINIT_CORE_EDGE_H
#define SVINIT_CORE_EDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "supervisor/core/unit.h"

typedef uint32_t edge;

enum { EDGE_UNIT_MAX = 1 << 24 };

/* What an edge means to the unit that holds it; EDGE_INVERSE(kind) is what it means to the one that is named. */
#define EDGE(kind)         ((unsigned)(kind)*2)
#define EDGE_INVERSE(kind) ((unsigned)(kind)*2 + 1)
enum {
	EDGE_BEFORE = DEPENDENCY_BEFORE * 2,
	EDGE_AFTER = DEPENDENCY_AFTER * 2,
	/* An order that was left out to break a cycle. */
	EDGE_BROKEN_BEFORE = DEPENDENCY_KIND_COUNT * 2,
	EDGE_BROKEN_AFTER,
};
_Static_assert(EDGE_BROKEN_AFTER < 64, "an edge's code fits its bits");

static inline edge edge_make(unsigned code, uint32_t other, bool borrowed, bool implicit)
{
	return code << 26 | other << 2 | (unsigned)borrowed << 1 | (unsigned)implicit;
}

static inline unsigned edge_code(edge e)
{
	return e >> 26;
}

static inline uint32_t edge_other(edge e)
{
	return e >> 2 & (EDGE_UNIT_MAX - 1);
}

static inline bool edge_is_borrowed(edge e)
{
	return e >> 1 & 1;
}

static inline bool edge_is_implicit(edge e)
{
	return e & 1;
}

static inline unsigned edge_inverse_code(unsigned code)
{
	if (code == EDGE_BEFORE || code == EDGE_AFTER)
		return EDGE_BEFORE + EDGE_AFTER - code;
	return code ^ 1; /* EDGE(kind) and EDGE_INVERSE(kind), and the two broken ones */
}

/* The same edge as the other unit, `holder` being the one that holds it, has it. */
static inline edge edge_inverse(edge e, uint32_t holder)
{
	return edge_make(edge_inverse_code(edge_code(e)), holder, !edge_is_borrowed(e), edge_is_implicit(e));
}

#endif
