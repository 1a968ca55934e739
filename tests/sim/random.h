/* Numbers that look random and are the same for the same seed on every machine. */
#ifndef SVINIT_SIM_RANDOM_H
#define SVINIT_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct sim_random {
	uint64_t state;
};

static inline uint64_t sim_next(struct sim_random *random)
{
	uint64_t z = (random->state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* 0 … below - 1; below > 0. */
static inline uint32_t sim_below(struct sim_random *random, uint32_t below)
{
	return (uint32_t)(((sim_next(random) >> 32) * below) >> 32);
}

static inline bool sim_chance(struct sim_random *random, uint32_t percent)
{
	return sim_below(random, 100) < percent;
}

#endif
