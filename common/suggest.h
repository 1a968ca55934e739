/* "Did you mean": the names nearest to a mistyped one. */
#ifndef SVINIT_COMMON_SUGGEST_H
#define SVINIT_COMMON_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_MAX = 3 };

/* The candidates seen so far, nearest first. Start with SUGGESTIONS_FOR(name). Names are borrowed. */
struct suggestions {
	const char *name;
	const char *nearest[SUGGEST_MAX];
	unsigned distances[SUGGEST_MAX];
	size_t count;
};

#define SUGGESTIONS_FOR(text)                                                                                          \
	{                                                                                                              \
		.name = (text)                                                                                         \
	}

/* Offers a candidate; it is kept if it is near enough (about a third of the name may differ). */
void suggestions_offer(struct suggestions *suggestions, const char *candidate);

/*
 * How many letters must be changed, added, left out or swapped with their neighbour to make `a` of `b`, case not
 * counted; `limit` + 1 when it is more than `limit` or a name is longer than 255 bytes.
 */
unsigned edit_distance(const char *a, const char *b, unsigned limit);

#endif
