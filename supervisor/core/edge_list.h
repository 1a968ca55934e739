/* A growing list of (unit, edge) pairs, as 64-bit numbers so that sorting them groups them by unit. */
#ifndef SVINIT_CORE_EDGE_LIST_H
#define SVINIT_CORE_EDGE_LIST_H

#include "supervisor/core/core_state.h"

static inline uint64_t edge_list_item(unit_id unit, edge e)
{
	return (uint64_t)unit << 32 | e;
}

int edge_list_add(struct edge_list *list, unit_id unit, edge e); /* -ENOMEM */
int edge_list_sort(struct edge_list *list);                      /* -ENOMEM: unchanged */
void edge_list_finish(struct edge_list *list);

#endif
