#include "common/suggest.h"

#include <ctype.h>
#include <string.h>

enum { LENGTH_MAX = 255 };

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int fold(char c)
{
	return tolower((unsigned char)c);
}

unsigned edit_distance(const char *a, const char *b, unsigned limit)
{
	unsigned rows[3][LENGTH_MAX + 1];
	unsigned *before = rows[0], *previous = rows[1], *current = rows[2];
	size_t a_length = strnlen(a, LENGTH_MAX + 1), b_length = strnlen(b, LENGTH_MAX + 1);

	if (a_length > LENGTH_MAX || b_length > LENGTH_MAX ||
	    (a_length > b_length ? a_length - b_length : b_length - a_length) > limit)
		return limit + 1;
	for (size_t j = 0; j <= b_length; j++)
		previous[j] = (unsigned)j;
	for (size_t i = 1; i <= a_length; i++) {
		current[0] = (unsigned)i;
		unsigned best = current[0];
		for (size_t j = 1; j <= b_length; j++) {
			unsigned changed = previous[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));
			current[j] = smaller(changed, smaller(previous[j], current[j - 1]) + 1);
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
				current[j] = smaller(current[j], before[j - 2] + 1);
			best = smaller(best, current[j]);
		}
		if (best > limit)
			return limit + 1;
		unsigned *oldest = before;
		before = previous;
		previous = current;
		current = oldest;
	}
	return smaller(previous[b_length], limit + 1);
}

void suggestions_offer(struct suggestions *suggestions, const char *candidate)
{
	unsigned limit = (unsigned)(strnlen(suggestions->name, LENGTH_MAX) + 2) / 3;
	unsigned distance = edit_distance(suggestions->name, candidate, limit);
	size_t place = suggestions->count;

	if (distance > limit)
		return;
	while (place > 0 && suggestions->distances[place - 1] > distance)
		place--;
	if (place >= SUGGEST_MAX)
		return;
	if (suggestions->count < SUGGEST_MAX)
		suggestions->count++;
	for (size_t i = suggestions->count - 1; i > place; i--) {
		suggestions->nearest[i] = suggestions->nearest[i - 1];
		suggestions->distances[i] = suggestions->distances[i - 1];
	}
	suggestions->nearest[place] = candidate;
	suggestions->distances[place] = distance;
}
