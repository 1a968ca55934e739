#include "supervisor/placement_recipe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/read_file.h"

enum { LIST_MAX = 4096, MEMORY_DEFAULT = 0, MEMORY_LOCAL = 4 };

/* "0-3,8-11" of /sys. */
static void add_listed(const char *path, uint64_t *set, unsigned words)
{
	char text[LIST_MAX], *at = text, *end;

	if (read_file_at(AT_FDCWD, path, text, sizeof text) <= 0)
		return;
	for (unsigned long first; (first = strtoul(at, &end, 10)), end != at; at = end + (*end == ',')) {
		unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
		for (unsigned long i = first; i <= last && i < words * 64UL; i++)
			set[i / 64] |= UINT64_C(1) << (i % 64);
	}
}

/* CPUAffinity=numa: the CPUs of the nodes that NUMAMask= names. */
static void add_cpus_of_nodes(const struct placement_options *options, uint64_t *cpus)
{
	char path[96];

	for (unsigned node = 0; node < PLACEMENT_NODE_WORDS * 64; node++) {
		if (!(options->nodes[node / 64] >> (node % 64) & 1) && !options->all_nodes)
			continue;
		snprintf(path, sizeof path, "/sys/devices/system/node/node%u/cpulist", node);
		add_listed(path, cpus, PLACEMENT_CPU_WORDS);
	}
}

static void make_cpus(const struct placement_options *options, struct start_recipe *recipe)
{
	memcpy(recipe->cpus, options->cpus, sizeof recipe->cpus);
	if (options->cpus_of_nodes)
		add_cpus_of_nodes(options, recipe->cpus);
	recipe->placement.cpus = recipe->cpus;
	recipe->placement.cpus_size = sizeof recipe->cpus;
}

static void make_nodes(const struct placement_options *options, struct start_recipe *recipe)
{
	recipe->placement.numa_policy = options->numa_policy;
	/* These two are of no nodes in particular. */
	if (options->numa_policy <= MEMORY_DEFAULT || options->numa_policy == MEMORY_LOCAL)
		return;
	memcpy(recipe->nodes, options->nodes, sizeof recipe->nodes);
	if (options->all_nodes)
		add_listed("/sys/devices/system/node/online", recipe->nodes, PLACEMENT_NODE_WORDS);
	recipe->placement.nodes = (const unsigned long *)(const void *)recipe->nodes;
	recipe->placement.node_count = PLACEMENT_NODE_WORDS * 64;
}

static void make_terminal(const struct exec_options *options, struct start_recipe *recipe)
{
	if (!options->tty_vhangup && !options->tty_reset && !options->tty_vt_disallocate && !options->tty_rows &&
	    !options->tty_columns)
		return;
	recipe->terminal = (struct spawn_terminal){
		.path = options->tty_path ? options->tty_path : "/dev/console",
		.hang_up = options->tty_vhangup,
		.reset = options->tty_reset,
		.disallocate = options->tty_vt_disallocate,
		.rows = (unsigned short)options->tty_rows,
		.columns = (unsigned short)options->tty_columns,
	};
	recipe->spawn.terminal = &recipe->terminal;
}

void placement_recipe_make(const struct exec_options *options, struct start_recipe *recipe)
{
	const struct placement_options *placement = options->placement;

	make_terminal(options, recipe);
	if (!placement)
		return;
	recipe->placement = (struct spawn_placement){
		.numa_policy = -1,
		.personality_set = placement->personality_set,
		.personality = placement->personality,
		.coredump_filter_set = placement->coredump_filter_set,
		.coredump_filter = placement->coredump_filter,
	};
	if (placement->cpus_set)
		make_cpus(placement, recipe);
	make_nodes(placement, recipe);
	recipe->spawn.placement = &recipe->placement;
}
