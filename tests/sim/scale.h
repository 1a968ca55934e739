/* One large world, to see what a step costs and how much a unit takes: simulator --units N --steps M. */
#ifndef SVINIT_SIM_SCALE_H
#define SVINIT_SIM_SCALE_H

#include <stdint.h>

/* Prints steps a second and bytes a unit; 0, or 1 when there is no memory for so many units. */
int sim_scale(uint32_t units, uint64_t steps);

#endif
