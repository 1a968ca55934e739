/* Dependencies of the loaded units as edges between their numbers, in both directions. */
#ifndef SVINIT_CORE_DEPENDENCY_GRAPH_H
#define SVINIT_CORE_DEPENDENCY_GRAPH_H

#include "supervisor/core/core_state.h"

void dependency_graph_finish(struct dependency_graph *graph);

/* The unit's own edges are to be made again, from its newest definition, by core_link(). -ENOMEM. */
int dependency_graph_mark(struct core *core, struct unit *unit);

/* The newest definition: what the unit's dependencies come from. */
const struct unit_definition *newest_definition(const struct unit *unit);

/* To be called when a unit's edges were written. */
void edges_have_changed(struct unit *unit);

bool has_edge(const struct unit *unit, unsigned code, unit_id other);

/* What it does not need any more keeps the unit from starting no longer. NULL is accepted. */
void dependency_graph_forget_blocker(struct core *core, struct unit *unit);

#endif
