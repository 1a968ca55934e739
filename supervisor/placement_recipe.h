/* CPUAffinity=, NUMAPolicy=, Personality=, CoredumpFilter= and the terminal's keys, as spawn() wants them. */
#ifndef SVINIT_PLACEMENT_RECIPE_H
#define SVINIT_PLACEMENT_RECIPE_H

#include "supervisor/start_recipe.h"

/* Fills what the unit sets of them; `options` is borrowed for as long as the recipe. */
void placement_recipe_make(const struct exec_options *options, struct start_recipe *recipe);

#endif
