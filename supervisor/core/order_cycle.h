/*
 * Cycles in a graph of "after": who must wait for whom. A pure function over a view of the graph; the caller breaks
 * what it finds and asks again.
 */
#ifndef SVINIT_CORE_ORDER_CYCLE_H
#define SVINIT_CORE_ORDER_CYCLE_H

#include <stddef.h>
#include <stdint.h>

/* How much it would hurt to leave an order out: the weakest edge of a cycle goes. */
enum order_strength {
	ORDER_IMPLICIT, /* by default dependencies */
	ORDER_WANTED,   /* asked for, between units that do without each other */
	ORDER_REQUIRED, /* between units one of which requires the other */
};

/* Nodes are 0 … count-1. */
struct order_view {
	const void *context;
	uint32_t count;
	/* The node behind the index-th edge of `node`; UINT32_MAX behind the last one. Edges must not be reordered
	 * during a search; one that was cut must be skipped with UINT32_MAX - 1. */
	uint32_t (*next)(const void *context, uint32_t node, uint32_t index);
	enum order_strength (*strength)(const void *context, uint32_t node, uint32_t after);
};

/* nodes[i] is ordered after nodes[i + 1], and the last after the first. */
struct order_cycle {
	uint32_t *nodes;
	uint32_t length;
	uint32_t weakest; /* the edge nodes[weakest] → the one behind it goes */
};

/* Memory for searches over graphs of `count` nodes. A zeroed one is valid. */
struct order_search {
	uint32_t count;
	uint8_t *colors;
	uint32_t *stack; /* the path, and the index of the edge each node stands at */
	uint32_t *edges;
};

int order_search_init(struct order_search *search, uint32_t count); /* -ENOMEM */
void order_search_finish(struct order_search *search);

/*
 * Looks for a cycle that can be reached from `start`; nodes seen before by the same search, and found to be on none,
 * are not looked at again. 1: found (cycle->nodes is borrowed from the search and lasts until the next call), 0: none.
 */
int order_cycle_find(struct order_search *search, const struct order_view *view, uint32_t start,
		     struct order_cycle *cycle);

#endif
